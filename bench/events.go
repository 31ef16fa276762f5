package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

const (
	desks = 50
	tags  = 12
	// The events are spread evenly over three years, which both changes of the
	// clocks are in six times.
	years = 3
	// moment is how long after its instant an event is recorded.
	moment = 20 * time.Millisecond
)

var (
	begin = time.Date(2023, 11, 20, 0, 0, 0, 0, time.UTC)
	end   = begin.AddDate(years, 0, 0)
	// week is the one that is asked for: the clocks change at its end.
	week = cx.Week{Year: 2026, Number: 13}
)

// zoneName has changes of the clocks; the weeks of all tallies are those of its
// clocks.
const zoneName = "Europe/Berlin"

// maker makes the events of 50 desks one after the other: 12 tags, one in ten
// with a note, one in a hundred taken back.
type maker struct {
	random *rand.Rand
	step   time.Duration
	i      int
	names  [desks]struct{ desk, site, device string }
	tags   [tags]string
	keys   [8]string
}

func newMaker(n int) *maker {
	m := &maker{random: rand.New(rand.NewPCG(1, 1)), step: end.Sub(begin) / time.Duration(n)}
	for i := range m.names {
		m.names[i].desk = fmt.Sprintf("desk %d", i)
		m.names[i].site = fmt.Sprintf("site %d", i/10)
		m.names[i].device = fmt.Sprintf("1189:8890:desk-%d", i)
	}
	for i := range m.tags {
		m.tags[i] = fmt.Sprintf("tag-%d", i)
	}
	for i := range m.keys {
		m.keys[i] = fmt.Sprintf("F%d", 13+i)
	}
	return m
}

// next returns the next event, as an import has it where origin is one, else as
// a press does.
func (m *maker) next(origin cx.Origin) store.New {
	at := begin.Add(time.Duration(m.i) * m.step).Truncate(time.Millisecond)
	m.i++
	tag := m.random.IntN(tags)
	from := &m.names[m.random.IntN(desks)]
	e := cx.Event{
		Tag: m.tags[tag], Stage: cx.StageUse, Channel: cx.ChannelPhone, Source: cx.SourceDevice,
		Desk: from.desk, Site: from.site, Device: from.device, Key: m.keys[tag%len(m.keys)],
	}
	if m.random.IntN(10) == 0 {
		e.Note = "was told three different dates by three people"
	}
	voided := m.random.IntN(100) == 0
	if origin != (cx.Origin{}) {
		e.ID = cx.MakeID(at, origin, uint64(m.i))
		e.RecordedAt = at.Add(moment)
		if voided {
			e.Voided, e.Rev = true, 1
		}
	}
	return store.New{At: at, Event: e}
}

// fill makes a database of n events at path.
func fill(ctx context.Context, path string, n int) error {
	s, err := store.Open(path, store.Options{Create: true})
	if err != nil {
		return err
	}
	defer s.Close()
	const batch = 50_000 // a transaction of a few megabytes
	m := newMaker(n)
	b := store.ImportBatch{File: sha256.Sum256([]byte(filepath.Base(path)))}
	for first := 0; first < n; first += batch {
		b.First, b.Rows = first, b.Rows[:0]
		for range min(batch, n-first) {
			b.Rows = append(b.Rows, m.next(s.Origin()))
		}
		b.Done = first+batch >= n
		if _, err := s.Import(ctx, b); err != nil {
			return err
		}
	}
	return s.Close()
}
