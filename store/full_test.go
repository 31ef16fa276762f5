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

// The same with a limit on the length of files, which needs no rights; it is
// set in a child, for a process cannot be sure to get rid of it.
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
	low := limit
	low.Cur = 200_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &low); err != nil {
		return err
	}
	acked, err := appendUntilError(ctx, s, 10_000)
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
	if seq := got[0].Event.ID.Seq(); seq != uint64(acked+1) {
		return fmt.Errorf("the first event after has number %d, want %d", seq, acked+1)
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
