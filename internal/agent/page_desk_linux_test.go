package agent

import (
	"strings"
	"testing"

	"magicbutton/hid/hidtest"
	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

// What is pressed on a button is told to the page, and so is a tap on the pad, which is in
// the log as a press is, without its note.
func TestPageBesideButton(t *testing.T) {
	t.Parallel()
	b := newBus(hidtest.Keypad("1-1", "A"))
	var log logged
	r := startWith(t, b, buttons, Options{DB: dbPath(t), Log: log.logger()})
	r.listening("1-1:1.0")
	w := watch(t, r.desk)
	b.Tap("1-1:1.0", key1)
	r.wait()
	diff(t, "a button", w.next(1), []string{"stored event praise"})
	b.Tap("1-1:1.0", undoKey)
	r.wait()
	diff(t, "its undo", w.next(1), []string{"changed event praise voided"})
	p := &pageDesk{Desk: r.desk, agent: r.Agent}
	for range 2 { // the second time it is known
		if got, err := p.Tap(t.Context(), page.Tap{Ref: "a", Tag: "idea", Note: "a secret"}); err != nil || got.Result != page.Stored {
			t.Fatalf("Tap = %+v, %v", got, err)
		}
	}
	diff(t, "a tap", w.next(1), []string{"stored event idea"})
	if o := r.wait(); o.Press.Source != cx.SourcePage || o.Result != Stored {
		t.Errorf("told %+v, want the tap", o)
	}
	if got := log.String(); strings.Count(got, "msg=stored device=page key=idea tag=idea") != 1 || strings.Contains(got, "secret") {
		t.Errorf("the log does not say the tap once, or more than it should:\n%s", got)
	}
}

// A correction that the disk does not take says so, and what is wrong with the request is
// told as such.
func TestPageCorrects(t *testing.T) {
	d := newDesk(t, newClock(), "")
	p := &pageDesk{Desk: d}
	l, err := d.Log(t.Context(), api.NewEvent{Tag: "praise"})
	if err != nil {
		t.Fatal(err)
	}
	id := l.Event.ID
	if e, err := p.Amend(t.Context(), id, cx.Amendment{Note: new("words")}); err != nil || e.Note != "words" {
		t.Errorf("Amend = %+v, %v", e, err)
	}
	_, err = p.Amend(t.Context(), id, cx.Amendment{Tag: new("prase")})
	wantCode(t, err, api.CodeBad)
	_, err = p.Void(t.Context(), cx.ID{15: 1})
	wantCode(t, err, api.CodeNotFound)
	d.failed(errHangs)
	for name, correct := range map[string]func() (cx.Event, error){
		"Amend": func() (cx.Event, error) { return p.Amend(t.Context(), id, cx.Amendment{Note: new("more")}) },
		"Void":  func() (cx.Event, error) { return p.Void(t.Context(), id) },
	} {
		_, err := correct()
		wantCode(t, err, api.CodeStorage)
		if !strings.HasPrefix(err.Error(), "not saved: the disk does not answer") {
			t.Errorf("%s on a disk that hangs: %v", name, err)
		}
	}
	d.worked()
	if e, err := p.Void(t.Context(), id); err != nil || !e.Voided || e.Note != "words" {
		t.Errorf("Void = %+v, %v", e, err)
	}
}
