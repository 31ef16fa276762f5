package localsock

import (
	"errors"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// dirs returns the one place where the socket may lie: the user's own local
// data, which Windows keeps from other users.
func dirs(string) []string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(dir, "magicbutton")}
}

// owner has no meaning here: the folder is this user's own.
func owner(string) int { return 0 }

func makePrivate(dir string, _ int) error { return os.MkdirAll(dir, 0o700) }

func listenPrivate(path string, _ int) (net.Listener, error) { return net.Listen("unix", path) }

// isNobodyOS knows the codes that Windows' sockets use in place of ECONNREFUSED.
func isNobodyOS(err error) bool {
	return errors.Is(err, windows.WSAECONNREFUSED) || errors.Is(err, windows.ERROR_PATH_NOT_FOUND)
}
