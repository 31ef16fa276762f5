package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// Compacted says what became of the file.
type Compacted struct {
	// Before and After are its lengths in bytes.
	Before, After int64
	// Events is how many there are.
	Events int
}

// Compact writes the database anew, in order and without what was deleted, checks
// that, and puts it in the place of the old file. Events can be stored meanwhile;
// they wait only at the end, while what changed is carried over. Where anything
// goes wrong the old file stays. progress may be nil.
func (s *Store) Compact(ctx context.Context, progress func(done, total int)) (Compacted, error) {
	if err := acquire(ctx, &s.care); err != nil {
		return Compacted{}, err
	}
	defer s.care.Unlock()
	return s.rewrite(ctx, nil, progress)
}

// rewrite is Compact with changes: the new file is as if edit had been made to the
// old one. What edit deletes never is in the new file, and until that is in its
// place nothing is changed. edit runs twice, in transactions that are rolled back,
// and does the same to the same file; nil changes nothing. The caller holds care.
func (s *Store) rewrite(ctx context.Context, edit func(*writer) error, progress func(done, total int)) (Compacted, error) {
	if s.readOnly {
		return Compacted{}, fmt.Errorf("writing to database %s: %w", s.path, ErrReadOnly)
	}
	out, err := Compacted{}, errInTheWay
	if info, statErr := os.Stat(s.path); statErr == nil && info.Size() > briefBytes {
		out, err = s.attempt(ctx, edit, false, progress)
	}
	if errors.Is(err, errInTheWay) {
		// Rather once a wait that has an end than a copy that never gets done.
		out, err = s.attemptAlone(ctx, edit)
		if err == nil && progress != nil {
			progress(1, 1)
		}
	}
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return Compacted{}, ctx.Err()
	}
	return Compacted{}, fmt.Errorf("writing database %s anew: %w", s.path, err)
}

// briefBytes is up to what length of the file writers may as well wait: for some
// hundredths of a second. After a small file was written anew its map is full, and
// the first who writes would wait for the next copy.
const briefBytes = 2 << 20

// attemptAlone is attempt while nobody writes. It tells of no progress, for those
// who are told could take their time.
func (s *Store) attemptAlone(ctx context.Context, edit func(*writer) error) (Compacted, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	return s.attempt(ctx, edit, true, nil)
}

// attempt is rewrite. Where the caller holds writeMu nobody writes meanwhile, else
// the error is errInTheWay where somebody has to wait for it.
func (s *Store) attempt(ctx context.Context, edit func(*writer) error, held bool, progress func(done, total int)) (out Compacted, err error) {
	r := &rewriting{store: s, edit: edit, held: held, path: temporary(s.path, compactMark)}
	work := func(ctx context.Context) (err error) {
		defer func() {
			if r.first != nil {
				r.first.end()
			}
			if err != nil {
				_ = os.Remove(r.path) // of which there may be none
			}
		}()
		out, err = r.run(ctx, progress)
		return err
	}
	if held {
		return out, work(ctx)
	}
	return out, s.notInTheWay(ctx, work)
}

// rewriting is one attempt of rewrite.
type rewriting struct {
	store *Store
	edit  func(*writer) error // may be nil
	held  bool
	path  string
	// first is the file as of the beginning, and planned is how the new file
	// differs from it when it is checked, as of the transaction asOf.
	first   *snapshot
	planned changes
	asOf    int
}

func (r *rewriting) run(ctx context.Context, progress func(done, total int)) (out Compacted, err error) {
	before, err := os.Stat(r.store.path)
	if err != nil {
		return Compacted{}, err
	}
	if err := r.begin(ctx); err != nil {
		return Compacted{}, err
	}
	steps, err := newSteps(r.first.tx, progress)
	if err != nil {
		return Compacted{}, err
	}
	if err := copySnapshot(ctx, r.first.tx, r.path, r.store.path, r.planned, steps); err != nil {
		return Compacted{}, err
	}
	report, err := checkCopy(ctx, r.path, steps)
	if err != nil {
		return Compacted{}, err
	}
	if err := r.finish(ctx); err != nil {
		return Compacted{}, err
	}
	after, err := os.Stat(r.store.path)
	if err != nil {
		return Compacted{}, err
	}
	return Compacted{Before: before.Size(), After: after.Size(), Events: report.Events}, nil
}

// begin takes the snapshot, and finds what the edit changes in it.
func (r *rewriting) begin(ctx context.Context) (err error) {
	err = r.alone(ctx, func() error {
		if err := r.store.faulted(); err != nil {
			return err
		}
		return r.store.mend() // later it would wait for the snapshot
	})
	if err != nil {
		return err
	}
	if r.edit != nil {
		// What differs is found by bbolt's own reading, which takes pages on trust.
		if r.first, err = r.store.snapshot(); err != nil {
			return err
		}
		if err := readThrough(ctx, r.first.tx); err != nil {
			return err
		}
	}
	return r.alone(ctx, func() error {
		if r.first == nil {
			if r.first, err = r.store.snapshot(); err != nil {
				return err
			}
		}
		return r.try(func(tx *bolt.Tx) (err error) {
			r.asOf = tx.ID()
			r.planned, err = r.changed(tx)
			return err
		})
	})
}

// finish carries over what changed since the beginning, and puts the new file in
// the place of the old one.
func (r *rewriting) finish(ctx context.Context) error {
	if r.edit != nil {
		if err := acquire(ctx, &r.store.moves); err != nil {
			return err
		}
		defer r.store.moves.Unlock()
	}
	return r.alone(ctx, func() error {
		err := r.try(func(tx *bolt.Tx) error {
			if tx.ID() == r.asOf {
				return nil // nobody wrote
			}
			final, err := r.changed(tx)
			if err != nil {
				return err
			}
			return r.patch(final).apply(r.path)
		})
		if err == nil {
			err = context.Cause(ctx) // the last moment to turn back
		}
		if err != nil {
			return err
		}
		r.first.end() // the file cannot be closed before
		return r.store.replace(r.path)
	})
}

// alone calls fn while nobody writes.
func (r *rewriting) alone(ctx context.Context, fn func() error) error {
	if r.held {
		return fn()
	}
	// Whoever writes may wait for the snapshot to end.
	if err := acquire(ctx, &r.store.writeMu); err != nil {
		return err
	}
	defer r.store.writeMu.Unlock()
	return fn()
}

// try makes the edit in a transaction that is rolled back, after it was looked at.
// Where the file must be mended first, which the snapshot is in the way of, the error
// is errInTheWay. The caller holds writeMu.
func (r *rewriting) try(look func(*bolt.Tx) error) error {
	s := r.store
	if s.closed {
		return ErrClosed
	}
	if err := s.faulted(); err != nil {
		return err
	}
	if s.unsure || s.unmapped {
		return errInTheWay
	}
	defer func() { s.index = nil }() // it may know words of the transaction
	err := guard(func() error {
		tx, err := s.db.Begin(true)
		if err != nil {
			return err
		}
		w, err := s.begin(tx)
		if err == nil {
			err = metaTable.delete(tx, []byte(owedRecord.key))
		}
		if err == nil && r.edit != nil {
			err = r.edit(w)
		}
		if err == nil {
			err = look(tx)
		}
		return errors.Join(err, tx.Rollback())
	})
	if errors.Is(err, errFault) {
		s.fault(err) // bbolt holds its own locks for good
	}
	return err
}
