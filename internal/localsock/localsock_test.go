package localsock

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newDB(t *testing.T, dir string) string {
	t.Helper()
	db := filepath.Join(dir, "desk.db")
	if err := os.WriteFile(db, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestDialMeetsListen(t *testing.T) {
	dir := t.TempDir()
	db := newDB(t, dir)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(db, link); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(db)
	if err != nil {
		t.Fatalf("Listen(%s): %v", db, err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	t.Chdir(dir)
	for name, path := range map[string]string{
		"same path":     db,
		"symbolic link": link,
		"relative":      "desk.db",
		"dotted":        filepath.Join(dir, "..", filepath.Base(dir), "desk.db"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", t.TempDir()) // must not matter
			t.Setenv("TMPDIR", t.TempDir())
			c, err := Dial(t.Context(), path)
			if err != nil {
				t.Fatalf("Dial(%s): %v", path, err)
			}
			_ = c.Close()
		})
	}
}

func TestDialNobody(t *testing.T) {
	db := newDB(t, t.TempDir())
	for name, path := range map[string]string{
		"never listened": db,
		"no database":    filepath.Join(t.TempDir(), "none.db"),
		"no folder":      filepath.Join(t.TempDir(), "none", "none.db"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Dial(t.Context(), path); !errors.Is(err, ErrNobody) {
				t.Errorf("Dial(%s) = %v, want %v", path, err, ErrNobody)
			}
		})
	}
}

// A killed agent leaves its socket file behind. It answers nobody, and the next
// agent takes its place.
func TestDeadSocketFile(t *testing.T) {
	db := newDB(t, t.TempDir())
	l, err := Listen(db)
	if err != nil {
		t.Fatal(err)
	}
	type keeper interface{ SetUnlinkOnClose(bool) }
	l.(keeper).SetUnlinkOnClose(false)
	_ = l.Close()
	if _, err := os.Stat(l.Addr().String()); err != nil {
		t.Fatalf("the socket file is gone, so nothing is tested: %v", err)
	}
	if _, err := Dial(t.Context(), db); !errors.Is(err, ErrNobody) {
		t.Errorf("Dial of a dead socket = %v, want %v", err, ErrNobody)
	}
	l, err = Listen(db)
	if err != nil {
		t.Fatalf("Listen over a dead socket: %v", err)
	}
	_ = l.Close()
}

func TestSocketIsPrivate(t *testing.T) {
	db := newDB(t, t.TempDir())
	l, err := Listen(db)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	path := l.Addr().String()
	for _, p := range []string{path, filepath.Dir(path)} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if perm := info.Mode().Perm(); perm&0o077 != 0 {
			t.Errorf("%s has permissions %o: others may reach the socket", p, perm)
		}
	}
	if len(path) > maxPath {
		t.Errorf("socket path %s has %d bytes, at most %d work everywhere", path, len(path), maxPath)
	}
}

func TestForeignFolderIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := listenIn(dir, "x.sock", os.Getuid()); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("listening in a folder that everybody may enter: %v, want an error that names it", err)
	}
}
