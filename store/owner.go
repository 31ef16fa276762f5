package store

import (
	"fmt"
	"os"
)

// createFile makes a file that must not be there yet. Where root makes it, it
// belongs to the owner of like: one sudo must not lock a user out of the user's
// own database. A file that is there already is never given away, for its name
// may be a link to something of root's.
func createFile(path, like string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err
	}
	if err := giveTo(f, like); err != nil {
		f.Close()
		_ = os.Remove(path) // else the next try would find it and go on
		return nil, fmt.Errorf("giving a new file to the owner of %s: %w", like, err)
	}
	return f, nil
}
