package store

import (
	"errors"
	"io/fs"
	"os"
)

// isBackup refuses to write over a file that is there and no backup: one of another kind, and
// a desk's database, whose agent would go on with the file that is gone. Whoever
// wrote to a database has left the lock file beside it.
func isBackup(target string) error {
	switch is, err := LooksLikeDatabase(target); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !is:
		return errors.New("it is there and no database")
	}
	if _, err := os.Lstat(lockPath(target)); err == nil {
		return errors.New("it is there and a desk's database: " + lockPath(target) + " lies beside it")
	}
	return nil
}
