package agent

import (
	"strings"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// brokenDesk makes a desk whose database takes nothing until it is mended.
func brokenDesk(t *testing.T) (d *Desk, c *clock, mend func()) {
	t.Helper()
	c = newClock()
	d = newDesk(t, c, "")
	path := d.store.Path()
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	return d, c, func() {
		t.Helper()
		st, err := store.Open(path, store.Options{Now: c.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			checkStore(t, st)
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		d.store = st
	}
}

// pressAll makes the presses of a script and returns what became of them.
func pressAll(t *testing.T, d *Desk, script string) (results []string) {
	t.Helper()
	for _, s := range steps(t, script) {
		results = append(results, resultNames[d.Press(t.Context(), s.press()).Result])
	}
	return results
}

// retry stores what waits and returns its tags.
func retry(t *testing.T, d *Desk) []string {
	t.Helper()
	saved, err := d.Retry(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tags := []string{}
	for _, o := range saved {
		if o.Result != Stored || !o.Late || o.Event.Tag != o.Press.Action.Tag {
			t.Errorf("saved %+v, want one that is stored late", o)
		}
		tags = append(tags, o.Event.Tag)
	}
	return tags
}

// Presses that had to wait are stored with their own instants, in order, in the
// conversations in which they would have been.
func TestWaiting(t *testing.T) {
	d, c, mend := brokenDesk(t)
	results := pressAll(t, d, `
		0s A F13 praise
		1s A F13 praise
		3s A F14 idea
		4s B F13 how-to
		60s A F13 praise`)
	diff(t, "results", results, strings.Fields("waiting refused waiting waiting waiting"))
	if saved, err := d.Retry(t.Context()); len(saved) != 0 || err == nil {
		t.Errorf("Retry = %+v, %v on a database that takes nothing", saved, err)
	}
	mend()
	c.set(epoch.Add(time.Hour))
	diff(t, "saved", retry(t, d), []string{"praise", "idea", "how-to", "praise"})
	events := allEvents(t, d.store)
	var at []time.Duration
	for _, e := range events {
		at = append(at, e.At().Sub(epoch))
		if !e.RecordedAt.Equal(epoch.Add(time.Hour)) {
			t.Errorf("recorded at %s, want when it was stored", e.RecordedAt)
		}
	}
	diff(t, "instants", at, []time.Duration{0, 3 * time.Second, 4 * time.Second, time.Minute})
	if events[1].Conversation != events[0].ID || events[2].Conversation != events[2].ID || events[3].Conversation != events[3].ID {
		t.Errorf("conversations %+v, want idea in that of praise and the others alone", events)
	}
	diff(t, "a press after it", pressAll(t, d, "1h A F13 praise"), []string{"stored"})
}

// A press that waits is taken back before it was ever stored; the undo key takes only
// those of its own device.
func TestUndoWaiting(t *testing.T) {
	d, _, mend := brokenDesk(t)
	results := pressAll(t, d, `
		0s A F13 praise
		1s B F13 how-to
		2s A F14 idea
		3s A F24 undo
		4s A F14 idea
		5s A F24 undo
		6s A F24 undo
		7s A F24 undo`)
	// The last one would have to look into the database.
	diff(t, "results", results, strings.Fields("waiting waiting waiting undone waiting undone undone lost"))
	e, err := d.Undo(t.Context(), api.Undo{})
	if err != nil || e.Tag != "how-to" || !e.Voided || !e.ID.IsZero() {
		t.Errorf("undo of a person = %+v, %v; want how-to, which has no id yet", e, err)
	}
	mend()
	diff(t, "saved", retry(t, d), []string{})
	diff(t, "stored", tagsOf(allEvents(t, d.store)), []string{})
}

// What a failed try may have stored is not stored again, and is voided where the press
// was taken back meanwhile.
func TestUnsure(t *testing.T) {
	for _, undone := range []bool{false, true} {
		d, _, mend := brokenDesk(t)
		p := step{0, "A", "F13", "praise"}.press()
		d.Press(t.Context(), p)
		mend()
		a, err := d.storePress(t.Context(), d.watch(), p, d.waiting[0].event, cx.Event{})
		if err != nil {
			t.Fatal(err)
		}
		d.waiting[0].tried = a.Event // as the flush failed, nobody was told
		if undone {
			if _, err := d.Undo(t.Context(), api.Undo{Device: "A"}); err != nil {
				t.Fatal(err)
			}
		}
		saved := retry(t, d)
		events := allEvents(t, d.store)
		if len(events) != 1 || events[0].Voided != undone || len(saved) == 1 == undone || len(d.Left()) != 0 {
			t.Errorf("undone %v: saved %q, stored %+v, left %v; want it stored once", undone, saved, events, d.Left())
		}
	}
}

// As many presses wait as are documented; the next one is lost and says so, and those
// before it stay.
func TestWaitingIsBounded(t *testing.T) {
	d, _, _ := brokenDesk(t)
	for i := range maxWaiting + 2 {
		o := d.Press(t.Context(), step{time.Duration(i) * time.Minute, "A", "F13", "praise"}.press())
		want := Waiting
		if i >= maxWaiting {
			want = NotStored
		}
		if o.Result != want || o.Result == NotStored && !strings.Contains(o.Err.Error(), "1024 presses wait") {
			t.Fatalf("press %d = %s, %v; want %s", i, resultNames[o.Result], o.Err, resultNames[want])
		}
	}
	if n := d.counts.lost.Load(); n != 2 {
		t.Errorf("lost = %d, want 2", n)
	}
	left := d.Left()
	if n := len(left); n != maxWaiting || !left[0].At.Equal(epoch) {
		t.Errorf("%d wait, the first of %s; want %d from %s", n, left[0].At, maxWaiting, epoch)
	}
}

// While the database takes nothing, a press waits, an undo of what is stored is told
// that it failed, and a program is told to keep what it wanted to log.
func TestDatabaseFails(t *testing.T) {
	c := newClock()
	d := newDesk(t, c, "")
	if results, _ := play(t, d, c, "0s A F13 praise"); results != "stored" {
		t.Fatal(results)
	}
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	results := pressAll(t, d, "1m A F13 praise\n 2m A F24 undo\n 3m A F24 undo")
	diff(t, "results", results, strings.Fields("waiting undone lost"))
	_, err := d.Log(t.Context(), api.NewEvent{Tag: "praise"})
	wantCode(t, err, api.CodeStorage)
	if e := problem(err); !strings.HasPrefix(e.Message, "not saved: ") || !strings.Contains(e.Hint, "ref") {
		t.Errorf("error %q, hint %q", e.Message, e.Hint)
	}
	if d.Trouble() == nil {
		t.Error("there is no trouble")
	}
}

// A program that takes back what waits is told what it was; there is no id yet.
func TestUndoWaitingThroughSocket(t *testing.T) {
	db := dbPath(t)
	r := start(t, db, nil, "")
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	r.Desk().Press(t.Context(), step{0, "A", "F13", "praise"}.press())
	c, err := api.Dial(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if s, err := c.Status(t.Context()); err != nil || s.Waiting != 1 || s.Trouble == nil || s.NotSaved != 1 {
		t.Errorf("status = %+v, %v; want trouble and a press that waits", s, err)
	}
	e, err := c.Undo(t.Context(), api.Undo{})
	if err != nil || e.Tag != "praise" || !e.Voided || !e.ID.IsZero() {
		t.Errorf("Undo = %+v, %v; want praise without an id", e, err)
	}
	if s, err := c.Status(t.Context()); err != nil || s.Waiting != 0 || s.NotSaved != 0 {
		t.Errorf("status = %+v, %v; want nothing that waits or is missed", s, err)
	}
}
