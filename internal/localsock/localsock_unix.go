//go:build unix

package localsock

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// dirs lists where the socket may lie, best first. They follow from who owns
// the database, not from the environment: a command from cron or over sudo has
// no XDG_RUNTIME_DIR and still must find the agent.
func dirs(db string) []string {
	uid := owner(db)
	run := "/run/user/" + strconv.Itoa(uid) // where systemd puts XDG_RUNTIME_DIR
	if uid == 0 {
		run = "/run" // root's runtime directory: file-hierarchy(7)
	}
	return []string{
		filepath.Join(run, "magicbutton"),
		// Not os.TempDir: TMPDIR is the environment's, and long on macOS.
		"/tmp/magicbutton-" + strconv.Itoa(uid),
	}
}

// owner returns the user id that owns the database, or this process's where
// there is no database.
func owner(db string) int {
	if info, err := os.Stat(db); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			return int(st.Uid)
		}
	}
	return os.Getuid()
}

// makePrivate makes a directory that only the user uid may enter, and root. /tmp
// is everybody's: what somebody else put there under our name is refused.
func makePrivate(dir string, uid int) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		err = giveTo(dir, uid)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	mine := ok && (int(st.Uid) == os.Geteuid() || os.Geteuid() == 0 && int(st.Uid) == uid)
	if !info.IsDir() || !mine || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a folder that only user %d may enter", dir, uid)
	}
	return nil
}

// giveTo hands what root made to the user whom it is for. It never follows a
// link, which that user may have put in its place meanwhile.
func giveTo(path string, uid int) error {
	if os.Geteuid() != 0 || uid == 0 {
		return nil
	}
	return os.Lchown(path, uid, -1)
}

func listenPrivate(path string, uid int) (net.Listener, error) {
	old := syscall.Umask(0o177) // so that the socket is private from its first moment
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, err
	}
	if err := giveTo(path, uid); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

func isNobodyOS(error) bool { return false }
