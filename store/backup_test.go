package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// A backup says what the database said, and is sound; nothing is overwritten that
// was not to be.
func TestBackup(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 100)
	target := filepath.Join(t.TempDir(), "backup.db")
	got, err := s.Backup(t.Context(), target, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(target)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Backup{Path: target, Bytes: info.Size(), Events: 110}, got); diff != "" {
		t.Errorf("Backup (-want +got):\n%s", diff)
	}
	if info.Mode().Perm() != fileMode {
		t.Errorf("the backup has the mode %v", info.Mode())
	}
	if diff := cmp.Diff(contentOf(t, s), content(t, target)); diff != "" {
		t.Errorf("records (-database +backup):\n%s", diff)
	}
	freeIsEmpty(t, target)
	onlyDatabase(t, target)
	onlyDatabase(t, s.Path())

	e := add(t, s, press(epoch, "praise"))
	if _, err := s.Backup(t.Context(), target, nil); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), target) {
		t.Errorf("Backup to a file that is there: %v", err)
	}
	if _, err := s.BackupOver(t.Context(), target, nil); err != nil {
		t.Fatal(err)
	}
	backup := openStore(t, target, Options{ReadOnly: true})
	if diff := cmp.Diff(e, get(t, backup, e.ID)); diff != "" {
		t.Errorf("the event of the second backup (-want +got):\n%s", diff)
	}
	for name, path := range map[string]string{"itself": s.Path(), "a folder": t.TempDir(), "no folder": filepath.Join(t.TempDir(), "none", "x.db")} {
		if _, err := s.BackupOver(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("a backup over %s: %v, want an error that names it", name, err)
		}
		onlyDatabase(t, s.Path())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := filepath.Join(t.TempDir(), "cancelled.db")
	if _, err := s.Backup(ctx, cancelled, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that is called off: %v", err)
	}
	onlyDatabase(t, cancelled)
	onlyDatabase(t, s.Path())
}

// Damage is not backed up.
func TestBackupOfDamage(t *testing.T) {
	path := closed(t, lived(t, &clock{epoch}, 50))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = []byte(strings.Replace(string(b), "the words of customer 8,", "the words of customer 9,", 1))
	path = filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	target := filepath.Join(t.TempDir(), "backup.db")
	if _, err := s.Backup(t.Context(), target, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("Backup: %v, want ErrDamaged", err)
	}
	onlyDatabase(t, target)
	if _, err := Restore(t.Context(), path, target, RestoreOptions{}, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("Restore: %v, want ErrDamaged", err)
	}
	onlyDatabase(t, target)
}

// A restored database has the events of the backup and an origin of its own; what
// was there is kept, and what was erased from it stays erased.
func TestRestore(t *testing.T) {
	c := &clock{epoch}
	s := lived(t, c, 100)
	want := all(t, s, cx.EventQuery{Voided: true})
	wantTallies := tallies(t, s)
	backup := filepath.Join(t.TempDir(), "backup.db")
	if _, err := s.Backup(t.Context(), backup, nil); err != nil {
		t.Fatal(err)
	}
	o := RestoreOptions{Now: c.Now, Timeout: time.Millisecond}
	if _, err := Restore(t.Context(), backup, s.Path(), o, nil); !errors.Is(err, ErrLocked) {
		t.Errorf("Restore of a database that is open: %v, want ErrLocked", err)
	}
	elsewhere := filepath.Join(t.TempDir(), "new", "events.db")
	got, err := Restore(t.Context(), backup, elsewhere, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Aside != "" || got.Events != len(want) || got.Origin == s.Origin() {
		t.Errorf("Restore = %+v", got)
	}
	fresh := openStore(t, elsewhere, Options{Now: c.Now})
	if diff := cmp.Diff(want, all(t, fresh, cx.EventQuery{Voided: true})); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if e := add(t, fresh, press(epoch, "praise")); e.ID.Origin() != got.Origin || e.ID.Seq() != 1 {
		t.Errorf("the first event after is %s, want the first of origin %s", e.ID, got.Origin)
	}

	kept := add(t, s, press(epoch, "idea"))
	if _, err := s.Erase(t.Context(), []cx.ID{want[3].ID, want[4].ID}, nil); err != nil {
		t.Fatal(err)
	}
	path := closed(t, s)
	if _, err := Restore(t.Context(), backup, path, o, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Restore over a database: %v, want fs.ErrExist", err)
	}
	o.Replace = true
	if got, err = Restore(t.Context(), backup, path, o, nil); err != nil {
		t.Fatal(err)
	}
	if got.Erased != 2 || got.Unread != nil || got.Events != len(want)-2 {
		t.Errorf("Restore = %+v, want 2 events erased again", got)
	}
	if diff := cmp.Diff(kept, get(t, openStore(t, got.Aside, Options{ReadOnly: true}), kept.ID)); diff != "" {
		t.Errorf("an event of the database that was there (-want +got):\n%s", diff)
	}
	s = openStore(t, path, Options{Now: c.Now})
	if _, err := s.Event(t.Context(), want[3].ID); !errors.Is(err, ErrNoEvent) {
		t.Errorf("the erased event: %v", err)
	}
	if diff := cmp.Diff(wantTallies, tallies(t, s)); diff != "" {
		t.Errorf("tallies (-before +after):\n%s", diff)
	}
	notIn(t, path, string(want[3].ID[:]), string(want[4].ID[:]))
}

// A backup of the first format can be restored.
func TestRestoreFormat1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	if _, err := Restore(t.Context(), oldFile(t, "format1.db.gz"), path, RestoreOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	if got := all(t, openStore(t, path, Options{}), cx.EventQuery{Voided: true}); len(got) != 61 {
		t.Errorf("%d events, want 61", len(got))
	}
}
