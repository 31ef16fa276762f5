//go:build unix

package localsock

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Root may run an agent for somebody else's database, and must not lock them out
// of their own folder for it.
func TestRootListensForTheOwner(t *testing.T) {
	const somebody = 65534
	if os.Geteuid() != 0 {
		t.Skip("only root can")
	}
	db := newDB(t, t.TempDir())
	if err := os.Chown(db, somebody, -1); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(db)
	if err != nil {
		t.Fatalf("Listen for another user's database: %v", err)
	}
	path := l.Addr().String()
	for _, p := range []string{path, filepath.Dir(path)} {
		info, err := os.Lstat(p)
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != somebody {
			t.Errorf("%s belongs to user %d, want %d", p, uid, somebody)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = Listen(db); err != nil { // in the folder that is there now
		t.Fatalf("Listen again: %v", err)
	}
	_ = l.Close()
}
