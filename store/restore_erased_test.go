package store

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// What was erased does not come back with a backup from before, also where a purge
// came between, whose events do come back. Tallies stay as they are all the way.
func TestRestoreAfterEraseAndPurge(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 100)
	secret := press(epoch.Add(-30*24*time.Hour), "bill")
	secret.Event.Note = "Ms Winter called"
	dead := add(t, s, secret)
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := s.Backup(t.Context(), backup, nil); err != nil {
		t.Fatal(err)
	}
	wantTallies, want := tallies(t, s), all(t, s, cx.EventQuery{Voided: true})
	if _, err := s.Erase(t.Context(), []cx.ID{dead.ID}, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to purge, nor to write anew
		if _, err := s.Purge(t.Context(), Purging{EventsBefore: epoch.Add(-20 * 24 * time.Hour)}, nil); err != nil {
			t.Fatal(err)
		}
		checkClean(t, s)
		if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
			t.Errorf("tallies after the purge (-before +after):\n%s", diff)
		}
	}
	if got, err := s.Erase(t.Context(), []cx.ID{dead.ID}, nil); err != nil || len(got.Before) != 1 {
		t.Errorf("erasing it again = %+v, %v; want that it had been erased", got, err)
	}
	path := closed(t, s)
	merged := filepath.Join(t.TempDir(), "merged.db")
	merge(t, merged, backup, path)
	notIn(t, merged, "Ms Winter")
	saved := filepath.Join(t.TempDir(), "saved.db")
	if _, err := Salvage(t.Context(), path, saved, Options{}, nil); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{path, merged, saved} {
		got, err := Restore(t.Context(), backup, place, RestoreOptions{Now: c.Now, Replace: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Erased != 1 || got.Unread != nil || got.Events != len(want)-1 {
			t.Errorf("Restore = %+v, want an event erased again, and %d events", got, len(want)-1)
		}
		notIn(t, place, "Ms Winter", string(dead.ID[:]))
		s = openStore(t, place, Options{Now: c.Now})
		checkClean(t, s)
		if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
			t.Errorf("tallies after the restore (-before +after):\n%s", diff)
		}
	}
}
