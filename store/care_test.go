package store

import (
	"context"
	"errors"
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
