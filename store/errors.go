package store

import (
	"errors"
	"fmt"

	"magicbutton/internal/cx"
)

// The errors that callers branch on. They come wrapped in text that names the
// file. No database at all is [io/fs.ErrNotExist], and a file that may not be
// read or written is an error of [io/fs] or the system.
var (
	// ErrLocked says that another process has the database open.
	ErrLocked = errors.New("in use by another process")
	// ErrNotDatabase says that the file is something else.
	ErrNotDatabase = errors.New("not a magicbutton database")
	// ErrTruncated says that the file is shorter than it must be.
	ErrTruncated = errors.New("truncated")
	// ErrNewer says that the file was written by a newer version of the program.
	ErrNewer = errors.New("written by a newer version of magicbutton")
	// ErrDamaged says that what the file holds is not what was written.
	ErrDamaged = errors.New("damaged")
	// ErrReadOnly says that the store was opened for reading.
	ErrReadOnly = errors.New("opened read-only")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("closed")

	// ErrUnsure says that the flush that ends a transaction failed: whether the
	// transaction counts will show when the disk takes a write again. Until then
	// nobody is to be told that it does.
	ErrUnsure = errors.New("the last flush failed")

	// ErrNoEvent says that no event has the id.
	ErrNoEvent = errors.New("no such event")
	// ErrVoided says that the event was taken back already.
	ErrVoided = errors.New("the event was taken back already")
	// ErrImported says that the file was imported to its end before.
	ErrImported = errors.New("the file was imported before")
)

// RowError says that an imported row may not be stored.
type RowError struct {
	// Row is the row's number in the file, from 0.
	Row int
	// Err says why.
	Err error
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.Row+1, e.Err) }

// Unwrap returns why.
func (e *RowError) Unwrap() error { return e.Err }

// ConflictError says that an imported row disagrees with the event that is
// stored under its id and has its revision.
type ConflictError struct {
	// Row is the row's number in the file, from 0.
	Row int
	ID  cx.ID
	// StoredRev and Rev are the revisions of the stored event and of the row.
	StoredRev, Rev uint32
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("event %s is stored with other content: revision %d there, %d in the row", e.ID, e.StoredRev, e.Rev)
}

// RecordError says that contacts, an action or a frozen week may not be stored.
type RecordError struct {
	// Err says why; all that is wrong is joined.
	Err error
}

func (e *RecordError) Error() string { return e.Err.Error() }

// Unwrap returns why.
func (e *RecordError) Unwrap() error { return e.Err }

// badRecord returns err as a [RecordError], or nil.
func badRecord(err error) error {
	if err == nil {
		return nil
	}
	return &RecordError{err}
}
