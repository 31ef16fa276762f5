//go:build unix

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// giveTo gives an open file that this process has made to the owner and the group
// of like, where this process is root and the owner is not.
func giveTo(f *os.File, like string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	theirs, err := os.Stat(like)
	if err != nil {
		return err
	}
	ours, err := f.Stat()
	if err != nil {
		return err
	}
	want, ok1 := theirs.Sys().(*syscall.Stat_t)
	have, ok2 := ours.Sys().(*syscall.Stat_t)
	// Some file systems give every file one owner, and none can be changed.
	if !ok1 || !ok2 || want.Uid == have.Uid {
		return nil
	}
	return f.Chown(int(want.Uid), int(want.Gid))
}

// makeFolder makes a folder and those above it. Where root makes them, each belongs
// to the owner of the folder that it is in.
func makeFolder(path string) error {
	if _, err := os.Stat(path); os.Geteuid() != 0 || !errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(path, folderMode)
	}
	parent := filepath.Dir(path)
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, folderMode); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return os.MkdirAll(path, folderMode) // somebody else made it meanwhile
		}
		return err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := giveTo(f, parent); err != nil {
		return fmt.Errorf("giving a new folder to the owner of %s: %w", parent, err)
	}
	return nil
}
