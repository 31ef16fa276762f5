//go:build linux

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"magicbutton/internal/cx"
)

// On a full disk nothing is acknowledged that is not stored, the error says so
// with the file's name, and with space again the same store goes on.
func TestFullDisk(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		skipUnlessCI(t, fmt.Sprintf("no small file system to fill (%v); TestFileLimit runs in its place", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(folder, "events.db")
	s := openStore(t, path, Options{Create: true})
	filler := filepath.Join(folder, "filler")
	fill(t, filler)
	acked, err := appendUntilError(t.Context(), s, 10_000)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
		t.Fatalf("Append on a full disk: %v, want ENOSPC and the file's name", err)
	}
	if got := all(t, s, cx.EventQuery{}); len(got) != acked {
		t.Errorf("%d events are stored, %d were acknowledged", len(got), acked)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if e := add(t, s, press(epoch, "after")); e.ID.Seq() != uint64(acked+1) {
		t.Errorf("the first event after has number %d, want %d", e.ID.Seq(), acked+1)
	}
}

// The same with any number of pages left, so that every write of an event meets the
// end of the disk, and with a reader that asks meanwhile.
func TestFullDiskAnywhere(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		skipUnlessCI(t, fmt.Sprintf("no small file system to fill: %v", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	path, filler := filepath.Join(folder, "events.db"), filepath.Join(folder, "filler")
	met := 0
	for left := range int64(40) {
		s, err := Open(path, Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		fill(t, filler)
		info, err := os.Stat(filler)
		if err == nil {
			err = os.Truncate(filler, info.Size()-left*4096)
		}
		if err != nil {
			t.Fatal(err)
		}
		acked, err := appendUntilError(t.Context(), s, 200)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("%d pages left: Append = %v, want ENOSPC", left, err)
		}
		met = max(met, acked)
		if n := len(all(t, s, cx.EventQuery{})); n != acked {
			t.Errorf("%d pages left: %d events are stored, %d were acknowledged", left, n, acked)
		}
		if err := s.Try(t.Context()); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%d pages left: Try = %v, want ENOSPC or done", left, err)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if e := add(t, s, press(epoch, "after")); e.ID.Seq() != uint64(acked+1) {
			t.Errorf("%d pages left: the first event after has number %d, want %d", left, e.ID.Seq(), acked+1)
		}
		if report := checkClean(t, s); report.Missing > 0 {
			t.Errorf("%d pages left: %q", left, report.Remarks)
		}
		if err := errors.Join(s.Close(), os.Remove(path)); err != nil {
			t.Fatal(err)
		}
	}
	if met == 0 {
		t.Error("no event was stored before a disk was full")
	}
}

// fill writes to a file until there is no space left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func appendUntilError(ctx context.Context, s *Store, most int) (acked int, err error) {
	for ; acked < most; acked++ {
		n := press(epoch, "filling")
		n.Event.Note = strings.Repeat("words ", 100)
		if _, err := s.Append(ctx, n); err != nil {
			return acked, err
		}
	}
	return acked, nil
}

// The same with a limit on the length of files, which needs no rights, at the end of
// the file and at many offsets in it, where a write ends amid a page. It is set in a
// child, for a process cannot be sure to get rid of it.
func TestFileLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	out, err := child(t, "limited", path).Output()
	if err != nil || string(out) != "ok\n" {
		t.Fatalf("the process with a limit: %v, %q", err, out)
	}
	checkClean(t, openStore(t, path, Options{ReadOnly: true}))
}

func appendWithLimit(path string) int {
	if err := tryWithLimit(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ok")
	return 0
}

func tryWithLimit(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	s, err := Open(path, Options{Create: true})
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	const headers = 2 * 4096 // written whole or not at all: less than a sector of each is used
	acked := 0
	for at := uint64(100_000); at > headers; at -= 1111 {
		low := limit
		low.Cur = at
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &low); err != nil {
			return err
		}
		n, err := appendUntilError(ctx, s, 10_000)
		if err == nil {
			return errors.New("no Append met the limit")
		}
		if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "file too large") {
			return fmt.Errorf("the error at the limit does not say that the file is too large, or its name: %w", err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		got, err := s.Append(ctx, press(epoch, "after"))
		if err != nil {
			return err
		}
		if acked += n + 1; got[0].Event.ID.Seq() != uint64(acked) {
			return fmt.Errorf("at %d: the first event after has number %d, want %d", at, got[0].Event.ID.Seq(), acked)
		}
	}
	return s.Close()
}

// A file on a read-only file system can be read; for writing it is an error.
func TestReadOnlyFileSystem(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		skipUnlessCI(t, fmt.Sprintf("no file system to make read-only: %v", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(folder, "events.db")
	s, err := Open(path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	e := add(t, s, press(epoch, "praise"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open to write: %v, want EROFS and the file's name", err)
	}
	reader, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got := get(t, reader, e.ID); got != e {
		t.Errorf("Event = %+v, want %+v", got, e)
	}
}

// skipUnlessCI ends a test that this machine cannot run. Where CI runs, every
// test must.
func skipUnlessCI(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}
