package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// rowsOf are events as an export carries them.
func rowsOf(events []cx.Event) (rows []New) {
	for _, e := range events {
		rows = append(rows, New{Event: e})
	}
	return rows
}

func importAll(t testing.TB, s *Store, b ImportBatch) ImportResult {
	t.Helper()
	got, err := s.Import(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestImportExport(t *testing.T) {
	c := &clock{epoch}
	from := newStore(t, c)
	a := add(t, from, press(epoch, "a"))
	n := press(epoch.Add(time.Second), "b")
	n.Event.Conversation, n.Event.Note, n.Event.Clock = a.ID, "words", cx.ClockSuspect
	add(t, from, n)
	void(t, from, a)
	add(t, from, press(time.Unix(0, 0), "before-all-time"))
	want := all(t, from, cx.EventQuery{Voided: true})

	c.advance(time.Hour) // what is kept as given does not take the time of the import
	to := newStore(t, c)
	rows := rowsOf(want)
	if diff := cmp.Diff(ImportResult{Added: 3}, importAll(t, to, ImportBatch{File: [32]byte{1}, Rows: rows, Done: true})); diff != "" {
		t.Errorf("Import (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, all(t, to, cx.EventQuery{Voided: true})); diff != "" {
		t.Errorf("events after import (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(ImportResult{Unchanged: 3}, importAll(t, to, ImportBatch{File: [32]byte{2}, Rows: rows, Done: true})); diff != "" {
		t.Errorf("Import again (-want +got):\n%s", diff)
	}
	if e := add(t, to, press(epoch, "own")); e.ID.Seq() != 1 || e.ID.Origin() != to.Origin() {
		t.Errorf("the next event of the importing desk is %s number %d", e.ID.Origin(), e.ID.Seq())
	}
}

func TestImportRevisions(t *testing.T) {
	s := newStore(t, &clock{epoch})
	e := add(t, s, press(epoch, "praise"))
	row := func(change func(*cx.Event)) []New {
		r := e
		change(&r)
		return rowsOf([]cx.Event{r})
	}
	higher := row(func(r *cx.Event) { r.Tag, r.Rev, r.Note = "idea", 4, "words" })
	if diff := cmp.Diff(ImportResult{Replaced: 1}, importAll(t, s, ImportBatch{File: [32]byte{1}, Rows: higher})); diff != "" {
		t.Errorf("a higher revision (-want +got):\n%s", diff)
	}
	states, err := s.History(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]cx.Event{e, higher[0].Event}, states); diff != "" {
		t.Errorf("History (-want +got):\n%s", diff)
	}
	undated := row(func(r *cx.Event) { *r = higher[0].Event; r.RecordedAt = time.Time{} })
	if got := importAll(t, s, ImportBatch{File: [32]byte{2}, Rows: undated}); got.Unchanged != 1 {
		t.Errorf("the same without recorded_at = %+v, want unchanged", got)
	}
	older := row(func(r *cx.Event) {})
	if got := importAll(t, s, ImportBatch{File: [32]byte{4}, Rows: older}); got.Unchanged != 1 {
		t.Errorf("a lower revision = %+v, want unchanged", got)
	}
	other := row(func(r *cx.Event) { r.Tag, r.Rev = "other", 4 })
	rows := append(rowsOf([]cx.Event{{ID: cx.MakeID(epoch, cx.Origin{1}, 1), Tag: "new"}}), other...)
	_, err = s.Import(t.Context(), ImportBatch{File: [32]byte{3}, Rows: rows})
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.Row != 1 || conflict.ID != e.ID {
		t.Errorf("other content, same revision: %v, want a conflict in row 1", err)
	}
	if got := get(t, s, e.ID); got != higher[0].Event {
		t.Errorf("the event became %+v, want %+v", got, higher[0].Event)
	}
	if got := all(t, s, cx.EventQuery{}); len(got) != 1 {
		t.Errorf("a batch with a conflict left %d events, want 1", len(got))
	}
}

// An undo takes back what was pressed here, never a row of a file that says so.
func TestImportIsNotLive(t *testing.T) {
	s := newStore(t, &clock{epoch})
	pressed := add(t, s, press(epoch, "praise"))
	var rows []New
	for i, source := range []cx.Source{cx.SourceDevice, cx.SourceTerminal, cx.SourcePage, cx.SourceCLI, cx.SourceAPI, ""} {
		n := press(epoch.Add(time.Duration(i+1)*time.Second), "idea")
		n.Event.Source = source
		rows = append(rows, n)
	}
	if got := importAll(t, s, ImportBatch{Rows: rows}); got.Added != len(rows) {
		t.Fatalf("Import = %+v, want %d added", got, len(rows))
	}
	last := func(want cx.Event, wantOK bool) {
		t.Helper()
		got, ok, err := s.LastLive(t.Context(), LiveQuery{})
		if err != nil || ok != wantOK || got != want {
			t.Errorf("LastLive = %+v, %v, %v; want %+v, %v", got, ok, err, want, wantOK)
		}
	}
	last(pressed, true)
	if _, err := s.Void(t.Context(), pressed.ID); err != nil {
		t.Fatal(err)
	}
	last(cx.Event{}, false)
}

func TestImportResumes(t *testing.T) {
	s := newStore(t, &clock{epoch})
	file := [32]byte{7}
	batch := func(first, n int, done bool) ImportBatch {
		b := ImportBatch{File: file, First: first, Done: done}
		for i := range n {
			b.Rows = append(b.Rows, New{At: epoch.Add(time.Duration(first+i) * time.Minute), Event: cx.Event{Tag: fmt.Sprintf("t%d", first+i)}})
		}
		return b
	}
	state := func(want ImportState) {
		t.Helper()
		got, err := s.ImportState(t.Context(), file)
		if err != nil || got != want {
			t.Errorf("ImportState = %+v, %v, want %+v", got, err, want)
		}
	}
	state(ImportState{})
	importAll(t, s, batch(0, 3, false))
	state(ImportState{Rows: 3})
	// Interrupted, and run again from the start in other batches.
	if got := importAll(t, s, batch(0, 2, false)); got != (ImportResult{Skipped: 2}) {
		t.Errorf("rows that are stored = %+v", got)
	}
	if got := importAll(t, s, batch(2, 2, false)); got != (ImportResult{Skipped: 1, Added: 1}) {
		t.Errorf("rows that are half stored = %+v", got)
	}
	if _, err := s.Import(t.Context(), batch(5, 1, false)); err == nil {
		t.Error("a gap between batches: no error")
	}
	importAll(t, s, batch(4, 1, true))
	state(ImportState{Rows: 5, Done: true})
	if diff := cmp.Diff([]string{"t0", "t1", "t2", "t3", "t4"}, tags(all(t, s, cx.EventQuery{}))); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if e := all(t, s, cx.EventQuery{Limit: 1})[0]; e.Source != cx.SourceImport {
		t.Errorf("source = %q, want import", e.Source)
	}
	if _, err := s.Import(t.Context(), batch(0, 3, false)); !errors.Is(err, ErrImported) {
		t.Errorf("the file once more: %v, want ErrImported", err)
	}
	again := batch(0, 3, false)
	again.Again = true
	if got := importAll(t, s, again); got.Added != 3 {
		t.Errorf("again = %+v, want 3 added", got)
	}
	state(ImportState{Rows: 3})
}

func TestImportRefused(t *testing.T) {
	s := newStore(t, &clock{epoch})
	good := New{At: epoch, Event: cx.Event{Tag: "good"}}
	for name, bad := range map[string]New{
		"tag":                 {At: epoch, Event: cx.Event{Tag: "No"}},
		"time":                {At: time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), Event: cx.Event{Tag: "old"}},
		"id without number":   {Event: cx.Event{ID: cx.MakeID(epoch, cx.Origin{1}, 0), Tag: "x"}},
		"id without origin":   {Event: cx.Event{ID: cx.MakeID(epoch, cx.Origin{}, 1), Tag: "x"}},
		"note of ten million": {At: epoch, Event: cx.Event{Tag: "x", Note: string(make([]byte, 10_000_000))}},
	} {
		if _, err := s.Import(t.Context(), ImportBatch{Rows: []New{good, bad}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := all(t, s, cx.EventQuery{}); len(got) > 0 {
		t.Errorf("stored: %v", got)
	}
}

func TestCatalogue(t *testing.T) {
	s := newStore(t, &clock{epoch})
	catalogue := func(tags ...cx.Tag) cx.Catalogue {
		c, err := cx.NewCatalogue(tags)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	set := func(c cx.Catalogue) {
		t.Helper()
		if err := s.SetCatalogue(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	praise := cx.Tag{Code: "praise", Label: "Praise", Kind: cx.KindPraise, Preventable: new(false), Minutes: 2.5}
	idea := cx.Tag{Code: "idea", MergedInto: "praise"}
	set(catalogue(praise, idea))
	before := transactions(t, s)
	set(catalogue(praise, idea))
	if n := transactions(t, s); n != before {
		t.Errorf("the same catalogue made %d transactions", n-before)
	}
	set(catalogue(praise))
	idea.Unlisted = true
	got, err := s.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]cx.Tag{praise, idea}, got.Tags()); diff != "" {
		t.Errorf("Catalogue (-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	s := newStore(t, &clock{epoch})
	other := cx.Origin{0xFF, 0xFF, 0xFF, 0xFF, 0xFF} // as after a merge with another desk's
	refuse := func(at time.Time, device, key string) {
		t.Helper()
		if err := s.Refuse(t.Context(), at, device, key); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	refuse(day, "pad", "F14")
	refuse(day.Add(24*time.Hour-1), "pad", "F13")
	refuse(day.Add(time.Hour), "pad", "F13")
	refuse(day.Add(24*time.Hour), "", "")
	err := s.update(func(w *writer) error {
		key := refusalKey(day, other, "pad", "F13")
		return errors.Join(w.sawSeq(cx.MakeID(day, other, 1)), refusalsTable.put(w.tx, key, []byte{5}))
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Refusals(t.Context(), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Refusal{
		{day, s.Origin(), "pad", "F13", 2},
		{day, s.Origin(), "pad", "F14", 1},
		{day, other, "pad", "F13", 5},
		{day.Add(24 * time.Hour), s.Origin(), "", "", 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Refusals (-want +got):\n%s", diff)
	}
	got, err = s.Refusals(t.Context(), day, day.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[:3], got); diff != "" {
		t.Errorf("Refusals of one day (-want +got):\n%s", diff)
	}
	if err := s.Refuse(t.Context(), day, "pad\x00", "F13"); err == nil {
		t.Error("a device with a control character: no error")
	}
}

// An event with an id that does not say when it was recorded was recorded when it
// was made, on whatever desk and day it is imported; one without is new here.
func TestImportUndated(t *testing.T) {
	c := &clock{epoch.Add(100 * 24 * time.Hour)}
	s := newStore(t, c)
	id := cx.MakeID(epoch, cx.Origin{1, 2, 3, 4, 5}, 1)
	importAll(t, s, ImportBatch{Rows: []New{{Event: cx.Event{ID: id, Tag: "named"}}, {At: epoch.Add(time.Hour), Event: cx.Event{Tag: "plain"}}}, Done: true})
	for _, e := range all(t, s, cx.EventQuery{}) {
		if want := map[string]time.Time{"named": epoch, "plain": c.now}[e.Tag]; !e.RecordedAt.Equal(want) {
			t.Errorf("%s was recorded at %v, want %v", e.Tag, e.RecordedAt, want)
		}
	}
}

// An export from before a purge of notes is no contradiction, and brings none back.
func TestImportPurgedNote(t *testing.T) {
	s := newStore(t, &clock{epoch.Add(100 * 24 * time.Hour)})
	n := press(epoch, "praise")
	n.Event.Note = "words"
	e := add(t, s, n)
	if _, err := s.Purge(t.Context(), Purging{NotesBefore: epoch.Add(48 * time.Hour)}, nil); err != nil {
		t.Fatal(err)
	}
	if got := importAll(t, s, ImportBatch{File: [32]byte{1}, Rows: rowsOf([]cx.Event{e})}); got.Unchanged != 1 {
		t.Errorf("the event with its note = %+v, want unchanged", got)
	}
	if got := get(t, s, e.ID); got.Note != "" {
		t.Errorf("the note %q is back", got.Note)
	}
}
