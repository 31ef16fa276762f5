package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Whatever happens to events while summaries of their days come and go, tallies
// are those that the reference makes of the events.
func TestDaysAgainstModel(t *testing.T) {
	for _, seed := range []uint64{1, 2, rand.Uint64()} {
		t.Run(fmt.Sprintf("seed_%d", seed), func(t *testing.T) {
			c := &clock{epoch}
			m := &model{store: newStore(t, c), clock: c, random: rand.New(rand.NewPCG(seed, 0))}
			m.configure(t)
			m.add(t, nil)
			m.receive(t, nil) // so that there is a desk to filter by
			changes := []func(*testing.T, *cx.Event){m.add, m.add, m.add, m.join, m.void, m.amend, m.split, m.receive, m.build, m.build, m.seal, m.erase}
			for range 6 {
				for range 20 {
					m.add(t, nil)
					c.advance(time.Duration(m.random.IntN(3_000_000)) * time.Millisecond)
					changes[m.random.IntN(len(changes))](t, &m.events[m.random.IntN(len(m.events))])
				}
				for range 8 {
					m.compareTally(t, m.query(t))
				}
				m.recount(t)
			}
		})
	}
}

func (m *model) configure(t *testing.T) {
	catalogue, err := cx.NewCatalogue([]cx.Tag{
		{Code: "praise", Kind: cx.KindPraise, Domain: cx.DomainService},
		{Code: "bill", MergedInto: "money"},
		{Code: "money", Driver: cx.DriverEasyPayment, Domain: cx.DomainExperience},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.store.SetCatalogue(t.Context(), catalogue); err != nil {
		t.Fatal(err)
	}
}

// build makes the summaries that are due.
func (m *model) build(t *testing.T, _ *cx.Event) {
	if err := m.store.BuildDays(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// seal purges the events of one day.
func (m *model) seal(t *testing.T, e *cx.Event) {
	day := utcDay(e.At())
	for more := true; more; {
		_, err := m.store.write(t.Context(), func(w *writer) (err error) {
			_, more, err = w.purgeDay(day, 2) // of a busy day part by part
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	m.events = slices.DeleteFunc(m.events, func(e cx.Event) bool {
		if utcDay(e.At()) != day {
			return false
		}
		m.gone = append(m.gone, quarterly(e))
		return true
	})
	m.add(t, nil) // there is always an event
}

// erase leaves a tombstone of an event.
func (m *model) erase(t *testing.T, e *cx.Event) {
	if _, err := m.store.Erase(t.Context(), []cx.ID{e.ID}, nil); err != nil {
		t.Fatal(err)
	}
	m.gone = append(m.gone, quarterly(*e))
	id := e.ID
	m.events = slices.DeleteFunc(m.events, func(e cx.Event) bool { return e.ID == id })
	m.add(t, nil)
}

// quarterly is an event as a sealed day or a tombstone has it: of some instant in its quarter
// hour.
func quarterly(e cx.Event) cx.Event {
	heads := e.Conversation == e.ID
	e.ID = cx.MakeID(e.At().Truncate(quarterHour), e.ID.Origin(), e.ID.Seq())
	if heads {
		e.Conversation = e.ID
	}
	return e
}

// query is a random question.
func (m *model) query(t *testing.T) cx.Query {
	zone, err := time.LoadLocation(m.pick("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns"))
	if err != nil {
		t.Fatal(err)
	}
	q := cx.Query{Zone: zone, By: cx.Dimensions()}
	m.random.Shuffle(len(q.By), func(i, j int) { q.By[i], q.By[j] = q.By[j], q.By[i] })
	q.By = q.By[:m.random.IntN(4)]
	bound := func() time.Time {
		at := m.events[m.random.IntN(len(m.events))].At()
		return []time.Time{{}, at, cx.DateOf(at, zone).Start(zone)}[m.random.IntN(3)]
	}
	q.From, q.To = bound(), bound()
	switch m.random.IntN(6) {
	case 0:
		q.Tags = []string{"money"}
	case 1:
		q.Desks = []string{"far"}
	case 2:
		q.Sites, q.Tags = []string{"north"}, []string{"praise", "bill"}
	}
	return q
}

func (m *model) compareTally(t *testing.T, q cx.Query) {
	t.Helper()
	catalogue, err := m.store.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.store.Tally(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := cx.Count(slices.Values(append(slices.Clone(m.events), m.gone...)), catalogue, q)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("Tally(%+v) (-model +store):\n%s", q, diff)
	}
}

// summaries returns the days that have one.
func summaries(t *testing.T, s *Store) (days []uint32) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		for key := range dayTotals.pairs(tx, 0, 1<<31) {
			_, day, err := parseDayKey(key)
			if err != nil {
				return err
			}
			days = append(days, day)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return days
}

func (m *model) recount(t *testing.T) {
	t.Helper()
	err := m.store.view(t.Context(), func(tx *bolt.Tx, w words) error {
		r, err := newDayReader(tx, w)
		for _, day := range summaries(t, m.store) {
			err = errors.Join(err, r.recount(day))
		}
		return err
	})
	if err != nil {
		t.Errorf("recount: %v", err)
	}
}

// A summary is made of a day that is over, and of no other; each change to one of
// its events takes it away, and only that day's.
func TestDaysComeAndGo(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	today := utcDay(epoch)
	var first, last cx.Event
	for day := range 4 {
		for range 3 {
			c.now = epoch.AddDate(0, 0, day)
			last = add(t, s, press(c.now, "praise"))
			if first.ID.IsZero() {
				first = last
			}
		}
	}
	build := func(want ...uint32) {
		t.Helper()
		if err := s.BuildDays(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, summaries(t, s)); diff != "" {
			t.Fatalf("days with a summary (-want +got):\n%s", diff)
		}
	}
	has := func(want ...uint32) {
		t.Helper()
		if diff := cmp.Diff(want, summaries(t, s)); diff != "" {
			t.Fatalf("days with a summary (-want +got):\n%s", diff)
		}
	}
	build(today, today+1, today+2)
	c.now = dayStart(today + 4).Add(closingTime - time.Millisecond)
	build(today, today+1, today+2)
	if got := s.DaysEnd(); !got.Equal(dayStart(today + 4).Add(closingTime)) {
		t.Errorf("DaysEnd() = %v", got)
	}
	c.advance(time.Millisecond)
	build(today, today+1, today+2, today+3)

	if _, err := s.Void(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	has(today+1, today+2, today+3)
	tag := "idea"
	if _, err := s.Amend(t.Context(), last.ID, cx.Amendment{Tag: &tag}); err != nil {
		t.Fatal(err)
	}
	has(today+1, today+2)
	add(t, s, press(dayStart(today+1), "late"))
	has(today + 2)
	e := cx.Event{ID: cx.MakeID(dayStart(today+3).Add(-time.Millisecond), cx.Origin{7}, 1), Tag: "far"}
	importAll(t, s, ImportBatch{File: [32]byte{1}, Rows: rowsOf([]cx.Event{e}), Done: true})
	has()
	if len(s.DaysMissing()) > 0 {
		t.Error("days are missing before anybody asked")
	}
	if _, err := s.Tally(t.Context(), cx.Query{From: dayStart(today + 4)}); err != nil {
		t.Fatal(err)
	}
	if len(s.DaysMissing()) > 0 {
		t.Error("a tally of today says that days are missing")
	}
	if _, err := s.Tally(t.Context(), cx.Query{}); err != nil {
		t.Fatal(err)
	}
	if len(s.DaysMissing()) != 1 {
		t.Error("a tally that read events of old days does not say that days are missing")
	}
	build(today, today+1, today+2, today+3)
	add(t, s, press(dayStart(today-3), "two-quiet-days-behind"))
	add(t, s, press(dayStart(today-3-maxQuietDays-1), "many-quiet-days-behind"))
	build(today-3-maxQuietDays-1, today-3, today-2, today-1, today, today+1, today+2, today+3)
}

// A summary that is not the sum of its events is found; one whose bytes changed is
// not answered from.
func TestDaysDamaged(t *testing.T) {
	c := &clock{epoch}
	s, err := Open(t.TempDir()+"/events.db", Options{Create: true, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add(t, s, press(epoch, "praise"))
	c.advance(48 * time.Hour)
	if err := s.BuildDays(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	key := dayTotals.key(utcDay(epoch))
	write := func(fn func(tx *bolt.Tx) error) {
		t.Helper()
		if err := s.db.Update(fn); err != nil {
			t.Fatal(err)
		}
	}
	var good []byte
	write(func(tx *bolt.Tx) error {
		good = slices.Clone(daysTable.in(tx).Get(key))
		bad := slices.Clone(good)
		bad[2] ^= 1
		return daysTable.in(tx).Put(key, bad)
	})
	if _, err := s.Tally(t.Context(), cx.Query{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "2026-11-16") {
		t.Errorf("Tally of a damaged summary: %v, want ErrDamaged and the day", err)
	}
	write(func(tx *bolt.Tx) error { return daysTable.put(tx, key, []byte{2, 3, 2, 2}) })
	err = s.view(t.Context(), func(tx *bolt.Tx, w words) error {
		r, err := newDayReader(tx, w)
		return errors.Join(err, r.recount(utcDay(epoch)))
	})
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("recount of a wrong sum: %v, want ErrDamaged", err)
	}
}
