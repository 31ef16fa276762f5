package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// eachMinute stores n events a minute apart, tags t0, t1 and so on.
func eachMinute(t testing.TB, s *Store, n int) []cx.Event {
	t.Helper()
	var events []New
	for i := range n {
		events = append(events, press(epoch.Add(time.Duration(i)*time.Minute), fmt.Sprintf("t%d", i)))
	}
	got, err := s.Append(t.Context(), events...)
	if err != nil {
		t.Fatal(err)
	}
	var out []cx.Event
	for _, a := range got {
		out = append(out, a.Event)
	}
	return out
}

func tags(events []cx.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.Tag)
	}
	return out
}

func TestEvents(t *testing.T) {
	s := newStore(t, &clock{epoch})
	events := eachMinute(t, s, 6)
	void(t, s, events[3])
	minute := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }
	tests := map[string]struct {
		q    cx.EventQuery
		want []string
	}{
		"all":                     {cx.EventQuery{}, []string{"t0", "t1", "t2", "t4", "t5"}},
		"voided too":              {cx.EventQuery{Voided: true}, []string{"t0", "t1", "t2", "t3", "t4", "t5"}},
		"newest first":            {cx.EventQuery{Newest: true}, []string{"t5", "t4", "t2", "t1", "t0"}},
		"limit":                   {cx.EventQuery{Limit: 2}, []string{"t0", "t1"}},
		"limit over a voided one": {cx.EventQuery{Newest: true, Limit: 3}, []string{"t5", "t4", "t2"}},
		"half-open":               {cx.EventQuery{From: minute(1), To: minute(4)}, []string{"t1", "t2"}},
		"half-open, newest first": {cx.EventQuery{From: minute(1), To: minute(4), Newest: true}, []string{"t2", "t1"}},
		"from between":            {cx.EventQuery{From: minute(1).Add(1)}, []string{"t2", "t4", "t5"}},
		"to between":              {cx.EventQuery{To: minute(1).Add(1)}, []string{"t0", "t1"}},
		"to between, newest":      {cx.EventQuery{To: minute(1).Add(1), Newest: true}, []string{"t1", "t0"}},
		"none":                    {cx.EventQuery{From: minute(4), To: minute(4)}, nil},
		"backwards":               {cx.EventQuery{From: minute(4), To: minute(1)}, nil},
		"before 1970":             {cx.EventQuery{To: time.Unix(-1, 0)}, nil},
		"after the end of ids":    {cx.EventQuery{To: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)}, []string{"t0", "t1", "t2", "t4", "t5"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tags(all(t, s, tt.q))); diff != "" {
				t.Errorf("Events(%+v) (-want +got):\n%s", tt.q, diff)
			}
		})
	}
}

// Pages of events end where transactions do; none may be skipped or doubled.
func TestEventsOverPages(t *testing.T) {
	s := newStore(t, &clock{epoch})
	const n = 2*eventsPerPage + 1
	want := eachMinute(t, s, n)
	if diff := cmp.Diff(want, all(t, s, cx.EventQuery{})); diff != "" {
		t.Errorf("Events (-want +got):\n%s", diff)
	}
	newest := all(t, s, cx.EventQuery{Newest: true})
	slices.Reverse(newest)
	if diff := cmp.Diff(want, newest); diff != "" {
		t.Errorf("Events, newest first (-want +got):\n%s", diff)
	}
	if got := all(t, s, cx.EventQuery{Limit: eventsPerPage + 1}); len(got) != eventsPerPage+1 {
		t.Errorf("limit %d gave %d events", eventsPerPage+1, len(got))
	}
}

// While one event is being used the store takes others, so that no slow reader
// keeps a press from the disk.
func TestEventsHoldNoTransaction(t *testing.T) {
	s := newStore(t, &clock{epoch})
	eachMinute(t, s, 3)
	for _, err := range s.Events(t.Context(), cx.EventQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n := s.db.Stats().OpenTxN; n != 0 {
			t.Fatalf("%d transactions are open while an event is used", n)
		}
		add(t, s, press(epoch.Add(time.Hour), "meanwhile"))
		break
	}
}

func TestEventBySeq(t *testing.T) {
	s := newStore(t, &clock{epoch})
	events := eachMinute(t, s, 3)
	imported := press(epoch.Add(-time.Hour), "imported")
	imported.Event.Source = cx.SourceImport // not among the recent ones
	want := append(events, add(t, s, imported))
	for i, e := range want {
		got, err := s.EventBySeq(t.Context(), uint64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		if got != e {
			t.Errorf("EventBySeq(%d) = %+v, want %+v", i+1, got, e)
		}
	}
	for _, seq := range []uint64{0, 5, cx.MaxSeq} {
		if got, err := s.EventBySeq(t.Context(), seq); !errors.Is(err, ErrNoEvent) {
			t.Errorf("EventBySeq(%d) = %v, %v, want ErrNoEvent", seq, got, err)
		}
	}
}

func TestLastLive(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	last := func(q LiveQuery) string {
		t.Helper()
		e, ok, err := s.LastLive(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return "none"
		}
		return e.Tag
	}
	if got := last(LiveQuery{}); got != "none" {
		t.Errorf("in an empty store: %s", got)
	}
	add(t, s, press(epoch, "first"))
	c.advance(10 * time.Minute)
	other := press(c.now, "other-pad")
	other.Event.Device = "pad 2"
	add(t, s, other)
	api := press(c.now, "api")
	api.Event.Source = cx.SourceAPI
	add(t, s, api)
	// Stored last, though its instant is the earliest.
	yesterday := add(t, s, press(epoch.Add(-24*time.Hour), "yesterday"))
	for i, want := range []struct {
		q   LiveQuery
		tag string
	}{
		{LiveQuery{}, "yesterday"},
		{LiveQuery{Device: "pad 2"}, "other-pad"},
		{LiveQuery{Device: "pad 3"}, "none"},
		{LiveQuery{Since: c.now}, "yesterday"},
		{LiveQuery{Since: c.now.Add(time.Millisecond)}, "none"},
	} {
		if got := last(want.q); got != want.tag {
			t.Errorf("%d: LastLive(%+v) = %s, want %s", i, want.q, got, want.tag)
		}
	}
	void(t, s, yesterday)
	if got := last(LiveQuery{}); got != "other-pad" {
		t.Errorf("after it was taken back: %s, want other-pad", got)
	}
	if got := last(LiveQuery{Device: "pad"}); got != "first" {
		t.Errorf("of its device: %s, want first", got)
	}
}

// A large import after a press does not hide the press from an undo, and the
// ring keeps as many as it says.
func TestLastLiveAfterMany(t *testing.T) {
	s := newStore(t, &clock{epoch})
	first := add(t, s, press(epoch, "first"))
	rows := make([]New, 2*recentSlots)
	for i := range rows {
		rows[i] = New{At: epoch, Event: cx.Event{Tag: "row"}}
	}
	if _, err := s.Import(t.Context(), ImportBatch{Rows: rows, Done: true}); err != nil {
		t.Fatal(err)
	}
	if e, ok, err := s.LastLive(t.Context(), LiveQuery{}); err != nil || !ok || e.ID != first.ID {
		t.Errorf("after an import: %v, %v, %v, want %s", e.Tag, ok, err, first.ID)
	}
	eachMinute(t, s, recentSlots-1)
	// Taking a thousand events back one by one would flush a thousand times.
	_, err := s.write(t.Context(), func(w *writer) error {
		return recentIDs(w.tx, func(id cx.ID) (bool, error) {
			before, err := readEvent(w.tx, w.words, id)
			if err != nil || id == first.ID {
				return false, err
			}
			after := before
			after.Voided, after.Rev = true, 1
			return true, w.revise(before, after)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if e, ok, err := s.LastLive(t.Context(), LiveQuery{}); err != nil || !ok || e.ID != first.ID {
		t.Errorf("%d presses back: %v, %v, %v, want the first", recentSlots-1, e.Tag, ok, err)
	}
}
