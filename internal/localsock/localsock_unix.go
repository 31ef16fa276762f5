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

// makePrivate makes a directory that only its owner may enter. /tmp is
// everybody's: what somebody else put there under our name is refused.
func makePrivate(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(st.Uid) != os.Geteuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a folder that only user %d may enter", dir, os.Geteuid())
	}
	return nil
}

func listenPrivate(path string) (net.Listener, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

func isNobodyOS(error) bool { return false }
