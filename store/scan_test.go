package store

import (
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// What a scan takes of a record is what the record says, whatever else it says;
// and no changed byte goes unnoticed.
func TestBrief(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	number := func() uint64 { return random.Uint64() >> random.IntN(64) }
	maybe := func(v uint64) uint64 { return v * uint64(random.IntN(2)) }
	for range 5000 {
		id := cx.MakeID(epoch, cx.Origin{1}, 1+number()%cx.MaxSeq)
		r := record{
			series: 1 + number()>>1, sender: 1 + number()>>1, recorded: int64(number()), tried: maybe(number()),
			forced: random.IntN(2) == 0, clock: maybe(maybe(1 + number()>>1)), rev: uint32(maybe(number())),
			voided: random.IntN(4) == 0, noted: random.IntN(4) == 0,
		}
		switch random.IntN(3) {
		case 0:
			r.conversation = id
		case 1:
			r.conversation = cx.MakeID(epoch, cx.Origin{2}, 1)
		}
		if random.IntN(8) == 0 {
			r.rest = protowire.AppendVarint(protowire.AppendTag(nil, 11+protowire.Number(random.IntN(100)), protowire.VarintType), 7)
		}
		value := eventsTable.seal(id[:], r.appendTo(nil))
		want := brief{r.series, r.sender, r.conversation.IsZero() || r.conversation == id, !r.voided && r.clock == 0}
		// Apart, and one behind the other, as they lie on a page.
		page := append(append([]byte{}, id[:]...), value...)
		for _, pair := range [][2][]byte{{id[:], value}, {page[:len(id)], page[len(id):]}} {
			got, err := openBrief(pair[0], pair[1])
			if err != nil || got != want {
				t.Fatalf("openBrief of %+v = %+v, %v, want %+v", r, got, err, want)
			}
		}
		page[random.IntN(len(page))] ^= 1 << random.IntN(8)
		if _, err := openBrief(page[:len(id)], page[len(id):]); err == nil {
			t.Fatalf("openBrief of a damaged %+v: no error", r)
		}
	}
}

// A record that breaks off, whose seal holds all the same, is no reason to panic.
func FuzzBrief(f *testing.F) {
	id := cx.MakeID(epoch, cx.Origin{1}, 1)
	f.Add(record{series: 1, sender: 300, recorded: 20, conversation: id, rev: 1}.appendTo(nil))
	f.Add([]byte{seriesTag, 16, fieldConversation << 3, 24}) // a number, not an id
	f.Fuzz(func(t *testing.T, b []byte) {
		want, _, err := openRecord(eventsTable, id[:], eventsTable.seal(id[:], b))
		got, briefErr := openBrief(id[:], eventsTable.seal(id[:], b))
		if err == nil && (briefErr != nil || got.series != want.series || got.sender != want.sender || got.counts == (want.voided || want.clock != 0)) {
			t.Errorf("openBrief(%x) = %+v, %v, but the record is %+v", b, got, briefErr, want)
		}
	})
}
