package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"magicbutton/internal/cx"
)

// writer is one write transaction.
type writer struct {
	tx    *bolt.Tx
	now   time.Time // read once, in UTC to the millisecond
	words words
	index *wordIndex
	// origin signs new events; own is its record, nil before it is asked for.
	origin cx.Origin
	own    *originRecord
	// pointers are the records that lead to an event, nil before they are asked
	// for; see forgetPointers.
	pointers map[cx.ID][]pointer
}

// request is a change that waits for its transaction.
type request struct {
	// do makes the change. It may run more than once, in transactions that are
	// rolled back.
	do   func(*writer) error
	err  error
	took time.Duration
	// turn ends the wait: true makes the waiting caller the leader of the next
	// transaction, false says that err and took are the answer.
	turn chan bool
	// leads is set before turn gets true.
	leads bool
}

// write makes a change durable, together with those that other callers asked
// for meanwhile: whoever comes first leads, commits for all who came while the
// transaction before was under way, and passes the lead on. So one flush carries
// many events when it has to, and a single caller waits for nobody.
func (s *Store) write(ctx context.Context, do func(*writer) error) (time.Duration, error) {
	if s.readOnly {
		return 0, fmt.Errorf("writing to database %s: %w", s.path, ErrReadOnly)
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	r := &request{do: do, turn: make(chan bool, 1)} // 1: the leader never waits for a follower
	s.queueMu.Lock()
	s.queue = append(s.queue, r)
	lead := !s.led
	s.led = true
	s.queueMu.Unlock()
	if !lead {
		select {
		case lead = <-r.turn:
		case <-ctx.Done():
			if s.withdraw(r) {
				return 0, ctx.Err()
			}
			lead = <-r.turn
		}
	}
	if lead {
		s.lead()
	}
	return r.took, r.err
}

// withdraw takes a request out of the queue, unless its transaction has begun or
// it leads the next.
func (s *Store) withdraw(r *request) bool {
	s.queueMu.Lock()
	defer s.queueMu.Unlock()
	i := slices.Index(s.queue, r)
	if i < 0 || r.leads {
		return false
	}
	s.queue = slices.Delete(s.queue, i, i+1)
	return true
}

// lead commits what is queued, the caller's own request with it.
func (s *Store) lead() {
	s.assemble()
	s.queueMu.Lock()
	group := s.queue
	s.queue = nil
	s.queueMu.Unlock()

	s.commit(slices.Clone(group))

	s.queueMu.Lock()
	s.crowd = len(group) + len(s.queue)
	s.led = len(s.queue) > 0
	if s.led {
		s.queue[0].leads = true
		s.queue[0].turn <- true
	}
	s.queueMu.Unlock()
	for _, r := range group {
		if !r.leads {
			r.turn <- false
		}
	}
}

// patience is how often a leader lets others run before it gives up on one more
// who may come in: some tens of microseconds where nobody else runs, a fraction of
// a flush.
const patience = 500

// assemble lets those who were answered last come in for this transaction, if they
// are about to ask again: else the first of them would have it alone, and the
// others would wait for two. A caller who was alone waits for nobody.
func (s *Store) assemble() {
	for idle, before := 0, 0; idle < patience; idle++ {
		s.queueMu.Lock()
		n, crowd := len(s.queue), s.crowd
		s.queueMu.Unlock()
		if n >= crowd {
			return
		}
		if n > before {
			before, idle = n, 0
		}
		runtime.Gosched()
	}
}

// commit puts a group into one transaction. A request that cannot be done is
// taken out and the others start again: it must not cost them their event.
func (s *Store) commit(group []*request) {
	for len(group) > 0 {
		var failed *request
		start := time.Now()
		err := s.update(func(w *writer) error {
			for _, r := range group {
				if r.err = r.do(w); r.err != nil {
					failed = r
					return r.err
				}
			}
			return nil
		})
		if failed != nil {
			failed.err = s.named(failed.err)
			group = slices.DeleteFunc(group, func(r *request) bool { return r == failed })
			continue
		}
		for _, r := range group {
			r.err, r.took = err, time.Since(start)
		}
		return
	}
}

// update runs one write transaction. After a fault in one, bbolt may hold its
// locks for good, so no other is begun.
func (s *Store) update(do func(*writer) error) error {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.writing.Store(time.Now().UnixNano())
	defer s.writing.Store(0)
	if err := s.faulted(); err != nil {
		return err
	}
	err := s.mend()
	if err == nil {
		err = s.transaction(do)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return fmt.Errorf("writing to database %s: %w", s.path, ErrClosed)
	case errors.Is(err, ErrDamaged):
		return s.named(err)
	}
	return fmt.Errorf("writing to database %s: %w", s.path, err)
}

// transaction runs a transaction on a file that is fit for one. The caller holds
// writeMu.
func (s *Store) transaction(do func(*writer) error) error {
	var id uint64
	done := false
	err := guard(func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			id = uint64(tx.ID())
			w, err := s.begin(tx)
			if err == nil {
				err = do(w)
			}
			done = err == nil
			return err
		})
	})
	if err == nil {
		return nil
	}
	s.index = nil // it may know words of the transaction that was rolled back
	switch {
	case errors.Is(err, errFault):
		s.fault(err)
	case done:
		err = s.failed(id, err)
	case errors.Is(err, bolterrors.ErrInvalidMapping):
		s.unmapped = true
	}
	return err
}

func (s *Store) begin(tx *bolt.Tx) (*writer, error) {
	if _, err := pagesOf(tx); err != nil {
		return nil, err
	}
	w, err := s.words.at(tx)
	if err != nil {
		return nil, err
	}
	if s.index == nil {
		s.index = indexWords(w)
	}
	return &writer{tx: tx, now: s.clock(), words: w, index: s.index, origin: s.origin}, nil
}

// view runs one read transaction. Nothing of it may be used after it but copies.
func (s *Store) view(ctx context.Context, do func(*bolt.Tx, words) error) error {
	return s.transact(ctx, func(tx *bolt.Tx) error {
		w, err := s.words.at(tx)
		if err != nil {
			return err
		}
		return do(tx, w)
	})
}

// transact runs a transaction that changes nothing.
func (s *Store) transact(ctx context.Context, do func(*bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if err := s.faulted(); err != nil {
		return err
	}
	if s.db == nil {
		return fmt.Errorf("reading database %s: %w", s.path, errNotReopened)
	}
	began := false
	err := guard(func() error {
		tx, err := s.db.Begin(false)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // its only error is that it is over
		began = true
		defer keepPages(tx)()
		if _, err := pagesOf(tx); err != nil {
			return err
		}
		return do(tx)
	})
	if errors.Is(err, errFault) && !began {
		s.fault(err) // bbolt may hold its own locks for good
	}
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return fmt.Errorf("reading database %s: %w", s.path, ErrClosed)
	}
	return s.named(err)
}

// named puts the file's name before what is wrong with the file.
func (s *Store) named(err error) error {
	if errors.Is(err, ErrDamaged) {
		return fmt.Errorf("database %s: %w", s.path, err)
	}
	return err
}
