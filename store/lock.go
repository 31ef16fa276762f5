package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lockRetry is the pause between two tries of a lock; as good as bbolt's own.
const lockRetry = 20 * time.Millisecond

// lockPath names the file that the one writer locks. While there is a database it is
// never replaced or removed, so that the database itself may be swapped for a compacted
// one.
func lockPath(path string) string { return path + ".lock" }

// removeLoneLock removes the lock's file where no database came to be. The caller
// holds the lock; whoever waits for it takes a new one then.
func removeLoneLock(path string) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		_ = os.Remove(lockPath(path))
	}
}

// lockWriter takes the writer's lock and leaves the process id in it.
func lockWriter(path string, deadline time.Time) (*os.File, error) {
	like := path
	if _, err := os.Stat(path); err != nil {
		like = filepath.Dir(path)
	}
	f, err := createFile(lockPath(path), like)
	if errors.Is(err, fs.ErrExist) {
		f, err = os.OpenFile(lockPath(path), os.O_RDWR, 0)
	}
	if err != nil {
		return nil, err
	}
	if err := waitLock(f, true, deadline); err != nil {
		f.Close()
		return nil, lockedBy(path, err)
	}
	if sameFile(f, lockPath(path)) != nil { // it was removed meanwhile: see removeLoneLock
		f.Close()
		return lockWriter(path, deadline)
	}
	// Only a hint for people: a full disk must not keep the store from opening.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}

// waitLock tries until the deadline; then the error is [ErrLocked].
func waitLock(f *os.File, alone bool, deadline time.Time) error {
	for {
		ok, err := tryLock(f, alone)
		if ok || err != nil {
			return err
		}
		left := time.Until(deadline)
		if left <= 0 {
			return ErrLocked
		}
		time.Sleep(min(lockRetry, left))
	}
}

// lockedBy adds to [ErrLocked] which process has the writer's lock, where its
// file says so.
func lockedBy(path string, err error) error {
	f, openErr := os.Open(lockPath(path))
	if openErr != nil {
		return err
	}
	defer f.Close()
	b, readErr := io.ReadAll(io.LimitReader(f, 20))
	if readErr != nil {
		return err
	}
	pid, convErr := strconv.Atoi(strings.TrimSpace(string(b)))
	if convErr != nil {
		return err
	}
	return fmt.Errorf("%w (process %d)", err, pid)
}
