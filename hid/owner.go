package hid

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// reportBytes holds the longest input report of a known button device (a Stream Deck's 1024); a longer one is cut.
const reportBytes = 1024

// errResumed is that the computer slept, so that the device is opened anew.
var errResumed = errors.New("the computer slept")

// owner is the one goroutine that has a device: it opens, reads, and it alone closes. While the device is open it never
// waits for whoever takes the presses, for the disk, nor for lights, which a goroutine of their own writes: unread reports
// are lost silently.
type owner struct {
	listener   *Listener
	tracked    *tracked
	device     Device
	descriptor *Descriptor
	profile    *Profile // nil: none
	plan       atomic.Pointer[plan]
	lights     *lightBox
	appeared   time.Time // when it was plugged in, by the monotonic clock; zero: long ago
	sleep      sleepWatch
	cancel     context.CancelFunc
	done       chan struct{} // closed when the device was given back

	conn    Conn
	decoder *Decoder
	poller  poller
	numLock numLock
	burst   burst
	gesture *recognizer
	learner *learner // nil: what is pressed counts
	shining *shining // nil: no lights
	current *plan    // what gesture was told to want

	changes []Change      // reused
	timed   []timedChange // reused
	made    []made        // reused
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
	now := l.now()
	o.conn, o.gesture = conn, newRecognizer()
	o.poller, o.burst = newPoller(o.profile, now.mono), newBurst(now.mono, o.appeared)
	o.lights.take() // an answer from before is late
	o.takePlan(now)
	player := newPlayer(o.device, o.descriptor, now.mono)
	l.listening(o.tracked, player != nil)
	if player != nil {
		o.shining = shine(conn, player, o.lights, o.unlit)
	}
	return errors.Join(o.listen(ctx), o.close())
}

// listen reads until the device is to be closed (nil) or fails.
func (o *owner) listen(ctx context.Context) error {
	buf := make([]byte, reportBytes)
	now := o.listener.now()
	for ctx.Err() == nil {
		if request := o.poller.due(now.mono); request != nil {
			// One that is asked only once speaks by itself too: reading will tell whether it is gone.
			if err := o.conn.Write(request); err != nil && o.poller.every > 0 {
				return fmt.Errorf("asking %s for its state: %w", o.device.Path, err)
			}
		}
		n, err := o.conn.ReadTimeout(buf, o.patience(now.mono))
		if err != nil {
			return fmt.Errorf("reading %s: %w", o.device.Path, err)
		}
		now = o.listener.now()
		o.takePlan(now)
		o.handle(buf[:n], now) // first: what was read must count, whatever the clock says
		if o.sleep.resumed(now) {
			return errResumed
		}
	}
	return nil
}

// takePlan puts a new plan in force.
func (o *owner) takePlan(now instant) {
	p := o.plan.Load()
	if p == o.current {
		return
	}
	if o.decoder == nil || !slices.Equal(o.current.raw, p.raw) {
		o.newDecoder(p, now)
	}
	o.switchLearning(p, now)
	o.current = p
	o.listener.cut.Add(uint64(o.gesture.want(p.keys, p.timing)))
	if !p.wraps() {
		o.numLock = numLock{}
	}
}

// newDecoder has the raw keys of a plan decoded too. Keys that are down are let go, as what they were wanted for until now.
func (o *owner) newDecoder(p *plan, now instant) {
	if o.decoder != nil {
		o.changes = o.decoder.Reset(o.changes[:0])
		o.count(now.mono)
		o.deliver(now)
		clear(o.changes)
	}
	o.decoder = NewDecoder(o.descriptor, p.raw...)
}

// patience is how long to wait for a report: until something else is due.
func (o *owner) patience(now time.Time) time.Duration {
	wait := o.listener.opts.ReadTimeout
	due := [...]time.Time{o.gesture.next(), o.numLock.next(), o.poller.next, {}}
	if o.learner != nil {
		due[3] = o.learner.next()
	}
	for _, t := range due {
		if !t.IsZero() {
			wait = min(wait, t.Sub(now))
		}
	}
	return max(wait, 0)
}

// handle takes a report; none, or a zero-length one, is only that time has passed.
func (o *owner) handle(report []byte, now instant) {
	switch {
	case len(report) == 0:
	case o.poller.isFirst(report):
		o.decoder.Baseline(report)
	default:
		o.burst.report(now.mono)
		o.changes = o.decoder.Decode(report, o.changes[:0])
		if o.learner == nil {
			o.count(now.mono)
		} else {
			o.learner.take(report, o.changes, now.mono)
		}
		clear(o.changes)
	}
	if o.learner != nil {
		o.learner.advance(now.mono)
		return
	}
	o.timed = o.numLock.advance(now.mono, o.timed[:0])
	o.recognize()
	o.made = o.gesture.advance(now.mono, o.made)
	if seen := o.gesture.tapOnly(); seen || o.gesture.held > 0 {
		o.tracked.tapOnly.Store(seen)
	}
	o.deliver(now)
}

// count makes presses of the key changes. This is where keys that are not wanted end: the recogniser takes no others, of what
// is wanted as any key only that there was a press goes on, and nothing else sees a change.
func (o *owner) count(now time.Time) {
	types := o.profile != nil && o.profile.Burst
	anyKey, wantsAny := o.current.keys[AnyKey]
	for _, c := range o.changes {
		_, wanted := o.current.keys[c.Key]
		if types || wantsAny && !wanted {
			begins := o.burst.change(c, now)
			switch {
			case begins && o.burst.swallowed:
				o.tracked.swallowed.Add(1)
			case begins && wantsAny && !wanted && anyKey.gestures.Tap:
				o.made = append(o.made, made{key: AnyKey, gesture: Tap, at: now})
			}
			if types && o.burst.swallowed {
				continue
			}
		}
		o.timed = append(o.timed[:0], timedChange{c, now})
		if o.current.wraps() {
			o.timed = o.numLock.change(c, now, o.timed[:0])
		}
		o.recognize()
	}
}

// recognize has the recogniser take the changes that are certain.
func (o *owner) recognize() {
	for _, c := range o.timed {
		o.made = o.gesture.change(c.Change, c.at, o.made)
	}
	clear(o.timed)
	o.timed = o.timed[:0]
}

// deliver passes on what was recognised, and never waits for it to be taken.
func (o *owner) deliver(now instant) {
	l := o.listener
	for _, m := range o.made {
		at := now.wallAt(m.at)
		press := Press{Name: o.current.keys[m.key].name, Device: o.device, Key: m.key, Gesture: m.gesture, At: at}
		o.tracked.lastPress.Store(&at)
		select {
		case l.presses <- press:
		default: // no log line either: that could wait too
			l.dropped.Add(1)
			o.lights.ask(m.key, NotStored)
		}
	}
	o.made = o.made[:0]
}

// letGo ends every gesture under way.
func (o *owner) letGo(now instant) {
	if o.current == nil {
		return // nothing was wanted yet
	}
	o.timed = o.numLock.flush(o.timed[:0])
	o.recognize()
	var cut int
	o.made, cut = o.gesture.stop(o.made)
	o.listener.cut.Add(uint64(cut))
	o.deliver(now)
}

// unlit notes that the lights were given up.
func (o *owner) unlit(err error) {
	o.listener.log.Info("lights were given up", "device", o.device.Path, "err", err)
	o.tracked.unlit.Store(true)
}

// close lets go of every key, has the lights put back and closes the device.
func (o *owner) close() error {
	o.letGo(o.listener.now())
	if o.shining != nil {
		o.shining.end()
	}
	if err := o.conn.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", o.device.Path, err)
	}
	return nil
}
