package export

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// naive finds what Twice finds, with the whole file in memory and by the rules that
// the store has for rows.
func naive(rows []Row) (out []Disagreement) {
	state := make(map[cx.ID]Row)
	for _, r := range rows {
		id := r.Event.ID
		before, seen := state[id]
		e := r.Event
		if e.RecordedAt.IsZero() {
			e.RecordedAt = before.Event.RecordedAt
		}
		switch {
		case id.IsZero():
		case !seen || e.Rev > before.Event.Rev:
			if e.RecordedAt.IsZero() {
				e.RecordedAt = id.At()
			}
			r.Event = e
			state[id] = r
		case e != before.Event:
			out = append(out, Disagreement{Line: r.Line, Before: before.Line, ID: id, Rev: e.Rev, BeforeRev: before.Event.Rev})
		}
	}
	return out
}

func TestTwice(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	instant := time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	for _, most := range []int{1, 7, 100, 10_000} { // sightings in memory
		var rows []Row
		for line := 2; line < 2000; line++ {
			e := cx.Event{Tag: []string{"a", "b"}[random.IntN(2)], Rev: uint32(random.IntN(3))}
			if n := random.IntN(500); n > 0 {
				e.ID = cx.MakeID(instant, cx.Origin{1}, uint64(n))
			}
			if random.IntN(2) > 0 {
				e.RecordedAt = instant.Add(time.Duration(random.IntN(2)) * time.Second)
			}
			rows = append(rows, Row{Line: line, At: instant, Event: e})
		}
		seen := NewTwice()
		seen.most = most
		for i := range rows {
			if err := seen.Add(&rows[i]); err != nil {
				t.Fatal(err)
			}
		}
		var got []Disagreement
		if err := seen.Find(func(d *Disagreement) { got = append(got, *d) }); err != nil {
			t.Fatal(err)
		}
		if err := seen.Close(); err != nil {
			t.Fatal(err)
		}
		want := naive(rows)
		byLine := func(a, b Disagreement) int { return a.Line - b.Line }
		slices.SortFunc(got, byLine)
		slices.SortFunc(want, byLine)
		if len(want) < 100 {
			t.Fatalf("only %d disagreements to be found", len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d in memory (-want +got):\n%s", most, diff)
		}
	}
}
