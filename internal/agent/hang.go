package agent

import (
	"errors"
	"fmt"
	"time"
)

// hangsAfter is how long a write may be under way until it is told as one that failed:
// the rep is to know, and the alarm to be raised, within five seconds.
const hangsAfter = 4 * time.Second

// errHangs means that a write neither ended nor failed: a disk that hangs, as one
// across a network or with a loose cable does. Nothing ends such a write. Whoever has
// to answer somebody waits for it only so long, and it goes on by itself.
var errHangs = errors.New("the disk does not answer: a write has been under way for seconds")

// errUnderWay is errHangs of a write that was begun: it may be done yet.
var errUnderWay = fmt.Errorf("%w, and may be done yet", errHangs)

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

// ended reports whether it has ended.
func (w *work[T]) ended() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// writing is a write of the database, for the alarm: it is raised when the write takes too
// long.
type writing struct {
	desk  *Desk
	timer *time.Timer
	over  bool // guarded by the desk's mu
}

// watch watches a write that begins now.
func (d *Desk) watch() *writing {
	w := &writing{desk: d}
	w.timer = time.AfterFunc(d.patience, w.late)
	return w
}

// end says that the write has ended. It comes before [Desk.worked]: an alarm that is late
// must not be raised behind it.
func (w *writing) end() {
	w.timer.Stop()
	w.desk.mu.Lock()
	defer w.desk.mu.Unlock()
	w.over = true
}

// late raises the alarm, unless the write has ended.
func (w *writing) late() {
	w.desk.mu.Lock()
	defer w.desk.mu.Unlock()
	if !w.over {
		w.desk.fail(errHangs)
	}
}

// write begins a write that is watched.
func write[T any](d *Desk, do func(*writing) (T, error)) (*work[T], *writing) {
	w := d.watch()
	return begin(func() (T, error) {
		defer w.end()
		return do(w)
	}), w
}

// attempt does something with the database for somebody who must be answered. Where
// that hangs it goes on by itself, and the error is errUnderWay; while something hangs
// already it is not begun, and the error is errHangs.
func attempt[T any](d *Desk, do func(*writing) (T, error)) (T, error) {
	var none T
	if d.hangs() {
		return none, errHangs
	}
	doing, w := write(d, do)
	if !doing.within(d.patience) {
		w.late()
		return none, errUnderWay
	}
	return doing.value, doing.err
}

// hangs reports whether a write was found to hang and none has ended since.
func (d *Desk) hangs() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return errors.Is(d.trouble.err, errHangs)
}
