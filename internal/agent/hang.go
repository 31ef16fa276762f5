package agent

import (
	"errors"
	"time"
)

// hangsAfter is how long a write may be under way until it is told as one that failed:
// the rep is to know, and the alarm to be raised, within five seconds.
const hangsAfter = 4 * time.Second

// errHangs means that a write neither ended nor failed: a disk that hangs, as one
// across a network or with a loose cable does. Nothing ends such a write. Whoever has
// to answer somebody waits for it only so long, and it goes on by itself.
var errHangs = errors.New("the disk does not answer: a write has been under way for seconds")

// work goes on by itself, whether or not anybody waits for it.
type work[T any] struct {
	done  chan struct{} // closed when value and err are there
	value T
	err   error
}

func begin[T any](do func() (T, error)) *work[T] {
	w := &work[T]{done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.value, w.err = do()
	}()
	return w
}

// within waits until it has ended, for a while at most, and reports whether it has.
func (w *work[T]) within(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.done:
		return true
	case <-timer.C:
		return false
	}
}

// attempt does something with the database for somebody who must be answered. Where
// that hangs it goes on by itself, and the error is errHangs; while something hangs
// already it is not begun.
func attempt[T any](d *Desk, do func() (T, error)) (T, error) {
	var none T
	if d.hangs() {
		return none, errHangs
	}
	w := begin(do)
	if !w.within(d.patience) {
		d.failed(errHangs)
		return none, errHangs
	}
	return w.value, w.err
}

// hangs reports whether a write was found to hang and none has ended since.
func (d *Desk) hangs() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return errors.Is(d.trouble.err, errHangs)
}
