package agent

import (
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// watching collects what a page is told, in words: what, of which tag, why.
type watching struct {
	t    *testing.T
	told chan page.Moment
}

// watch watches until the test ends.
func watch(t *testing.T, d *Desk) *watching {
	t.Helper()
	w := &watching{t: t, told: make(chan page.Moment)}
	ready := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(w.told)
		for m, err := range d.Watch(t.Context(), func() { close(ready) }) {
			if err != nil {
				t.Error(err)
				return
			}
			select {
			case w.told <- m:
			case <-t.Context().Done():
				return
			}
		}
	})
	t.Cleanup(wg.Wait)
	<-ready
	return w
}

// next returns the next moments as words.
func (w *watching) next(n int) []string {
	w.t.Helper()
	var out []string
	for range n {
		select {
		case m := <-w.told:
			words := []string{string(m.What)}
			if m.Event.Tag != "" {
				words = append(words, "event", m.Event.Tag)
			}
			if m.Event.Voided {
				words = append(words, "voided")
			}
			if m.Tag != "" {
				words = append(words, m.Tag)
			}
			if m.Late {
				words = append(words, "late")
			}
			if m.Reason != "" {
				words = append(words, "why")
			}
			out = append(out, strings.Join(words, " "))
		case <-time.After(20 * time.Second):
			w.t.Fatalf("told %q and nothing more, want %d", out, n)
		}
	}
	return out
}

func TestWatch(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	w := watch(t, d)
	pressAll(t, d, "0s A F13 praise\n 1s A F13 praise\n 2s A F14 gone\n 3s A F24 undo\n 4s A F24 undo")
	diff(t, "presses", w.next(4), []string{"stored event praise", "refused praise", "not_saved gone why", "changed event praise voided"})
	tapAll(t, d, c, "10s a idea\n 10s a idea\n 11s b idea")
	diff(t, "taps, one of them twice", w.next(2), []string{"stored event idea", "refused idea"})
	l, err := d.Log(t.Context(), api.NewEvent{Tag: "how-to"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Amend(t.Context(), l.Event.ID, cx.Amendment{Note: new("words")}); err != nil {
		t.Fatal(err)
	}
	diff(t, "logged and amended", w.next(2), []string{"stored event how-to", "changed event how-to"})
	if err := d.Configure(t.Context(), d.Config()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(t.Context(), api.ImportBatch{File: strings.Repeat("ab", 32), Rows: []api.ImportRow{}, Done: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Erase(t.Context(), []cx.ID{l.Event.ID}, nil); err != nil {
		t.Fatal(err)
	}
	diff(t, "configured, imported, erased", w.next(3), []string{"anew", "anew", "anew"})
}

// The page is told when nothing can be saved, how many presses wait, and when each of them
// is saved and all is well again.
func TestWatchTrouble(t *testing.T) {
	d, c, mend := brokenDesk(t)
	w := watch(t, d)
	pressAll(t, d, "0s A F13 praise\n 1s A F13 praise")
	diff(t, "the first", w.next(4), []string{"trouble", "waiting praise why", "trouble", "refused praise"})
	tapAll(t, d, c, "3s a idea")
	diff(t, "a tap", w.next(2), []string{"waiting idea why", "trouble"})
	if e, err := d.Undo(t.Context(), api.Undo{Device: "page"}); err != nil || !e.Voided {
		t.Fatalf("Undo = %+v, %v", e, err)
	}
	diff(t, "taken back", w.next(1), []string{"trouble"})
	mend()
	retry(t, d)
	diff(t, "mended", w.next(3), []string{"trouble", "stored event praise late", "trouble"})
	if d.Trouble() != nil || len(d.Left()) > 0 {
		t.Errorf("trouble %+v, %d wait after it", d.Trouble(), len(d.Left()))
	}
}

// What an earlier try stored, of which nobody was told, is told when that is found out.
func TestWatchUnsure(t *testing.T) {
	d, _, mend := brokenDesk(t)
	p := step{0, "A", "F13", "praise"}.press()
	d.Press(t.Context(), p)
	mend()
	a, err := d.storePress(t.Context(), d.watch(), p, d.waiting[0].event, cx.Event{})
	if err != nil {
		t.Fatal(err)
	}
	d.waiting[0].tried = a.Event // as if the flush had failed
	w := watch(t, d)
	retry(t, d)
	diff(t, "told", w.next(2), []string{"stored event praise late", "trouble"})
}

// Who follows the events gets each press that waited once, in the order in which they are
// stored.
func TestFollowLate(t *testing.T) {
	d, _, mend := brokenDesk(t)
	ready, events := make(chan struct{}), make(chan cx.Event)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(events)
		for e, err := range d.follow(t.Context(), nil, func() { close(ready) }) {
			if err != nil {
				t.Error(err)
			}
			events <- e
			if e.Tag == "how-to" {
				return
			}
		}
	})
	<-ready
	pressAll(t, d, "0s A F13 praise\n 1s A F14 idea")
	mend()
	retry(t, d)
	pressAll(t, d, "30s A F13 how-to")
	var got []cx.Event
	for e := range events {
		got = append(got, e)
	}
	wg.Wait()
	diff(t, "followed", tagsOf(got), []string{"praise", "idea", "how-to"})
}

// A write that hung and ended before its press was put among those that wait: whoever
// watches hears of the press first, and then that it had to wait.
func TestWatchLateLater(t *testing.T) {
	d := newDesk(t, newClock(), "")
	p := step{0, "A", "F13", "praise"}.press()
	e := cx.Event{Tag: "praise", Channel: cx.ChannelPhone, Desk: "desk 1", Site: "north", Source: cx.SourceDevice, Device: "A", Key: "F13"}
	w := watch(t, d)
	saving, _ := write(d, func(watched *writing) (store.Appended, error) {
		return d.storePress(t.Context(), watched, p, e, cx.Event{})
	})
	<-saving.done
	diff(t, "stored", w.next(1), []string{"stored event praise"})
	d.wait(&waiting{press: p, event: e, saving: saving}, errHangs)
	retry(t, d)
	diff(t, "told", w.next(4), []string{"waiting praise why", "trouble", "trouble", "late event praise"})
}

// Another reason for the trouble is news; the same one again is none.
func TestWatchTroubleChanges(t *testing.T) {
	d := newDesk(t, newClock(), "")
	w := watch(t, d)
	d.failed(errHangs)
	d.failed(errHangs)
	d.failed(noRoom(0))
	d.worked()
	d.worked()
	d.tell(page.Moment{What: page.WhatAnew})
	diff(t, "told", w.next(4), []string{"trouble", "trouble", "trouble", "anew"})
}

// A page that reads nothing holds up no press, and is cut off; who follows events is told
// of nothing else.
func TestWatchHoldsUpNothing(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	ready, read := make(chan struct{}), make(chan struct{})
	var last error
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, err := range d.Watch(t.Context(), func() { close(ready) }) {
			<-read
			last = err
		}
	})
	<-ready
	following := make(chan struct{})
	events := make(chan cx.Event, 1)
	wg.Go(func() {
		for e, err := range d.follow(t.Context(), nil, func() { close(following) }) {
			if err != nil {
				t.Error(err)
			}
			events <- e
			return
		}
	})
	<-following
	pressAll(t, d, "0s A F13 gone")
	for range 2 * followBuffer {
		pressAll(t, d, "1s A F13 gone")
	}
	diff(t, "a press meanwhile", pressAll(t, d, "2s A F13 praise"), []string{"stored"})
	close(read)
	wg.Wait()
	wantCode(t, last, api.CodeBehind)
	if e := <-events; e.Tag != "praise" {
		t.Errorf("a follower of events was told of %+v first, want the press that was stored", e)
	}
}
