package hid

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	// reportBytes holds the longest input report of a known button device (a Stream Deck's 1024); a longer one is cut.
	reportBytes = 1024

	// After a press an answer is likely soon, so reads are short for a while: the light must not wait for a long read.
	answerWithin = 500 * time.Millisecond
	answerPoll   = 10 * time.Millisecond

	// suspendedFor is how far the wall clock must run ahead of the monotonic one, which stands still while a computer
	// sleeps, to be taken for a sleep. After one some devices are dead without an error. A clock that is set forward
	// looks the same, and only costs a reopening.
	suspendedFor = 5 * time.Second
)

// errResumed is that the computer slept, so that the device is opened anew.
var errResumed = errors.New("the computer slept")

// owner is the one goroutine that has a device: it opens, reads, writes its lights, and it alone closes. It never waits
// for whoever takes the presses, nor for the disk while the device is open, as unread reports are lost silently.
type owner struct {
	listener   *Listener
	tracked    *tracked
	device     Device
	descriptor *Descriptor
	plan       atomic.Pointer[plan]
	lights     *lightBox
	cancel     context.CancelFunc

	conn    Conn
	decoder *Decoder
	gesture *recognizer
	player  *player // nil: no lights
	current *plan   // what gesture was told to want

	changes     []Change // reused
	made        []made   // reused
	answerUntil time.Time
}

// session has the device from claim to give-back. Nil means that it was to end.
func (o *owner) session(ctx context.Context) error {
	l := o.listener
	if checker, ok := l.bus.(Checker); ok {
		if err := checker.Check(o.device); err != nil {
			return err
		}
	}
	if err := l.claims.add(newClaim(o.device)); err != nil {
		return err
	}
	defer func() {
		if claim, ok := l.claims.of(o.device); ok {
			l.giveBack(claim)
		}
	}()
	conn, err := l.bus.Open(o.device)
	if err != nil {
		return err
	}
	o.conn = conn
	o.decoder, o.gesture = NewDecoder(o.descriptor), newRecognizer()
	o.player = newPlayer(o.device, o.descriptor, l.opts.Now())
	o.lights.take() // an answer from before is late
	l.listening(o.tracked, o.player != nil)
	return errors.Join(o.listen(ctx), o.close())
}

// listen reads until the device is to be closed (nil) or fails.
func (o *owner) listen(ctx context.Context) error {
	buf := make([]byte, reportBytes)
	now := o.listener.opts.Now()
	for ctx.Err() == nil {
		o.takePlan()
		n, err := o.conn.ReadTimeout(buf, o.patience(now))
		if err != nil {
			return fmt.Errorf("reading %s: %w", o.device.Path, err)
		}
		before := now
		now = o.listener.opts.Now()
		o.handle(buf[:n], now) // first: what was read must count, whatever the clock says
		if slept(before, now) {
			return errResumed
		}
		o.answer(now)
	}
	return nil
}

// slept tells whether the computer was suspended between two readings of the clock.
func slept(before, now time.Time) bool {
	return now.Round(0).Sub(before.Round(0))-now.Sub(before) > suspendedFor
}

// takePlan puts a new plan in force.
func (o *owner) takePlan() {
	if p := o.plan.Load(); p != o.current {
		o.current = p
		o.listener.cut.Add(uint64(o.gesture.want(p.keys, p.timing)))
	}
}

// patience is how long to wait for a report: until something else is due.
func (o *owner) patience(now time.Time) time.Duration {
	wait := o.listener.opts.ReadTimeout
	if o.player != nil && now.Before(o.answerUntil) {
		wait = min(wait, answerPoll)
	}
	due := []time.Time{o.gesture.next(), {}}
	if o.player != nil {
		due[1] = o.player.next()
	}
	for _, t := range due {
		if !t.IsZero() {
			wait = min(wait, t.Sub(now))
		}
	}
	return max(wait, 0)
}

// handle decodes a report. This is where keys that are not wanted end: the recogniser takes no others, and nothing else
// sees a change.
func (o *owner) handle(report []byte, now time.Time) {
	o.made = o.made[:0]
	if len(report) > 0 { // no data, or a zero-length report
		o.changes = o.decoder.Decode(report, o.changes[:0])
		for _, c := range o.changes {
			o.made = o.gesture.change(c, now, o.made)
		}
		clear(o.changes)
	}
	o.made = o.gesture.advance(now, o.made)
	o.deliver(now)
}

// deliver passes on what was recognised, and never waits for it to be taken.
func (o *owner) deliver(now time.Time) {
	l := o.listener
	for _, m := range o.made {
		press := Press{Name: o.current.keys[m.key].name, Device: o.device, Key: m.key, Gesture: m.gesture, At: m.at}
		o.answerUntil = now.Add(answerWithin)
		o.tracked.lastPress.Store(&m.at)
		select {
		case l.presses <- press:
		default: // no log line either: that could wait too
			l.dropped.Add(1)
			o.lights.ask(m.key, NotStored)
		}
	}
}

// close lets go of every key, puts the lights back and closes the device.
func (o *owner) close() error {
	var cut int
	o.made, cut = o.gesture.stop(o.made[:0])
	o.listener.cut.Add(uint64(cut))
	if o.current != nil {
		o.deliver(o.listener.opts.Now())
	}
	o.darken()
	if err := o.conn.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", o.device.Path, err)
	}
	return nil
}
