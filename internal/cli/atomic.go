package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"magicbutton/internal/config"
)

// isStdout reports whether an output is stdout.
func isStdout(path string) bool { return path == "" || path == "-" }

// writeTo writes to stdout, or to a file that takes the place of an older one only
// when all is written. Never that of the configuration or the database: a name typed
// wrong must not cost a desk what it has.
func (p place) writeTo(path string, write func(io.Writer) error) error {
	if isStdout(path) {
		return write(p.env.Stdout)
	}
	if err := p.isOwn(path); err != nil {
		return err
	}
	f, err := createAtomic(path)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := write(f); err != nil {
		f.discard()
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := f.commit(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// isOwn refuses to write over what a desk has.
func (p place) isOwn(path string) error {
	for _, own := range []struct{ what, path string }{{"configuration", p.config.Path}, {"database", p.db}} {
		if isSameFile(path, own.path) {
			return usage(hinted{fmt.Errorf("writing %s: it is the %s", path, own.what), "name another file with -o"})
		}
	}
	return nil
}

// isSameFile reports whether two paths lead to one file that is there.
func isSameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

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
		return nil, hinted{errors.New("it is a folder"), "name a file in it with -o"}
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &atomicFile{File: f}, err
	case err == nil:
		if path, info, err = writable(path); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if target, err := os.Readlink(path); err == nil { // a file in its place would not be where it leads
			return nil, hinted{fmt.Errorf("it is a link to %s, which is not there", target), "remove the link, or name with -o the file to write"}
		}
	}
	// Not os.CreateTemp, which leaves the umask out: notes may be in the file.
	temp, mode := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()), fs.FileMode(0o666)
	if info != nil {
		mode = 0o600 // until it is as the one before
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		err = errors.Unwrap(err) // its name tells nobody anything
		if errors.Is(err, fs.ErrNotExist) {
			err = noFolder(filepath.Dir(path))
		}
		return nil, err
	}
	if info != nil {
		if err := likeBefore(f, info); err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(temp))
		}
	}
	return &atomicFile{f, path}, nil
}

// writable returns where the file at path really is, and what it is like. It must be one
// that this user may write: that whoever may write a folder can replace the files in it
// does not mean that they may.
func writable(path string) (string, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0) // the system says it best: root may, and a list of rights may say more than the mode
	if err != nil {
		return "", nil, errors.Unwrap(err) // the path is told already
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return "", nil, err
	}
	path, err = filepath.EvalSymlinks(path)
	return path, info, err
}

// likeBefore gives a new file the owner, group and mode of the one in whose place it
// comes: who could read it before still can, and nobody else. A file of somebody else,
// which only root can give back to them, is not taken from them.
func likeBefore(f *os.File, before fs.FileInfo) error {
	if err := config.KeepOwner(f, before); err != nil {
		return hinted{err, "name another file with -o"}
	}
	return f.Chmod(before.Mode().Perm()) // after the owner, whose change may take bits away
}

// noFolder says why no file can be made in a folder, where the system says that something
// is not there.
func noFolder(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() { // as /proc
		return hinted{fmt.Errorf("the folder %s takes no new files", dir), "name a file in another folder with -o"}
	}
	return hinted{fmt.Errorf("there is no folder %s", dir), "make it first, or name another file with -o"}
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
