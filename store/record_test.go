package store

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// What is written once must be read for ever: the bytes of one sealed event are
// kept in testdata. Where this fails, the format has changed, and needs a
// migration, not a new golden file.
func TestGoldenRecord(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "event.hex"))
	if err != nil {
		t.Fatal(err)
	}
	var digits strings.Builder
	for line := range strings.Lines(string(file)) {
		code, _, _ := strings.Cut(line, "#")
		digits.WriteString(strings.Join(strings.Fields(code), ""))
	}
	golden, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatal(err)
	}
	id := cx.MakeID(epoch, cx.Origin{1, 2, 3, 4, 5}, 42)
	want := record{
		series: 1, sender: 300, recorded: 7, conversation: cx.MakeID(epoch.Add(-5e9), cx.Origin{1, 2, 3, 4, 5}, 41),
		tried: 3, forced: true, clock: 4, rev: 2, voided: true, noted: true, rest: []byte{11 << 3, 1},
	}
	if got := eventsTable.seal(id[:], want.appendTo(nil)); !bytes.Equal(got, golden) {
		t.Errorf("a sealed event is\n%x, want\n%x", got, golden)
	}
	b, err := eventsTable.unseal(id[:], golden)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseRecord(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{})); diff != "" {
		t.Errorf("the golden event (-want +got):\n%s", diff)
	}
}

func TestUnsealRefuses(t *testing.T) {
	key := []byte("key")
	good := notesTable.seal(key, []byte("words"))
	if _, err := notesTable.unseal([]byte("kez"), good); err == nil {
		t.Error("a value under another key: no error")
	}
	if _, err := eventsTable.unseal(key, good); err == nil {
		t.Error("a value in another bucket: no error")
	}
	for bit := range len(good) * 8 {
		b := bytes.Clone(good)
		b[bit/8] ^= 1 << (bit % 8)
		if _, err := notesTable.unseal(key, b); err == nil {
			t.Errorf("bit %d flipped: no error", bit)
		}
	}
	for n := range good {
		if _, err := notesTable.unseal(key, good[:n]); err == nil {
			t.Errorf("cut to %d bytes: no error", n)
		}
	}
}

// Whatever bytes are read, there is one way to write them again: the same.
func FuzzEventCodec(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 1))
	f.Add([]byte{})
	for range 20 {
		f.Add(randomRecord(random).appendTo(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRecord(b)
		if err != nil {
			return
		}
		if again := r.appendTo(nil); !bytes.Equal(again, b) {
			t.Errorf("%x is written again as %x", b, again)
		}
		w := words{texts: []string{"a"}, series: []series{{tag: "a"}}, senders: []sender{{}}}
		_, _ = w.event(cx.ID{1}, r)
		_, _ = parseFields(b)
	})
}

func TestRecordRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		want := randomRecord(random)
		b := want.appendTo(nil)
		got, err := parseRecord(b)
		if err != nil {
			t.Fatalf("%+v: %v", want, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{})); diff != "" {
			t.Fatalf("%x (-want +got):\n%s", b, diff)
		}
	}
}

func randomRecord(random *rand.Rand) record {
	some := func() uint64 { return random.Uint64() >> random.IntN(64) * random.Uint64N(2) }
	flag := func() bool { return random.IntN(2) == 0 }
	r := record{
		series: some(), sender: some(), recorded: protowire.DecodeZigZag(some()), tried: some(),
		forced: flag(), clock: some(), rev: uint32(some()), voided: flag(), noted: flag(),
	}
	if flag() {
		r.conversation = cx.MakeID(epoch, cx.Origin{1}, 1+random.Uint64N(100))
	}
	if flag() {
		r.rest = appendBytes(appendUint(nil, 17, some()), 200, []byte("later"))
	}
	return r
}
