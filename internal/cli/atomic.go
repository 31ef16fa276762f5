package cli

import (
	"crypto/rand"
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
	switch {
	case err == nil && info.IsDir():
		return nil, errors.New("it is a folder")
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &atomicFile{File: f}, err
	case err == nil:
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	// Not os.CreateTemp, which leaves the umask out: notes may be in the file.
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, errors.Unwrap(err) // its name tells nobody anything
	}
	if info != nil {
		if err := f.Chmod(info.Mode().Perm()); err != nil { // who could read it before still can
			return nil, errors.Join(err, f.Close(), os.Remove(temp))
		}
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
