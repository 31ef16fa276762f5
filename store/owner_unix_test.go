//go:build unix

package store

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// owned is what matters of a file to who may use it.
type owned struct {
	UID, GID uint32
	Mode     os.FileMode
}

func ownedBy(t *testing.T, path string) owned {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	st := info.Sys().(*syscall.Stat_t)
	return owned{st.Uid, st.Gid, info.Mode()}
}

// A database and its lock file are for their owner alone.
func TestModes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "events.db")
	openStore(t, path, Options{Create: true})
	for _, file := range []string{path, lockPath(path)} {
		if got := ownedBy(t, file).Mode; got != 0o600 {
			t.Errorf("%s has mode %v, want 0600", file, got)
		}
	}
	if got := ownedBy(t, filepath.Dir(path)).Mode; got != os.ModeDir|0o700 {
		t.Errorf("the folder has mode %v, want 0700", got)
	}
}

// What root makes beside a user's database, or in a user's folder, is the user's:
// else one sudo would lock the user out.
func TestRootGives(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make files for somebody else")
	}
	const user, group, other = 1234, 2345, 3456
	home := t.TempDir()
	chown := func(path string, uid, gid int) {
		t.Helper()
		if err := os.Chown(path, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(home, user, group); err != nil {
		t.Skipf("this root cannot make files for somebody else: %v", err)
	}
	open := func(path string, o Options) {
		t.Helper()
		s, err := Open(path, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := func(path string, want owned) {
		t.Helper()
		if diff := cmp.Diff(want, ownedBy(t, path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	folder := filepath.Join(home, "share", "magicbutton")
	path := filepath.Join(folder, "events.db")
	open(path, Options{Create: true})
	want(filepath.Dir(folder), owned{user, group, os.ModeDir | 0o700})
	want(folder, owned{user, group, os.ModeDir | 0o700})
	want(path, owned{user, group, 0o600})
	want(lockPath(path), owned{user, group, 0o600})

	// The lock is the database's owner's, whosever folder it is.
	if err := os.Remove(lockPath(path)); err != nil {
		t.Fatal(err)
	}
	chown(path, other, group)
	open(path, Options{})
	want(path, owned{other, group, 0o600})
	want(lockPath(path), owned{other, group, 0o600})

	// What was there is left as it is, links to files of root's above all.
	file := filepath.Join(t.TempDir(), "root's")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before := ownedBy(t, file)
	if err := os.Remove(lockPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, lockPath(path)); err != nil {
		t.Fatal(err)
	}
	open(path, Options{})
	want(file, before)
}
