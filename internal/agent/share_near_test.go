package agent

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestShareAwayCopiesNothing: for a folder that is away the database is not even
// copied.
func TestShareAwayCopiesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "usb")
	synctest.Test(t, func(t *testing.T) {
		s := newSharing(t, dbPath(t), "desk 1", folder)
		s.press("a")
		end := s.start()
		time.Sleep(time.Hour)
		end()
		if got := readShared(s.db); len(got.Sums) > 0 {
			t.Errorf("%d copies were made", len(got.Sums))
		}
	})
}

// TestShareKeepsNear: a copy that could not be delivered is made again only when
// something changed, and goes with the agent.
func TestShareKeepsNear(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newSharing(t, dbPath(t), "desk 1", folder)
		var tried []os.FileInfo
		s.deliver = func(d delivery) (shared, error) {
			info, err := os.Stat(d.from)
			tried = append(tried, info)
			return shared{}, errors.Join(err, errors.New("the folder is full"))
		}
		s.press("a")
		end := s.start()
		time.Sleep(10*shareRetry + time.Second)
		synctest.Wait()
		if len(tried) != 11 || slices.ContainsFunc(tried, func(i os.FileInfo) bool { return i == nil || !i.ModTime().Equal(tried[0].ModTime()) }) {
			t.Errorf("the copies of 11 tries: %v", tried)
		}
		s.press("b")
		time.Sleep(shareRetry)
		synctest.Wait()
		diff(t, "the copy after another press", tagsOf(stored(t, s.near())), []string{"a", "b"})
		end()
		s.finish(t.Context())
		if _, err := os.Stat(s.near()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the copy beside the database after the stop: %v", err)
		}
	})
}

// TestShareNoRoom: a disk that has no room for a copy is not filled with one.
func TestShareNoRoom(t *testing.T) {
	for name, full := range map[string]func(db, folder string) string{
		"beside the database":  func(db, _ string) string { return filepath.Dir(db) },
		"in the shared folder": func(_, folder string) string { return folder },
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := newSharing(t, dbPath(t), "desk 1", folder)
			room := false
			s.free = func(of string) (uint64, bool) { return 4096, of == full(s.db, folder) && !room }
			s.press("a")
			s.finish(t.Context())
			if got := s.status().Problem; !strings.HasSuffix(got, "no space left on device") {
				t.Errorf("problem %q, want that there is no room", got)
			}
			wantShared(t, folder, map[string][]string{})
			room = true
			s.finish(t.Context())
			wantShared(t, folder, map[string][]string{"desk-1-" + s.store.Origin().String() + ".db": {"a"}})
		})
	}
}
