//go:build linux

package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// With any room left on the disk, compacting, erasing and backing up are either done
// or not: then the database is as it was, nothing is left beside it, and the same
// store goes on.
func TestCareOnFullDisk(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		skipUnlessCI(t, fmt.Sprintf("no small file system to fill: %v", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	sample, err := os.ReadFile(closed(t, lived(t, &clock{epoch}, 60)))
	if err != nil {
		t.Fatal(err)
	}
	var first cx.ID
	work := map[string]func(s *Store) error{
		"compact": func(s *Store) error {
			_, err := s.Compact(t.Context(), nil)
			return err
		},
		"erase": func(s *Store) error {
			_, err := s.Erase(t.Context(), []cx.ID{first}, nil)
			return err
		},
		"backup": func(s *Store) error {
			_, err := s.Backup(t.Context(), filepath.Join(folder, "backup.db"), nil)
			return errors.Join(err, os.RemoveAll(filepath.Join(folder, "backup.db")))
		},
	}
	for name, do := range work {
		t.Run(name, func(t *testing.T) {
			path, filler := filepath.Join(folder, "events.db"), filepath.Join(folder, "filler")
			failed, done := 0, false
			for left := int64(0); !done; left++ {
				if err := os.WriteFile(path, sample, 0o600); err != nil {
					t.Fatal(err)
				}
				s, err := Open(path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				want := all(t, s, cx.EventQuery{Voided: true})
				first = want[0].ID
				leave(t, filler, left)
				err = do(s)
				if err := os.Remove(filler); err != nil {
					t.Fatal(err)
				}
				done = err == nil
				if !done {
					if failed++; !errors.Is(err, syscall.ENOSPC) {
						t.Fatalf("with %d pages left: %v, want ENOSPC", left, err)
					}
					if diff := cmp.Diff(want, all(t, s, cx.EventQuery{Voided: true})); diff != "" {
						t.Fatalf("with %d pages left, events (-before +after):\n%s", left, diff)
					}
				}
				onlyDatabase(t, path)
				add(t, s, press(epoch, "after"))
				checkClean(t, s)
				if err := errors.Join(s.Close(), os.Remove(path)); err != nil {
					t.Fatal(err)
				}
			}
			if failed < 5 {
				t.Errorf("the disk was full %d times: too few for a test", failed)
			}
		})
	}
}

// leave fills a disk but for some pages.
func leave(t *testing.T, filler string, pages int64) {
	t.Helper()
	fill(t, filler)
	info, err := os.Stat(filler)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filler, max(info.Size()-pages*int64(os.Getpagesize()), 0)); err != nil {
		t.Fatal(err)
	}
}
