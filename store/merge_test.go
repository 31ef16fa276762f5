package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// deskFile makes a database, lets fill write to it, and returns its path.
func deskFile(t testing.TB, dir, name string, fill func(*Store)) string {
	t.Helper()
	path := filepath.Join(dir, name)
	changeFile(t, path, fill)
	return path
}

// changeFile opens a database as a desk does, and closes it again.
func changeFile(t testing.TB, path string, change func(*Store)) {
	t.Helper()
	c := &clock{epoch}
	s, err := Open(path, Options{Create: true, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	change(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// copyFile copies a database as a person does.
func copyFile(t testing.TB, from, to string) string {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func sourcesOf(paths ...string) (sources []MergeSource) {
	for _, p := range paths {
		sources = append(sources, MergeSource{Path: p})
	}
	return sources
}

// merge merges files, none of which may be left out, and checks the result.
func merge(t testing.TB, to string, paths ...string) MergeReport {
	t.Helper()
	report, err := Merge(t.Context(), to, sourcesOf(paths...), MergeOptions{Now: (&clock{epoch}).Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Files {
		if f.Err != nil {
			t.Errorf("%s was left out: %v", f.Path, f.Err)
		}
	}
	s := openMerged(t, to)
	checkClean(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return report
}

// openMerged opens a database to read it until the test ends.
func openMerged(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// mergedFacts is all that a merged file answers.
type mergedFacts struct {
	Events  []cx.Event
	History map[cx.ID][]cx.Event
	Tally   cx.Tally
	Tags    []cx.Tag
}

func mergedContent(t testing.TB, path string) mergedFacts {
	t.Helper()
	s := openMerged(t, path)
	c := mergedFacts{Events: all(t, s, cx.EventQuery{Voided: true}), History: make(map[cx.ID][]cx.Event)}
	for _, e := range c.Events {
		states, err := s.History(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.History[e.ID] = states
	}
	var err error
	if c.Tally, err = s.Tally(t.Context(), cx.Query{By: []cx.Dimension{cx.ByTag, cx.ByDesk, cx.ByDay, cx.ByHour}}); err != nil {
		t.Fatal(err)
	}
	catalogue, err := s.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.Tags = catalogue.Tags()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

// deskPress is a press on a desk of a name.
func deskPress(desk string, at time.Time, tag string) New {
	n := press(at, tag)
	n.Event.Desk = desk
	return n
}

// permutations lists the orders of some files: all of them of three, and those that
// differ most of more.
func permutations(list []string) (out [][]string) {
	if len(list) < 2 {
		return [][]string{slices.Clone(list)}
	}
	if len(list) > 3 {
		back := slices.Clone(list)
		slices.Reverse(back)
		half := len(list) / 2
		return [][]string{list, back, slices.Concat(list[half:], list[:half])}
	}
	for i := range list {
		rest := slices.Delete(slices.Clone(list), i, i+1)
		for _, p := range permutations(rest) {
			out = append(out, append([]string{list[i]}, p...))
		}
	}
	return out
}

// threeDesks are two desks and an older copy of the first, with corrections,
// notes, conversations and tags that they do not agree about.
func threeDesks(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	var first, second cx.Event
	one := deskFile(t, dir, "one.db", func(s *Store) {
		setTags(t, s, cx.Tag{Code: "a", Label: "A of one"}, cx.Tag{Code: "one"})
		n := deskPress("one", epoch, "a")
		n.Event.Note = "words"
		first = add(t, s, n)
		n = deskPress("one", epoch.Add(time.Second), "one")
		n.Event.Conversation = first.ID
		second = add(t, s, n)
		add(t, s, deskPress("one", epoch.Add(48*time.Hour), "a"))
	})
	old := copyFile(t, one, filepath.Join(dir, "old.db"))
	changeFile(t, one, func(s *Store) {
		tag := "b"
		if _, err := s.Amend(t.Context(), second.ID, cx.Amendment{Tag: &tag}); err != nil {
			t.Fatal(err)
		}
		void(t, s, first)
		add(t, s, deskPress("one", epoch.Add(72*time.Hour), "a"))
	})
	two := deskFile(t, dir, "two.db", func(s *Store) {
		setTags(t, s, cx.Tag{Code: "b"}, cx.Tag{Code: "a", Label: "A of two"})
		add(t, s, deskPress("two", epoch, "a"))
		void(t, s, add(t, s, deskPress("two", epoch.Add(-time.Hour), "b")))
		if err := s.Refuse(t.Context(), epoch, "pad", "F13"); err != nil {
			t.Fatal(err)
		}
	})
	return []string{one, old, two}
}

func setTags(t testing.TB, s *Store, tags ...cx.Tag) {
	t.Helper()
	c, err := cx.NewCatalogue(tags)
	if err == nil {
		err = s.SetCatalogue(t.Context(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestMergeOrder: whatever order the files are given in, at once or one after the
// other, the result is the same.
func TestMergeOrder(t *testing.T) {
	files := threeDesks(t)
	to := filepath.Join(t.TempDir(), "all.db")
	report := merge(t, to, files...)
	want := mergedContent(t, to)
	if report.Events != 6 || report.Added != 6 || report.ConflictCount != 0 || len(want.Events) != 6 {
		t.Errorf("%d events, %d added, %d conflicts, %d in the file; want 6, 6, 0, 6", report.Events, report.Added, report.ConflictCount, len(want.Events))
	}
	if got := []string{want.Events[3].Tag, want.History[want.Events[3].ID][0].Tag}; len(want.History[want.Events[3].ID]) != 3 || !slices.Equal(got, []string{"b", "one"}) {
		t.Errorf("an amended event is %q, before %q", got[0], got[1])
	}
	for _, p := range permutations(files) {
		at := filepath.Join(t.TempDir(), "at-once.db")
		merge(t, at, p...)
		if diff := cmp.Diff(want, mergedContent(t, at), cmp.AllowUnexported(cx.Date{})); diff != "" {
			t.Errorf("%q at once (-want +got):\n%s", p, diff)
		}
		one := filepath.Join(t.TempDir(), "one-by-one.db")
		for _, f := range p {
			merge(t, one, f)
		}
		if diff := cmp.Diff(want, mergedContent(t, one)); diff != "" {
			t.Errorf("%q one by one (-want +got):\n%s", p, diff)
		}
		again := merge(t, one, p...)
		if again.Added != 0 || again.Changed != 0 || again.Events != 6 {
			t.Errorf("%q again: %d added, %d changed, %d events", p, again.Added, again.Changed, again.Events)
		}
		if diff := cmp.Diff(want, mergedContent(t, one)); diff != "" {
			t.Errorf("%q again (-want +got):\n%s", p, diff)
		}
	}
}

// TestMergeConflict: two copies of one event that were corrected apart.
func TestMergeConflict(t *testing.T) {
	dir := t.TempDir()
	var e cx.Event
	a := deskFile(t, dir, "a.db", func(s *Store) { e = add(t, s, deskPress("one", epoch, "x")) })
	b := copyFile(t, a, filepath.Join(dir, "b.db"))
	amend := func(path, tag, note string) {
		changeFile(t, path, func(s *Store) {
			if _, err := s.Amend(t.Context(), e.ID, cx.Amendment{Tag: &tag, Note: &note}); err != nil {
				t.Fatal(err)
			}
		})
	}
	amend(a, "m", "")
	amend(b, "n", "words")
	want := []MergeConflict{{ID: e.ID, Rev: 1, Kept: b, Lost: a, Fields: []string{"tag"}}}
	for _, p := range permutations([]string{a, b}) {
		to := filepath.Join(t.TempDir(), "all.db")
		for range 2 { // the second time the file before says the same as b
			report := merge(t, to, p...)
			if diff := cmp.Diff(want, report.Conflicts); diff != "" || report.ConflictCount != 1 {
				t.Errorf("%q: conflicts (-want +got):\n%s", p, diff)
			}
			got := mergedContent(t, to)
			if len(got.Events) != 1 || got.Events[0].Tag != "n" || got.Events[0].Note != "words" || got.Events[0].Rev != 1 {
				t.Errorf("%q: events %+v", p, got.Events)
			}
		}
	}
	// The file that lost goes on: its higher revision stands, and the disagreement
	// about the one before is still told.
	amend(a, "z", "")
	to := filepath.Join(t.TempDir(), "all.db")
	report := merge(t, to, a, b)
	if got := mergedContent(t, to); len(got.Events) != 1 || got.Events[0].Tag != "z" || got.Events[0].Rev != 2 {
		t.Errorf("events %+v, want revision 2 with the tag z", got.Events)
	}
	if diff := cmp.Diff(want, report.Conflicts); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
}

// TestMergeClones: a machine was copied with its database, and both went on.
func TestMergeClones(t *testing.T) {
	dir := t.TempDir()
	var common cx.Event
	a := deskFile(t, dir, "a.db", func(s *Store) { common = add(t, s, deskPress("one", epoch, "common")) })
	b := copyFile(t, a, filepath.Join(dir, "b.db"))
	var ofA, ofB, joins cx.Event
	changeFile(t, a, func(s *Store) {
		add(t, s, deskPress("one", epoch.Add(time.Hour), "a-alone"))
		ofA = add(t, s, deskPress("one", epoch.Add(3*time.Hour), "a-same-ms"))
	})
	changeFile(t, b, func(s *Store) {
		add(t, s, deskPress("one", epoch.Add(2*time.Hour), "b-alone"))
		ofB = add(t, s, deskPress("one", epoch.Add(3*time.Hour), "b-same-ms"))
		n := deskPress("one", epoch.Add(3*time.Hour+time.Second), "b-joins")
		n.Event.Conversation = ofB.ID
		joins = add(t, s, n)
		tag := "b-amended"
		if _, err := s.Amend(t.Context(), ofB.ID, cx.Amendment{Tag: &tag}); err != nil {
			t.Fatal(err)
		}
	})
	if ofA.ID != ofB.ID || joins.Conversation != ofB.ID {
		t.Fatalf("the events have the ids %s and %s; a third is of %s", ofA.ID, ofB.ID, joins.Conversation)
	}
	to := filepath.Join(t.TempDir(), "all.db")
	report := merge(t, to, a, b)
	want := mergedContent(t, to)
	tags := make(map[string]cx.Event)
	for _, e := range want.Events {
		tags[e.Tag] = e
	}
	if len(want.Events) != 6 || len(tags) != 6 || tags["common"].ID != common.ID {
		t.Errorf("events %+v, want six", want.Events)
	}
	moved := tags["b-amended"]
	if tags["a-same-ms"].ID != ofA.ID || moved.ID == ofA.ID || !moved.At().Equal(ofB.At()) || moved.Rev != 1 {
		t.Errorf("a-same-ms is %s, b-amended %s revision %d", tags["a-same-ms"].ID, moved.ID, moved.Rev)
	}
	if tags["b-joins"].Conversation != moved.ID {
		t.Errorf("b-joins is of conversation %s, want %s", tags["b-joins"].Conversation, moved.ID)
	}
	if len(want.History[moved.ID]) != 2 || want.History[moved.ID][0].Tag != "b-same-ms" {
		t.Errorf("the history of the moved event: %+v", want.History[moved.ID])
	}
	conflicts := []MergeConflict{{ID: ofA.ID, Kept: a, Lost: b, Fields: []string{"tag"}, Moved: moved.ID}}
	if diff := cmp.Diff(conflicts, report.Conflicts); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
	var twice uint64
	for range 2 { // the second time the file before has both
		twice = 0
		for _, o := range report.Origins {
			twice += o.Twice
			if o.Missing != 0 {
				t.Errorf("origin %s misses %d", o.Origin, o.Missing)
			}
		}
		if twice != 2 || report.Events != 6 {
			t.Errorf("%d numbers were given out twice, want 2: those of the same millisecond, and a-alone's and b-alone's; %d events, want 6", twice, report.Events)
		}
		report = merge(t, to, b, a)
	}
	for _, p := range permutations([]string{a, b, copyFile(t, to, filepath.Join(dir, "all.db"))}) {
		one := filepath.Join(t.TempDir(), "all.db")
		for _, f := range p {
			merge(t, one, f)
		}
		if diff := cmp.Diff(want, mergedContent(t, one)); diff != "" {
			t.Errorf("%q one by one (-want +got):\n%s", p, diff)
		}
	}
}
