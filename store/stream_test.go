package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// FuzzQuickRecord holds the quick way to read a record against the strict one:
// what it takes, the other reads alike.
func FuzzQuickRecord(f *testing.F) {
	full := record{
		series: 300, sender: 2, recorded: -5, conversation: cx.MakeID(epoch, cx.Origin{1}, 1), tried: 3, forced: true, clock: 4,
		rev: 1<<32 - 1, voided: true, noted: true,
	}
	f.Add(full.appendTo(nil))
	f.Add(record{series: 1, sender: 1}.appendTo(nil))
	f.Add(append(full.appendTo(nil), 11<<3, 1))
	f.Add([]byte{seriesTag, 0x81, 0x00})
	f.Add([]byte{seriesTag, 1, fieldForced << 3, 2})
	f.Add([]byte{seriesTag, 16, fieldConversation << 3, 24}) // a number, not an id
	f.Fuzz(func(t *testing.T, b []byte) {
		var got record
		if !quickRecord(b, &got) {
			return
		}
		want, err := parseRecord(b)
		if err != nil {
			t.Fatalf("%x is taken, want %v", b, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{})); diff != "" {
			t.Errorf("%x (-want +got):\n%s", b, diff)
		}
	})
}

// What is read in pages, in the memory of other events, is what is read alone.
func TestEventPages(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	var rows []New
	for i := range 3*eventsPerLongPage + eventsPerPage + 7 {
		n := press(epoch.Add(time.Duration(i)*time.Second), []string{"a", "b", "c"}[i%3])
		n.Event.Desk = []string{"", "north", "south"}[i/3%3]
		if i%5 == 0 {
			n.Event.Note = "words"
		}
		if i%7 == 0 {
			n.Event.Tried, n.Event.Forced, n.Event.Clock = cx.ChannelChat, true, cx.ClockSuspect
		}
		rows = append(rows, n)
	}
	if _, err := s.Append(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	for _, q := range []cx.EventQuery{
		{},
		{Newest: true},
		{Limit: eventsPerPage + 1},
		{Filter: cx.Filter{Tags: []string{"a", "c"}, Desks: []string{"south", ""}}},
		{Filter: cx.Filter{Tags: []string{"b"}}, Limit: 3},
		{Filter: cx.Filter{Desks: []string{"north"}}, Limit: 2 * eventsPerLongPage / 3, Newest: true},
	} {
		var want []cx.ID
		for i := range rows {
			if q.Newest {
				i = len(rows) - 1 - i
			}
			e := rows[i].Event
			if (q.Limit == 0 || len(want) < q.Limit) && q.Passes(cx.Catalogue{}, e) {
				want = append(want, cx.MakeID(rows[i].At, s.Origin(), uint64(i+1)))
			}
		}
		var got []cx.ID
		for e, err := range s.Events(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			if alone := get(t, s, e.ID); e != alone {
				t.Fatalf("%+v: event %+v, want %+v", q, e, alone)
			}
			got = append(got, e.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", q, diff)
		}
	}
}

// A reader that leaves, or whose question is taken back, waits for what reads ahead.
func TestEventPagesEnd(t *testing.T) {
	s := newStore(t, &clock{epoch})
	rows := make([]New, 4*eventsPerLongPage)
	for i := range rows {
		rows[i] = press(epoch.Add(time.Duration(i)*time.Second), "a")
	}
	if _, err := s.Append(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	for leaveAfter := range 4 {
		pages := 0
		for _, err := range s.EventPages(t.Context(), cx.EventQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			if pages++; pages > leaveAfter {
				break
			}
		}
	}
	gone := errors.New("the store was closed")
	pages := 0
	for _, err := range s.EventPages(t.Context(), cx.EventQuery{}) {
		if pages++; err != nil {
			gone = err
			continue
		}
		if pages == 1 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !errors.Is(gone, ErrClosed) {
		t.Errorf("pages of a store that was closed ended with %v after %d", gone, pages)
	}
}
