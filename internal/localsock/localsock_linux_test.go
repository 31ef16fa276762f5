package localsock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// A folder that may not be entered is no proof of an agent: the folder stays when
// the agent stops. A socket that can be seen is.
func TestDialAsAnotherUser(t *testing.T) {
	const owner, other = 65533, 65534
	if os.Geteuid() != 0 {
		t.Skip("only root can be two users")
	}
	home := t.TempDir()
	t.Cleanup(func() { _ = os.RemoveAll("/tmp/magicbutton-65533") })
	db := newDB(t, home)
	if err := os.Chown(db, owner, -1); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(db)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	folder := filepath.Dir(l.Addr().String())
	for _, test := range []struct {
		name         string
		home, folder os.FileMode
		want         error
	}{
		{"no way to the database", 0o700, 0o711, ErrNobody},
		{"no way to the socket", 0o755, 0o700, ErrNobody},
		{"no use of the socket", 0o755, 0o711, fs.ErrPermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := errors.Join(os.Chmod(home, test.home), os.Chmod(filepath.Dir(home), 0o755), os.Chmod(folder, test.folder)); err != nil {
				t.Fatal(err)
			}
			var err error
			asUser(t, other, func() { _, err = Dial(t.Context(), db) })
			if !errors.Is(err, test.want) {
				t.Errorf("Dial = %v, want %v", err, test.want)
			}
		})
	}
}

// asUser runs f on a thread that has the files' permissions of another user.
func asUser(t *testing.T, uid int, f func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(uid); err != nil {
		t.Fatal(err)
	}
	f()
	if err := syscall.Setfsuid(0); err != nil {
		t.Fatal(err)
	}
}
