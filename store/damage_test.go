package store

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

func putSum(h *header) {
	sum := fnv.New64a()
	_, _ = sum.Write(h[:metaSum])
	binary.NativeEndian.PutUint64(h[metaSum:], sum.Sum64())
}

// Whatever bit of the file is wrong, nothing crashes: opening, reading and
// checking work or say that the file is damaged.
func TestFlippedBits(t *testing.T) {
	good := sampleFile(t)
	path := filepath.Join(t.TempDir(), "events.db")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for range faults(t, 60) {
		b := append([]byte(nil), good...)
		at := random.IntN(len(b))
		b[at] ^= 1 << random.IntN(8)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, readOnly := range []bool{true, false} {
			if err := use(t, path, readOnly); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotDatabase) {
				t.Fatalf("byte %d flipped, read-only %v: %v", at, readOnly, err)
			}
		}
	}
}

// use does what an agent does with a file.
func use(t *testing.T, path string, readOnly bool) error {
	s, err := Open(path, Options{ReadOnly: readOnly})
	if err != nil {
		return err
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	_, tallyErr := s.Tally(t.Context(), cx.Query{})
	_, checkErr := s.Check(t.Context(), nil)
	_, contactsErr := s.Contacts(t.Context())
	_, actionsErr := s.Actions(t.Context())
	_, frozenErr := s.Frozen(t.Context(), week47)
	checkErr = errors.Join(checkErr, contactsErr, actionsErr, frozenErr)
	if readOnly {
		return errors.Join(tallyErr, checkErr)
	}
	_, appendErr := s.Append(t.Context(), press(epoch, "praise"))
	return errors.Join(tallyErr, checkErr, appendErr)
}

// A file that is cut off while it is open is an error, not the end of the
// process, and the store can still be closed.
func TestTruncatedWhileOpen(t *testing.T) {
	for name, size := range map[string]int64{"to nothing": 0, "behind the headers": 2 * int64(os.Getpagesize())} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.db")
			if err := os.WriteFile(path, sampleFile(t), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, size); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Tally(t.Context(), cx.Query{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("Tally: %v, want ErrDamaged", err)
			}
			for range 2 {
				if _, err := s.Append(t.Context(), press(epoch, "praise")); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
					t.Errorf("Append: %v, want ErrDamaged and the file's name", err)
				}
			}
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// Each of these is found by a check, and named.
func TestCheckFinds(t *testing.T) {
	tests := map[string]struct {
		damage func(tx *bolt.Tx, e cx.Event) error
		want   string // in a line of Damage, or of Remarks after "remark: "
	}{
		"event under another id": {func(tx *bolt.Tx, e cx.Event) error {
			other := cx.MakeID(e.At(), e.ID.Origin(), 2)
			return eventsTable.in(tx).Put(other[:], eventsTable.in(tx).Get(e.ID[:]))
		}, "checksum does not match"},
		"event missing": {func(tx *bolt.Tx, e cx.Event) error {
			return errors.Join(eventsTable.delete(tx, e.ID[:]), notesTable.delete(tx, e.ID[:]))
		}, "remark: 1 of 3 sequence numbers have no event, the first are 1 to 1"},
		"sequence number used twice": {func(tx *bolt.Tx, e cx.Event) error {
			b, err := eventsTable.get(tx, e.ID[:])
			id := cx.MakeID(e.At().Add(time.Hour), e.ID.Origin(), 2)
			return errors.Join(err, eventsTable.put(tx, id[:], b))
		}, "has the sequence number 2"},
		"sequence number not given out": {func(tx *bolt.Tx, e cx.Event) error {
			return originRecord{lastSeq: 2}.put(tx, e.ID.Origin())
		}, "is above its origin's last, 2"},
		"unknown origin": {func(tx *bolt.Tx, e cx.Event) error {
			b, err := eventsTable.get(tx, e.ID[:])
			id := cx.MakeID(e.At(), cx.Origin{1}, 2)
			return errors.Join(err, eventsTable.put(tx, id[:], b))
		}, "is not among the origins"},
		"note of nothing": {func(tx *bolt.Tx, _ cx.Event) error {
			return notesTable.put(tx, revisionKey(cx.ID{1}, 1), []byte("lost"))
		}, "nothing has this note"},
		"note flipped": {func(tx *bolt.Tx, e cx.Event) error {
			return notesTable.in(tx).Put(e.ID[:], []byte("\x01other words...."))
		}, "notes"},
		"dictionary record missing": {func(tx *bolt.Tx, _ cx.Event) error {
			return dictionaryTable.delete(tx, number32(2))
		}, "dictionary 00000002: it is missing"},
		"series of unknown texts": {func(tx *bolt.Tx, _ cx.Event) error {
			return seriesTable.put(tx, number32(1), appendUint(nil, 1, 99))
		}, "text 99"},
		"former state of a later revision": {func(tx *bolt.Tx, e cx.Event) error {
			b, err := eventsTable.get(tx, e.ID[:])
			return errors.Join(err, historyTable.put(tx, revisionKey(e.ID, 0), b))
		}, "the event is at revision 0"},
		"first event of a conversation elsewhere": {func(tx *bolt.Tx, e cx.Event) error {
			r, _, err := storedRecord(tx, e.ID)
			r.conversation = cx.MakeID(e.At(), cx.Origin{9}, 1)
			return errors.Join(err, eventsTable.put(tx, e.ID[:], r.appendTo(nil)))
		}, "remark: is not in this file"},
		"recent event unknown": {func(tx *bolt.Tx, e cx.Event) error {
			return recentTable.put(tx, recentKey(1), make([]byte, 16))
		}, "recent 0001: event"},
		"ref of no event": {func(tx *bolt.Tx, e cx.Event) error {
			return refsTable.put(tx, refKey(1, "x"), make([]byte, 16))
		}, "no such event"},
		"refusal without a device": {func(tx *bolt.Tx, e cx.Event) error {
			key := refusalKey(epoch, e.ID.Origin(), "", "")
			return refusalsTable.put(tx, key[:len(key)-1], []byte{1})
		}, "its key has no device"},
		"refusal without an origin": {func(tx *bolt.Tx, e cx.Event) error {
			return refusalsTable.put(tx, []byte("12345678"), []byte{1})
		}, "its key has no day or no origin"},
		"refusal of an unknown origin": {func(tx *bolt.Tx, e cx.Event) error {
			return refusalsTable.put(tx, refusalKey(epoch, cx.Origin{1}, "pad", "F13"), []byte{1})
		}, "is not among the origins"},
		"catalogue of nonsense": {func(tx *bolt.Tx, e cx.Event) error {
			return catalogueTable.put(tx, number32(0), appendBytes(nil, 2, []byte("[")))
		}, "catalogue"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "events.db")
			s, err := Open(path, Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			n := press(epoch, "praise")
			n.Event.Note = "kind words"
			e := add(t, s, n)
			add(t, s, press(epoch, "idea"))
			add(t, s, press(epoch, "other"))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b = inside(t, b, func(tx *bolt.Tx) error { return tt.damage(tx, e) })
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err = Open(path, Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			report, err := s.Check(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			lines, want := report.Damage, tt.want
			if rest, ok := strings.CutPrefix(want, "remark: "); ok {
				want = rest
				lines = report.Remarks
			}
			if !strings.Contains(strings.Join(lines, "\n"), want) {
				t.Errorf("Check = %+v, want a line with %q", report, want)
			}
		})
	}
}

func TestCheckCounts(t *testing.T) {
	s := newStore(t, &clock{epoch})
	events := eachMinute(t, s, 3)
	void(t, s, events[0])
	n := press(epoch, "noted")
	n.Event.Note = "words"
	void(t, s, add(t, s, n))
	var done, total int
	got, err := s.Check(t.Context(), func(d, of int) { done, total = d, of })
	if err != nil {
		t.Fatal(err)
	}
	want := CheckReport{Events: 4, Voided: 2, Notes: 2, Revisions: 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Check (-want +got):\n%s", diff)
	}
	if done != total || total == 0 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
}

func TestSequence(t *testing.T) {
	var s sequence
	for _, n := range []uint64{1, 2, 3, 64, 65, sequencePage, 3*sequencePage + 7} {
		if !s.add(n) || s.add(n) {
			t.Errorf("add(%d) twice is not new, then known", n)
		}
	}
	last := uint64(3*sequencePage + 7)
	for _, tt := range []struct{ from, hole, to uint64 }{
		{1, 4, 63}, {64, 66, sequencePage - 1}, {sequencePage, sequencePage + 1, last - 1},
	} {
		hole := s.next(tt.from, last, false)
		to := s.next(hole, last, true) - 1
		if hole != tt.hole || to != tt.to {
			t.Errorf("the hole from %d on is %d to %d, want %d to %d", tt.from, hole, to, tt.hole, tt.to)
		}
	}
}

// A page that claims to have billions of pages behind it is told at once. bbolt's
// own check believes it, and takes all time and memory.
func TestCheckDoesNotBelievePages(t *testing.T) {
	good := sampleFile(t)
	page := os.Getpagesize()
	for at, what := range map[int]string{pageID: "its number", pageFlags: "its kind", pageOverflow + 3: "how many follow"} {
		told := 0
		for id := 2; id < len(good)/page; id++ {
			path := filepath.Join(t.TempDir(), "events.db")
			b := append([]byte(nil), good...)
			b[id*page+at] ^= 0x40
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(path, Options{ReadOnly: true})
			if err != nil {
				told++
				continue
			}
			if report, err := s.Check(t.Context(), nil); err != nil || !report.OK() {
				told++
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		// Free pages may say what they like, but most of this file is in use.
		if pages := len(good)/page - 2; told < pages/2 {
			t.Errorf("%s is wrong in one page after the other: told of %d of %d", what, told, pages)
		}
	}
}
