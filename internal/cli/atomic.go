package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// atomicFile is a file that appears under its name only when it is whole.
type atomicFile struct {
	*os.File
	path string
}

// createAtomic begins a file. A path that is there and no regular file, such as
// /dev/stdout or a pipe, is written as it is.
func createAtomic(path string) (*atomicFile, error) {
	info, err := os.Stat(path) // follows links: the target is replaced, not the link
	mode := fs.FileMode(0o644)
	switch {
	case err == nil && info.IsDir():
		return nil, errors.New("it is a folder")
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &atomicFile{File: f}, err
	case err == nil:
		mode = info.Mode().Perm()
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, errors.Unwrap(err) // its name tells nobody anything
	}
	// CreateTemp lets only the owner read; an export gets what a new file would.
	if err := f.Chmod(mode); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return &atomicFile{f, path}, nil
}

// commit makes the file appear.
func (f *atomicFile) commit() error {
	if f.path == "" {
		return f.Close()
	}
	err := f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// discard leaves what was there before.
func (f *atomicFile) discard() {
	_ = f.Close()
	if f.path != "" {
		_ = os.Remove(f.Name())
	}
}
