package report

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"

	"magicbutton/internal/cx"
)

// eventReader takes what only the week's events tell: what was taken back, where
// customers had been before, and what they said.
type eventReader struct {
	catalogue cx.Catalogue
	health    *Health
	devices   map[[2]string]bool
	switches  map[cx.ID]Switch // by conversation
	notes     map[string][]note
}

// note is one customer's words.
type note struct {
	id   cx.ID
	rank uint64
	text string
}

func (b *builder) readEvents(ctx context.Context) error {
	r := eventReader{
		catalogue: b.catalogue, health: b.week.Health,
		devices: make(map[[2]string]bool), switches: make(map[cx.ID]Switch), notes: make(map[string][]note),
	}
	q := b.query()
	for e, err := range b.reader.Events(ctx, cx.EventQuery{From: q.From, To: q.To, Voided: true, Filter: b.Filter}) {
		if err != nil {
			return err
		}
		r.add(e)
	}
	b.week.Health.Devices = len(r.devices)
	b.week.Switches = r.sums()
	for i := range b.week.Tags {
		b.week.Tags[i].Notes = r.chosen(b.week.Tags[i].Code)
	}
	return nil
}

func (r *eventReader) add(e cx.Event) {
	switch {
	case e.Voided:
		r.health.Undone++
		return
	case !e.Counts():
		r.health.Suspect++
		return
	}
	if e.Device != "" {
		r.devices[[2]string{e.Desk, e.Device}] = true
	}
	if e.Tried != "" {
		r.switched(e)
	}
	if e.Note != "" {
		r.health.Notes++
		r.keep(e)
	}
}

// switched counts a conversation once, whatever number of tags it has. Forced by one
// of them is forced.
func (r *eventReader) switched(e cx.Event) {
	s, seen := r.switches[e.Conversation]
	if !seen {
		s = Switch{Tried: e.Tried, Channel: e.Channel}
	}
	if e.Forced {
		s.Forced = 1
	}
	r.switches[e.Conversation] = s
}

// sums adds up the conversations of each way, the most gone first.
func (r *eventReader) sums() []Switch {
	type way struct{ tried, channel cx.Channel }
	at := make(map[way]int)
	var out []Switch
	for _, s := range r.switches {
		w := way{s.Tried, s.Channel}
		i, seen := at[w]
		if !seen {
			i = len(out)
			at[w] = i
			out = append(out, Switch{Tried: s.Tried, Channel: s.Channel})
		}
		out[i].Forced += s.Forced
		out[i].Smooth += 1 - s.Forced
	}
	slices.SortFunc(out, func(a, b Switch) int {
		return cmp.Or(
			cmp.Compare(b.Forced+b.Smooth, a.Forced+a.Smooth),
			cmp.Compare(a.Tried, b.Tried), cmp.Compare(a.Channel, b.Channel),
		)
	})
	return out
}

// keep keeps the notes with the lowest hashes of their events' ids: a choice that is
// the same every time and favours nobody.
func (r *eventReader) keep(e cx.Event) {
	code := r.catalogue.Counted(e.Tag).Code
	list := r.notes[code]
	if slices.ContainsFunc(list, func(n note) bool { return n.text == e.Note }) {
		return
	}
	h := fnv.New64a()
	h.Write(e.ID[:])
	list = append(list, note{e.ID, h.Sum64(), e.Note})
	slices.SortFunc(list, func(a, b note) int { return cmp.Compare(a.rank, b.rank) })
	r.notes[code] = list[:min(len(list), NotesPerTag)]
}

// chosen returns the notes of a tag in the order in which they were said.
func (r *eventReader) chosen(code string) []string {
	list := r.notes[code]
	slices.SortFunc(list, func(a, b note) int { return slices.Compare(a.id[:], b.id[:]) })
	var out []string
	for _, n := range list {
		out = append(out, n.text)
	}
	return out
}
