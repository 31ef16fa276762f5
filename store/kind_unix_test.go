//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Opening a named pipe waits for somebody at its other end: it must not be opened.
func TestOpenIrregular(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link")
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ path, want string }{
		"pipe":           {pipe, "it is no regular file"},
		"link to a pipe": {link, "it is no regular file"},
		"device":         {os.DevNull, "it is no regular file"},
		"folder":         {folder, "it is a folder"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, o := range []Options{{ReadOnly: true}, {}, {Create: true}} {
				done := make(chan error, 1) // 1: a late answer waits for nobody
				go func() {
					_, err := Open(tt.path, o)
					done <- err
				}()
				select {
				case err := <-done:
					if !errors.Is(err, ErrNotDatabase) || !strings.HasSuffix(err.Error(), tt.want) {
						t.Errorf("Open(%+v) = %v, want ErrNotDatabase: %s", o, err, tt.want)
					}
				case <-time.After(10 * time.Second):
					t.Fatalf("Open(%+v) hangs", o)
				}
			}
		})
	}
	if names, err := os.ReadDir(folder); err != nil || len(names) != 2 {
		t.Errorf("the folder holds %v, %v; want the pipe and the link alone", names, err)
	}
}

// A database may be reached through a link.
func TestOpenLink(t *testing.T) {
	s := newStore(t, &clock{epoch})
	e := add(t, s, press(epoch, "praise"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(s.Path(), link); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {ReadOnly: true}} {
		through, err := Open(link, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := get(t, through, e.ID); got != e {
			t.Errorf("through the link the event is %+v, want %+v", got, e)
		}
		if err := through.Close(); err != nil {
			t.Error(err)
		}
	}
}
