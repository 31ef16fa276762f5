//go:build unix

package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Another append takes milliseconds, so that one which takes longer than this is
// stuck.
const (
	lockPatience = 5 * time.Second
	lockPoll     = 10 * time.Millisecond
)

// lockBeside keeps other appends to a file out, and returns how to let them in
// again. It locks the folder: the file itself is replaced, and a lock file would
// stay.
func lockBeside(file string) (unlock func(), err error) {
	f, err := os.Open(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	for late := time.Now().Add(lockPatience); ; time.Sleep(lockPoll) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
			if time.Now().After(late) {
				return nil, errors.Join(errors.New("another program holds its folder's lock"), f.Close())
			}
		case err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.ENOLCK): // some network file systems
			return nil, errors.Join(err, f.Close())
		default:
			return func() { _ = f.Close() }, nil
		}
	}
}

// KeepOwner gives a new file, which is to take the place of an old one, to the user and
// the group to whom that one belongs. It is an error where the system does not let it.
func KeepOwner(f *os.File, old fs.FileInfo) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	have, ok1 := info.Sys().(*syscall.Stat_t)
	want, ok2 := old.Sys().(*syscall.Stat_t)
	if !ok1 || !ok2 || have.Uid == want.Uid && have.Gid == want.Gid {
		return nil
	}
	if err := f.Chown(int(want.Uid), int(want.Gid)); err != nil {
		return errors.New("it belongs to another user or group, who would lose it: do it as that user")
	}
	return nil
}
