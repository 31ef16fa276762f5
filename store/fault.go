package store

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// errFault marks damage that made the reading code panic.
var errFault = errors.New("it cannot be read")

// guard runs fn and turns a panic into an error that wraps [ErrDamaged]. bbolt
// reads a memory map and trusts what it finds there: pages that are cut off, or
// hold something else, show as faults and as panics of its own. That is sound
// because fn is Go code that only reads the map; what it holds locked is
// bbolt's, and the callers see to that.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case damage:
			err = r.error
		default:
			err = fmt.Errorf("%w: %w: %v", ErrDamaged, errFault, r)
		}
	}()
	return fn()
}

// damage is what code panics with that finds damage and has no other way to say
// so.
type damage struct{ error }

// fault stops all further use of the file.
func (s *Store) fault(err error) {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	if s.faultErr == nil {
		s.faultErr = err
	}
}

func (s *Store) faulted() error {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	if s.faultErr != nil {
		return s.named(s.faultErr)
	}
	return nil
}
