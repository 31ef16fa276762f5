package store

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// MergedDesk is what the events of one origin say under one desk's name. An origin has
// several where its desk was renamed, or other desks' events were imported.
type MergedDesk struct {
	Desk   string // "" where the events have none
	Origin cx.Origin
	// InPeriod is as in [MergedOrigin], and Before the same of as long a time before
	// that period: 0 where it has no beginning or no end.
	InPeriod, Before int
	// First and Last are the instants of the earliest and of the latest event.
	First, Last time.Time
}

// mergedDesks are those of an origin, by the number of a sender in the new file.
type mergedDesks map[uint64]*MergedDesk

func (m mergedDesks) at(sender uint64) *MergedDesk {
	d := m[sender]
	if d == nil {
		d = &MergedDesk{}
		m[sender] = d
	}
	return d
}

// tally counts an event, or what is left of one, in the period that it is in.
func (m *merger) tally(d *MergedDesk, at time.Time) (inPeriod bool) {
	from, to := m.options.From, m.options.To
	inPeriod = (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to))
	switch {
	case inPeriod:
		d.InPeriod++
	case !from.IsZero() && !to.IsZero() && at.Before(from) && !at.Before(from.Add(from.Sub(to))):
		d.Before++
	}
	return inPeriod
}

// saw notes the instant of an event.
func (d *MergedDesk) saw(at time.Time) {
	if d.First.IsZero() || at.Before(d.First) {
		d.First = at
	}
	if at.After(d.Last) {
		d.Last = at
	}
}

// tellDesks puts the desks into the report, by name and origin.
func (m *merger) tellDesks(w words) {
	type of struct {
		name   string
		origin cx.Origin
	}
	all := make(map[of]MergedDesk)
	for origin, o := range m.origins {
		for sender, d := range o.desks {
			key := of{w.senders[sender-1].desk, origin}
			sum, ok := all[key]
			if !ok {
				sum = MergedDesk{Desk: key.name, Origin: origin}
			}
			sum.InPeriod += d.InPeriod
			sum.Before += d.Before
			sum.saw(d.First)
			sum.saw(d.Last)
			all[key] = sum
		}
	}
	m.report.Desks = slices.SortedFunc(maps.Values(all), func(a, b MergedDesk) int {
		return cmp.Or(strings.Compare(a.Desk, b.Desk), bytes.Compare(a.Origin[:], b.Origin[:]))
	})
}
