package store

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// hangs is how long something that takes milliseconds must take to be called hung.
const hangs = 20 * time.Second

// inTime returns what fn does, and fails the test where that hangs.
func inTime(t *testing.T, what string, fn func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		return err
	case <-time.After(hangs):
		t.Fatalf("%s hangs", what)
		return nil
	}
}

// unsureFile is a store whose last header may not be on the disk.
func unsureFile(s *Store) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.unsure = true
}

// A file whose header was not flushed is mended and written anew, whether that was so
// at the beginning or came about during the copy; nobody hangs.
func TestCareOfUnsureFile(t *testing.T) {
	for name, care := range map[string]func(context.Context, *Store) error{
		"compact": func(ctx context.Context, s *Store) error {
			_, err := s.Compact(ctx, nil)
			return err
		},
		"erase": func(ctx context.Context, s *Store) error {
			_, err := s.Erase(ctx, []cx.ID{all(t, s, cx.EventQuery{})[0].ID}, nil)
			return err
		},
		"compact a large file": func(ctx context.Context, s *Store) error {
			_, err := s.attempt(ctx, nil, false, nil)
			return err
		},
		"during the copy": func(ctx context.Context, s *Store) error {
			_, err := s.attempt(ctx, nil, false, func(int, int) { unsureFile(s) })
			if !errors.Is(err, errInTheWay) {
				t.Errorf("the copy that the mending waits for ends with %v, want errInTheWay", err)
			}
			_, err = s.attemptAlone(ctx, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := lived(t, &clock{epoch}, 100)
			want := tallies(t, s)
			unsureFile(s)
			if err := inTime(t, name, func() error { return care(t.Context(), s) }); err != nil {
				t.Error(err)
			}
			if s.unsure || s.unmapped {
				t.Error("the file was not mended")
			}
			if diff := cmp.Diff(want, tallies(t, s)); diff != "" {
				t.Errorf("tallies (-before +after):\n%s", diff)
			}
			add(t, s, press(epoch, "praise"))
			checkClean(t, s)
			onlyDatabase(t, s.Path())
		})
	}
}

// meanwhile is a context that does something between the first transaction that is
// under it and the next.
type meanwhile struct {
	context.Context //nolint:containedctx // it is one
	asked           atomic.Int32
	do              func()
}

// Err is asked at the beginning of each transaction.
func (m *meanwhile) Err() error {
	if m.asked.Add(1) == 2 {
		m.do()
	}
	return m.Context.Err()
}

// A tally counts each event once while a purge or an erasure turns them into what is
// left of them.
func TestTallyMeanwhile(t *testing.T) {
	for name, care := range map[string]func(*Store, []cx.ID) error{
		"purge": func(s *Store, _ []cx.ID) error {
			_, err := s.Purge(t.Context(), Purging{EventsBefore: epoch}, nil)
			return err
		},
		"erase": func(s *Store, ids []cx.ID) error {
			_, err := s.Erase(t.Context(), ids, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := lived(t, &clock{epoch}, 100)
			want := tallies(t, s)[0]
			var ids []cx.ID
			for _, e := range all(t, s, cx.EventQuery{})[:50] {
				ids = append(ids, e.ID)
			}
			done := make(chan error, 1)
			ctx := &meanwhile{Context: t.Context(), do: func() {
				ended := make(chan struct{})
				go func() {
					done <- care(s, ids)
					close(ended)
				}()
				select {
				case <-ended: // too early
				case <-time.After(300 * time.Millisecond): // it waits, most likely
				}
			}}
			got, err := s.Tally(ctx, cx.Query{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("a tally meanwhile (-before +meanwhile):\n%s", diff)
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, tallies(t, s)[0]); diff != "" {
				t.Errorf("a tally after (-before +after):\n%s", diff)
			}
			if _, err := s.Event(t.Context(), ids[0]); !errors.Is(err, ErrNoEvent) {
				t.Errorf("Event = %v, want ErrNoEvent: nothing was done", err)
			}
		})
	}
}

// A compaction waits for a backup's copy and for a check, since it would wait for
// their reading of the file otherwise, with every press behind it; it still can be
// called off. A backup and a check wait for other work as well.
func TestCareOneByOne(t *testing.T) {
	s := newStore(t, &clock{epoch})
	rows := make([]New, progressEvery+10)
	for i := range rows {
		rows[i] = press(epoch.Add(time.Duration(i)*time.Second), "praise")
	}
	if _, err := s.Append(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	backup := func(ctx context.Context, progress func(done, total int)) error {
		_, err := s.BackupOver(ctx, filepath.Join(t.TempDir(), "backup.db"), progress)
		return err
	}
	check := func(ctx context.Context, progress func(done, total int)) error {
		_, err := s.Check(ctx, progress)
		return err
	}
	compact := func(ctx context.Context, progress func(done, total int)) error {
		_, err := s.Compact(ctx, progress)
		return err
	}
	type work func(ctx context.Context, progress func(done, total int)) error
	for _, at := range []struct {
		name          string
		first, second work
	}{
		{"compact in a backup", backup, compact},
		{"compact in a check", check, compact},
		{"check in a backup", backup, check},
		{"backup in a check", check, backup},
	} {
		t.Run(at.name, func(t *testing.T) {
			asked := false
			err := at.first(t.Context(), func(int, int) {
				if asked {
					return
				}
				asked = true
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				err := inTime(t, at.name, func() error { return at.second(ctx, nil) })
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the second = %v, want that it waits until its context ends", err)
				}
			})
			if err != nil || !asked {
				t.Errorf("the first = %v, asked %v", err, asked)
			}
			if err := at.second(t.Context(), nil); err != nil {
				t.Errorf("the second after it = %v", err)
			}
		})
	}
}

// While a backup's copy is checked, other work at the file goes on.
func TestBackupChecksAside(t *testing.T) {
	s := lived(t, &clock{epoch}, 100)
	told := false
	_, err := s.BackupOver(t.Context(), filepath.Join(t.TempDir(), "backup.db"), func(done, total int) {
		if done < total/2 || told {
			return
		}
		told = true
		err := inTime(t, "a compaction during the check", func() error {
			_, err := s.Compact(t.Context(), nil)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	if err != nil || !told {
		t.Errorf("BackupOver = %v, told %v", err, told)
	}
}
