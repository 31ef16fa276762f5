package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// RestoreOptions says how to restore a database. The zero RestoreOptions never
// touches a database that is there.
type RestoreOptions struct {
	// Replace keeps a database that is there aside, under a dated name.
	Replace bool
	// Timeout, Now and MachineIDFile are as in [Options].
	Timeout       time.Duration
	Now           func() time.Time
	MachineIDFile string
}

// Restored says what was restored.
type Restored struct {
	// Aside is where the database went that was there; "" for none.
	Aside string
	// Events is how many there are, Erased how many of those in the backup had been
	// erased from the database that was there, and were erased again.
	Events, Erased int
	// Origin is the origin that new events are signed with.
	Origin cx.Origin
	// Unread says why it could not be told what had been erased; nil where it could.
	Unread error
}

// Restore makes a database at path of a backup. The backup is read and checked to
// its end first, and left as it is; the database starts a new origin, for the old
// one may have gone on signing events since. Where a database is there the error is
// an [fs.ErrExist], or see Replace; what had been erased from that one is erased
// again. Whatever goes wrong, path has the old database or the new one.
func Restore(ctx context.Context, backup, path string, o RestoreOptions, progress func(done, total int)) (Restored, error) {
	r, err := restore(ctx, backup, path, o, progress)
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() != nil:
		return Restored{}, ctx.Err()
	}
	return Restored{}, fmt.Errorf("restoring %s from %s: %w", path, backup, err)
}

func restore(ctx context.Context, backup, path string, o RestoreOptions, progress func(done, total int)) (out Restored, err error) {
	if o.Timeout == 0 {
		o.Timeout = defaultWriteTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := checkKind(backup); err != nil {
		return Restored{}, err
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return Restored{}, err
	}
	lock, err := lockWriter(path, time.Now().Add(o.Timeout))
	if err != nil {
		return Restored{}, err
	}
	defer lock.Close()
	_, err = os.Lstat(path)
	there := err == nil
	if there && !o.Replace {
		return Restored{}, fs.ErrExist
	}
	if there {
		if err := notItself(backup, path); err != nil {
			return Restored{}, err
		}
	}
	made := temporary(path, restoreMark)
	defer func() { _ = os.Remove(made) }() // of which there is none any more when all went well
	if err := copyBackup(ctx, backup, made, progress); err != nil {
		return Restored{}, err
	}
	if err := out.prepare(ctx, made, path, o); err != nil {
		return Restored{}, err
	}
	report, err := checkCopy(ctx, made, &steps{progress: func(int, int) {}, half: 1})
	if err != nil {
		return Restored{}, err
	}
	out.Events = report.Events
	if there {
		if out.Aside, err = setAside(path, o.Now()); err != nil {
			return Restored{}, err
		}
	}
	if err := os.Rename(made, path); err != nil {
		if there {
			err = errors.Join(err, putBack(out.Aside, path))
		}
		return Restored{}, err
	}
	return out, syncFolder(filepath.Dir(path))
}

// copyBackup copies a backup to where the database is to be, and checks the copy.
func copyBackup(ctx context.Context, backup, to string, progress func(done, total int)) error {
	s, err := Open(backup, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	_, err = s.copyTo(ctx, to, progress)
	return errors.Join(err, s.Close())
}

// prepare makes the copy fit for use: a new origin signs its events, and what was
// erased from the database that it is to replace is erased.
func (r *Restored) prepare(ctx context.Context, made, path string, o RestoreOptions) error {
	s := &Store{path: made, now: o.Now}
	err := s.openBolt(time.Now().Add(o.Timeout))
	if err == nil {
		err = s.load()
	}
	if err == nil {
		err = s.opening(func() error {
			return s.db.Update(func(tx *bolt.Tx) error { return s.newOrigin(tx, machineID(o.MachineIDFile)) })
		})
	}
	if err == nil {
		r.Origin = s.origin
		r.Erased, r.Unread, err = s.eraseAgain(ctx, path, o)
	}
	return errors.Join(err, s.Close())
}

// newOrigin brings the file up to date and has another origin sign its events.
func (s *Store) newOrigin(tx *bolt.Tx, machine []byte) error {
	format, err := readFormat(tx)
	if err != nil {
		return err
	}
	if err := migrate(tx, format); err != nil {
		return err
	}
	file, err := readFile(tx)
	if err != nil {
		return err
	}
	file.origin = cx.NewOrigin()
	s.origin = file.origin
	record := originRecord{created: s.clock(), machine: hashMachine(file.salt, machine)}
	return errors.Join(file.put(tx), record.put(tx, file.origin))
}

// setAside gives the database at path a second name, dated. Where the file system
// cannot do that it gives it another one.
func setAside(path string, now time.Time) (string, error) {
	aside := path + ".before-restore-" + now.UTC().Format("20060102T150405Z")
	if _, err := os.Lstat(aside); err == nil {
		return "", fmt.Errorf("keeping the old database as %s: %w", aside, fs.ErrExist)
	}
	if os.Link(path, aside) == nil {
		return aside, nil
	}
	return aside, os.Rename(path, aside)
}

// putBack undoes what setAside did.
func putBack(aside, path string) error {
	old, err := os.Lstat(aside)
	if err != nil {
		return err
	}
	switch now, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(aside, path)
	case err != nil:
		return err
	case os.SameFile(old, now):
		return os.Remove(aside) // only its second name
	}
	return fmt.Errorf("%s is another file now; the old database is %s", path, aside)
}
