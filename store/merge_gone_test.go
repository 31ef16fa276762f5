package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// inEveryOrder merges files in every order, at once and one after the other, with
// and without again, and holds what each comes to against want.
func inEveryOrder(t *testing.T, files []string, want mergedFacts) {
	t.Helper()
	for _, p := range permutations(files) {
		once, steps := filepath.Join(t.TempDir(), "at-once.db"), filepath.Join(t.TempDir(), "one-by-one.db")
		merge(t, once, p...)
		for _, f := range p {
			merge(t, steps, f)
		}
		merge(t, steps, p...)
		for _, got := range []string{once, steps} {
			if diff := cmp.Diff(want, mergedContent(t, got)); diff != "" {
				t.Errorf("%s of %q (-want +got):\n%s", filepath.Base(got), p, diff)
			}
		}
	}
}

// TestMergeErased: an event that a desk erased does not come back out of a copy that
// was made before, and counts as it did.
func TestMergeErased(t *testing.T) {
	dir := t.TempDir()
	var secret, after cx.Event
	desk := deskFile(t, dir, "desk.db", func(s *Store) {
		add(t, s, deskPress("one", epoch, "a"))
		n := deskPress("one", epoch.Add(time.Minute), "a")
		n.Event.Note, n.Event.Device = "call me at home", "secret pad"
		secret = add(t, s, n)
		after = add(t, s, deskPress("one", epoch.Add(time.Hour), "b"))
	})
	backup := copyFile(t, desk, filepath.Join(dir, "backup.db"))
	before := filepath.Join(t.TempDir(), "before.db")
	merge(t, before, backup)
	tally := mergedContent(t, before).Tally
	changeFile(t, desk, func(s *Store) {
		if _, err := s.Erase(t.Context(), []cx.ID{secret.ID}, nil); err != nil {
			t.Fatal(err)
		}
	})
	to := filepath.Join(dir, "all.db")
	report := merge(t, to, backup, desk)
	want := mergedContent(t, to)
	if diff := cmp.Diff(tally, want.Tally); diff != "" {
		t.Errorf("tally after the erasure (-before +after):\n%s", diff)
	}
	if len(want.Events) != 2 || want.Events[1].ID != after.ID || report.Erased != 1 {
		t.Errorf("events %+v, %d left out", want.Events, report.Erased)
	}
	for _, o := range report.Origins {
		if o.Missing != 0 || o.LastSeq != 3 {
			t.Errorf("origin %s misses %d of %d", o.Origin, o.Missing, o.LastSeq)
		}
	}
	inEveryOrder(t, []string{desk, backup, before}, want)
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"call me", "secret pad", string(secret.ID[:])} {
		if bytes.Contains(b, []byte(text)) {
			t.Errorf("the merged file has %q", text)
		}
	}
}

// TestMergeNotes: a note that a desk no longer keeps does not come back.
func TestMergeNotes(t *testing.T) {
	dir := t.TempDir()
	desk := deskFile(t, dir, "desk.db", func(s *Store) {
		n := deskPress("one", epoch, "a")
		n.Event.Note = "old words"
		old := add(t, s, n)
		n = deskPress("one", epoch.Add(48*time.Hour), "a")
		n.Event.Note = "new words"
		add(t, s, n)
		tag := "b"
		if _, err := s.Amend(t.Context(), old.ID, cx.Amendment{Tag: &tag}); err != nil {
			t.Fatal(err)
		}
	})
	backup := copyFile(t, desk, filepath.Join(dir, "backup.db"))
	changeFile(t, desk, func(s *Store) {
		if _, err := s.Purge(t.Context(), Purging{NotesBefore: epoch.Add(24 * time.Hour)}, nil); err != nil {
			t.Fatal(err)
		}
	})
	to := filepath.Join(dir, "all.db")
	report := merge(t, to, desk, backup)
	want := mergedContent(t, to)
	if want.Events[0].Note != "" || want.History[want.Events[0].ID][0].Note != "" || want.Events[1].Note != "new words" {
		t.Errorf("events %+v", want.Events)
	}
	if report.ConflictCount != 0 {
		t.Errorf("conflicts: %+v", report.Conflicts)
	}
	inEveryOrder(t, []string{backup, desk}, want)
}

// TestMergePurged: days that one desk has sealed count once, whoever has a copy of
// their events, and beside those of other desks.
func TestMergePurged(t *testing.T) {
	dir := t.TempDir()
	tick := func(s *Store, desk string, days int) {
		for i := range days {
			at := epoch.Add(time.Duration(i) * 24 * time.Hour)
			add(t, s, deskPress(desk, at, "a"))
			void(t, s, add(t, s, deskPress(desk, at.Add(time.Minute), "gone")))
			add(t, s, deskPress(desk, at.Add(2*time.Hour), "b"))
		}
	}
	one := deskFile(t, dir, "one.db", func(s *Store) { tick(s, "one", 6) })
	two := deskFile(t, dir, "two.db", func(s *Store) { tick(s, "two", 6) })
	backup := copyFile(t, one, filepath.Join(dir, "backup.db"))
	to := filepath.Join(dir, "before.db")
	merge(t, to, one, two)
	tally := mergedContent(t, to).Tally

	purge := func(path string, days int) {
		changeFile(t, path, func(s *Store) {
			if _, err := s.Purge(t.Context(), Purging{EventsBefore: epoch.Add(time.Duration(days) * 24 * time.Hour)}, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
	purge(one, 2)
	lessPurged := copyFile(t, one, filepath.Join(dir, "less.db"))
	changeFile(t, one, func(s *Store) { add(t, s, deskPress("one", epoch, "late")) }) // on a day that is sealed
	purge(one, 4)
	changeFile(t, backup, func(s *Store) {}) // so that it is opened once more

	all := filepath.Join(dir, "all.db")
	report := merge(t, all, one, two, backup, lessPurged)
	want := mergedContent(t, all)
	count := func(t cx.Tally) (n int) {
		for _, r := range t.Rows {
			n += r.Count
		}
		return n
	}
	if got := count(want.Tally); got != count(tally)+1 {
		t.Errorf("%d events count, want %d and the late one", got, count(tally))
	}
	if n := len(want.Events); n != 2*3+6*3 || report.Purged == 0 {
		t.Errorf("%d events in the file, %d left out", n, report.Purged)
	}
	for _, o := range report.Origins {
		if o.Missing != 0 {
			t.Errorf("%s misses %d numbers", o.Desk, o.Missing)
		}
	}
	inEveryOrder(t, []string{one, two, backup, lessPurged}, want)

	// The lead purges the merged file, and the second desk its own later on.
	purge(all, 5)
	merge(t, all, one, two, backup)
	check := func(when string, events int) {
		t.Helper()
		got := mergedContent(t, all)
		if diff := cmp.Diff(want.Tally, got.Tally); diff != "" {
			t.Errorf("%s: tally (-want +got):\n%s", when, diff)
		}
		if len(got.Events) != events {
			t.Errorf("%s: %d events, want %d", when, len(got.Events), events)
		}
	}
	check("the lead purged", 2*3)
	purge(two, 3)
	merge(t, all, two, one)
	check("then a desk", 2*3)
	purge(two, 6)
	merge(t, all, backup, two)
	check("then it purged the rest", 3)
}

// TestMergeErasedAndPurged: an erased event of a day that was purged later is in the
// record of that day, and counts once.
func TestMergeErasedAndPurged(t *testing.T) {
	dir := t.TempDir()
	var secret cx.Event
	desk := deskFile(t, dir, "desk.db", func(s *Store) {
		add(t, s, deskPress("one", epoch, "a"))
		secret = add(t, s, deskPress("one", epoch.Add(time.Minute), "b"))
	})
	whole := copyFile(t, desk, filepath.Join(dir, "whole.db"))
	changeFile(t, desk, func(s *Store) {
		if _, err := s.Erase(t.Context(), []cx.ID{secret.ID}, nil); err != nil {
			t.Fatal(err)
		}
	})
	erased := copyFile(t, desk, filepath.Join(dir, "erased.db"))
	changeFile(t, desk, func(s *Store) {
		if _, err := s.Purge(t.Context(), Purging{EventsBefore: epoch.Add(48 * time.Hour)}, nil); err != nil {
			t.Fatal(err)
		}
	})
	to := filepath.Join(dir, "before.db")
	merge(t, to, whole)
	want := mergedFacts{History: map[cx.ID][]cx.Event{}, Tally: mergedContent(t, to).Tally}
	inEveryOrder(t, []string{desk, erased, whole}, want)
}
