//go:build windows

package store

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes a lock on an open file, shared or for itself alone, if it is
// free. Closing the file frees it, and so does the end of the process. It locks
// one byte far behind the end, another than bbolt's, so that the file can be
// read meanwhile.
func tryLock(f *os.File, alone bool) (bool, error) {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if alone {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	at := &windows.Overlapped{Offset: 0xFFFFFFFE, OffsetHigh: 0xFFFFFFFF}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, at)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION):
		return false, nil
	}
	return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
}

// unlock does nothing: closing the file is enough.
func unlock(*os.File) error { return nil }

// syncFolder does nothing: Windows has no flush of a folder.
func syncFolder(string) error { return nil }
