package agent

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

func TestLog(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	base := cx.Event{RecordedAt: epoch, Desk: "desk 1", Site: "north", Tag: "bill-unclear", Stage: cx.StagePay, Channel: cx.ChannelPhone, Source: cx.SourceAPI}
	with := func(change func(*cx.Event)) cx.Event {
		e := base
		change(&e)
		return e
	}
	for _, test := range []struct {
		name     string
		request  api.NewEvent
		at       time.Time
		want     cx.Event
		scrubbed int
	}{
		{"tag alone", api.NewEvent{Tag: "bill-unclear"}, epoch, base, 0},
		{"at", api.NewEvent{Tag: "bill-unclear", At: new(epoch.Add(-time.Hour))}, epoch.Add(-time.Hour), base, 0},
		{
			"said otherwise",
			api.NewEvent{Tag: "bill-unclear", Stage: "use", Channel: "email", Source: "cli"},
			epoch,
			with(func(e *cx.Event) { e.Stage, e.Channel, e.Source = cx.StageUse, cx.ChannelEmail, cx.SourceCLI }), 0,
		},
		{
			"channel switch",
			api.NewEvent{Tag: "bill-unclear", Tried: "chat", Forced: true},
			epoch,
			with(func(e *cx.Event) { e.Tried, e.Forced = cx.ChannelChat, true }), 0,
		},
		{
			"note",
			api.NewEvent{Tag: "bill-unclear", Note: " two\r\nlines "},
			epoch,
			with(func(e *cx.Event) { e.Note = "two\nlines" }), 0,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := d.Log(t.Context(), test.request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.Event(t.Context(), l.Event.ID)
			if err != nil {
				t.Fatal(err)
			}
			test.want.ID, test.want.Conversation = got.ID, got.ID
			diff(t, "stored", got, test.want)
			diff(t, "answer", l.Event, api.FromEvent(test.want))
			if !got.At().Equal(test.at) || l.Duplicate || l.Scrubbed != test.scrubbed {
				t.Errorf("at %v, %+v; want at %v", got.At(), l, test.at)
			}
		})
	}
}

func TestLogScrubs(t *testing.T) {
	d := newDesk(t, newClock(), "")
	l, err := d.Log(t.Context(), api.NewEvent{Tag: "praise", Note: "card 4111 1111 1111 1111, cvv 123"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Scrubbed != 2 || strings.Contains(l.Event.Note, "4111 1111 1111 1111") || strings.Contains(l.Event.Note, "123") {
		t.Errorf("scrubbed %d, note %q", l.Scrubbed, l.Event.Note)
	}
}

func TestLogRefused(t *testing.T) {
	d := newDesk(t, newClock(), "")
	for _, test := range []struct {
		name    string
		request api.NewEvent
		want    string // in the message
	}{
		{"no tag", api.NewEvent{}, `unknown tag ""`},
		{"unknown tag", api.NewEvent{Tag: "prase"}, `did you mean "praise"`},
		{"retired tag", api.NewEvent{Tag: "gone"}, "retired"},
		{"stage", api.NewEvent{Tag: "praise", Stage: "pya"}, `did you mean "pay"`},
		{"channel", api.NewEvent{Tag: "praise", Channel: "fax"}, "fax"},
		{"tried", api.NewEvent{Tag: "praise", Tried: "fax"}, "fax"},
		{"source of a device", api.NewEvent{Tag: "praise", Source: "device"}, "device"},
		{"source of an import", api.NewEvent{Tag: "praise", Source: "import"}, "import"},
		{"before 2000", api.NewEvent{Tag: "praise", At: new(time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC))}, "2000"},
		{"after 2100", api.NewEvent{Tag: "praise", At: new(time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC))}, "2100"},
		{"note of 10 MB", api.NewEvent{Tag: "praise", Note: strings.Repeat("x", 10<<20)}, "2000"},
		{"note with control characters", api.NewEvent{Tag: "praise", Note: "a\x00b"}, "note"},
		{"note in no UTF-8", api.NewEvent{Tag: "praise", Note: "a\xff"}, "note is not valid UTF-8"},
		{"tag of 300 bytes", api.NewEvent{Tag: strings.Repeat("x", 300)}, "tag"},
		{"ref too long", api.NewEvent{Tag: "praise", Ref: strings.Repeat("x", 81)}, "ref"},
		{"two problems", api.NewEvent{Tag: "prase", Stage: "pya"}, "stage"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := d.Log(t.Context(), test.request)
			wantCode(t, err, api.CodeBad)
			if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 500 {
				t.Errorf("error %.600v, want one with %q", err, test.want)
			}
		})
	}
	if left := allEvents(t, d.store); len(left) != 0 {
		t.Errorf("stored %v", tagsOf(left))
	}
}

// TestUndoAtOnce: as many undos as events, all at the same time, take back each
// event once.
func TestUndoAtOnce(t *testing.T) {
	d := newDesk(t, newClock(), "")
	const n = 8
	for range n {
		if _, err := d.Log(t.Context(), api.NewEvent{Tag: "praise", Source: "cli"}); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := d.Undo(t.Context(), api.Undo{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, e := range allEvents(t, d.store) {
		if !e.Voided || e.Rev != 1 {
			t.Errorf("#%d: voided %v, revision %d; want true, 1", e.ID.Seq(), e.Voided, e.Rev)
		}
	}
	mustLog(t, d, "praise") // of a program, which is not live
	_, err := d.Undo(t.Context(), api.Undo{})
	wantCode(t, err, api.CodeNotFound)
}

func TestHistory(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	first := mustLog(t, d, "praise")
	states := func(want ...cx.Event) {
		t.Helper()
		got, err := d.History(t.Context(), first.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(got)+len(want) > 0 {
			diff(t, "history", got, want)
		}
	}
	states()
	second, err := d.Amend(t.Context(), first.ID, cx.Amendment{Tag: new("idea"), Note: new("why")})
	if err != nil {
		t.Fatal(err)
	}
	states(first)
	third, err := d.Void(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	states(first, second)
	now, err := d.Event(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "as it stands", now, third)
}

func TestAmendRefused(t *testing.T) {
	d := newDesk(t, newClock(), "")
	live, voided := mustLog(t, d, "praise"), mustLog(t, d, "praise")
	if _, err := d.Void(t.Context(), voided.ID); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		id   cx.ID
		a    cx.Amendment
		want api.Code
	}{
		{"unknown tag", live.ID, cx.Amendment{Tag: new("prase")}, api.CodeBad},
		{"retired tag", live.ID, cx.Amendment{Tag: new("gone")}, api.CodeBad},
		{"long note", live.ID, cx.Amendment{Note: new(strings.Repeat("x", 2001))}, api.CodeBad},
		{"no such event", cx.MakeID(epoch, cx.NewOrigin(), 7), cx.Amendment{}, api.CodeNotFound},
		{"taken back", voided.ID, cx.Amendment{Note: new("x")}, api.CodeConflict},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := d.Amend(t.Context(), test.id, test.a)
			wantCode(t, err, test.want)
		})
	}
	if e, err := d.Event(t.Context(), live.ID); err != nil || e.Rev != 0 {
		t.Errorf("event = %+v, %v; want it unchanged", e, err)
	}
}

// TestConfigure: what the configuration says holds for what comes after.
func TestConfigure(t *testing.T) {
	d := newDesk(t, newClock(), "")
	mustLog(t, d, "praise")
	_, err := d.Log(t.Context(), api.NewEvent{Tag: "brand-new"})
	wantCode(t, err, api.CodeBad)
	if err := d.Configure(t.Context(), parseConfig(t, "[[tag]]\ncode = 'brand-new'")); err != nil {
		t.Fatal(err)
	}
	mustLog(t, d, "brand-new")
	known, err := d.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := known.Tag("brand-new"); !ok {
		t.Errorf("the database knows %v", known.Codes())
	}
}

func TestFollow(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	mustLog(t, d, "how-to") // before
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop, ready, read := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var got []string
	var wg sync.WaitGroup
	wg.Go(func() {
		for e, err := range d.follow(ctx, stop, func() { close(ready) }) {
			if err != nil {
				t.Error(err)
			}
			<-read
			what := e.Tag
			if e.Voided {
				what += " taken back"
			}
			got = append(got, what)
		}
	})
	<-ready
	e := mustLog(t, d, "praise")
	if _, err := d.Log(t.Context(), api.NewEvent{Tag: "idea", Ref: "r"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Log(t.Context(), api.NewEvent{Tag: "idea", Ref: "r"}); err != nil { // a duplicate is no news
		t.Fatal(err)
	}
	if _, err := d.Amend(t.Context(), e.ID, cx.Amendment{Tag: new("bill-unclear")}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Void(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	close(stop) // what was told before is still read
	close(read)
	wg.Wait()
	diff(t, "followed", got, []string{"praise", "idea", "bill-unclear", "bill-unclear taken back"})
	if len(d.followers) != 0 {
		t.Errorf("%d followers are left", len(d.followers))
	}
}

// TestFollowTooSlowly: presses do not wait for a follower that does not read, and
// it learns that it missed some.
func TestFollowTooSlowly(t *testing.T) {
	d := newDesk(t, newClock(), "")
	ready, read := make(chan struct{}), make(chan struct{})
	var got int
	var last error
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, err := range d.follow(t.Context(), nil, func() { close(ready) }) {
			<-read
			last = err
			if err == nil {
				got++
			}
		}
	})
	<-ready
	for range 2 * followBuffer {
		d.tell(page.Moment{What: page.WhatStored, Event: cx.Event{Tag: "praise"}})
	}
	close(read)
	wg.Wait()
	wantCode(t, last, api.CodeBehind)
	if got < followBuffer || got > followBuffer+1 {
		t.Errorf("read %d events, want %d or one more", got, followBuffer)
	}
}

func TestImport(t *testing.T) {
	d := newDesk(t, newClock(), "")
	sum := strings.Repeat("0f", 32)
	batch := func(first int, done, again bool, rows ...api.ImportRow) (api.Imported, error) {
		return d.Import(t.Context(), api.ImportBatch{File: sum, First: first, Rows: rows, Done: done, Again: again})
	}
	row := func(line int) api.ImportRow {
		return api.ImportRow{Line: line, At: epoch, Event: cx.Event{Tag: "left-the-catalogue"}}
	}
	refused := func(want api.Code, part string, err error) {
		t.Helper()
		wantCode(t, err, want)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v, want one with %q", err, part)
		}
	}
	_, err := batch(0, false, false, row(2), api.ImportRow{Line: 3, Event: cx.Event{Tag: "idea"}})
	refused(api.CodeBad, "line 3", err)
	_, err = batch(0, false, false, row(2), api.ImportRow{Line: 4, At: epoch})
	refused(api.CodeBad, "line 4", err)
	_, err = batch(7, false, false, row(9))
	refused(api.CodeConflict, "row 8", err)
	_, err = batch(-1, false, false, row(9))
	refused(api.CodeConflict, "row 0", err)

	got, err := batch(0, false, false, row(2), row(3))
	if err != nil || got != (api.Imported{New: 2}) {
		t.Errorf("first batch = %+v, %v", got, err)
	}
	// Interrupted, and run again, with or without --again.
	got, err = batch(0, true, true, row(2), row(3), row(4))
	if err != nil || got != (api.Imported{New: 1, Unchanged: 2}) {
		t.Errorf("run again = %+v, %v", got, err)
	}
	_, err = batch(0, true, false, row(2), row(3), row(4))
	refused(api.CodeConflict, "imported before", err)
	got, err = batch(0, true, true, row(2), row(3), row(4))
	if err != nil || got != (api.Imported{New: 3}) {
		t.Errorf("--again = %+v, %v", got, err)
	}

	events := allEvents(t, d.store)
	same, other := events[0], events[1]
	other.Tag = "other"
	_, err = batch(0, true, false, api.ImportRow{Line: 12, Event: same}, api.ImportRow{Line: 13, Event: other})
	refused(api.CodeConflict, "line 13", err)
	if left := allEvents(t, d.store); len(left) != 6 {
		t.Errorf("%d events are stored, want 6", len(left))
	}
}
