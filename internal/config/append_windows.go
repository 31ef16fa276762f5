//go:build windows

package config

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Another append takes milliseconds, so that one which takes longer than this is
// stuck.
const (
	lockPatience = 5 * time.Second
	lockPoll     = 10 * time.Millisecond
)

// lockBeside keeps other appends to a file out, and returns how to let them in
// again. The lock is a file that nobody else can open and that goes when it is
// closed, as it is when the process ends.
func lockBeside(file string) (unlock func(), err error) {
	name, err := windows.UTF16PtrFromString(file + ".lock")
	if err != nil {
		return nil, err
	}
	for late := time.Now().Add(lockPatience); ; time.Sleep(lockPoll) {
		h, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, nil, windows.OPEN_ALWAYS, windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
		switch {
		case err == nil:
			return func() { _ = windows.CloseHandle(h) }, nil
		case !errors.Is(err, windows.ERROR_SHARING_VIOLATION) || time.Now().After(late):
			return nil, err
		}
	}
}

// KeepOwner does nothing: a new file has the rights of its folder here.
func KeepOwner(*os.File, fs.FileInfo) error { return nil }
