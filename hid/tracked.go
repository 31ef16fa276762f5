package hid

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// settleTime is how long an interface that is new, or was just given back, may be without descriptor or driver before it
	// is taken to have none: the kernel announces it before its driver has looked at it. A keypad takes milliseconds.
	settleTime = 500 * time.Millisecond

	// A device that fails is tried again after firstRetry, then twice that, up to maxRetry; one that worked for
	// stableSession starts over.
	firstRetry    = 100 * time.Millisecond
	maxRetry      = 5 * time.Second
	stableSession = 2 * time.Second

	// troubleGrace is how long a device may fail before it is worth a warning: udev sets the permissions of a new device
	// some hundred milliseconds after the kernel announced it, and an unplugged one fails before it is gone.
	troubleGrace = time.Second
)

// tracked is what the Listener knows of a device that is present. Listener.mu guards what guards itself not.
type tracked struct {
	DeviceState
	descriptor    *Descriptor // nil: not understood, see problem
	problem       error
	settlingSince time.Time // since it was plugged in, or closed
	owner         *owner    // nil: nobody reads it
	failures      int       // attempts in a row
	failingSince  time.Time
	nextTry       time.Time
	warned        bool // about the failures in a row
	lights        lightBox
	lastPress     atomic.Pointer[time.Time] // set by the owner, which must not wait for Listener.mu
	unlit         atomic.Bool               // set by the owner: the device does not answer
}

func (t *tracked) snapshot() DeviceState {
	s := t.DeviceState
	if at := t.lastPress.Load(); at != nil {
		s.LastPress = *at
	}
	s.Lights = s.Lights && !t.unlit.Load()
	return s
}

func (t *tracked) become(s State, err error, now time.Time) {
	if s != t.State {
		t.Since = now
	}
	t.State, t.Err, t.Fix = s, err, fixOf(err)
	if s != Listening {
		t.Lights = false
	}
}

// look compares what is plugged in with what is wanted, and starts and stops device goroutines. It returns how soon it
// must be called again for something that only time brings about. Only Run calls it.
func (l *Listener) look(ctx context.Context, running *sync.WaitGroup) time.Duration {
	devices, err := l.bus.Devices()
	now := l.opts.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if text := err.Error(); text != l.busTrouble {
			l.busTrouble = text
			l.log.Warn("devices were not listed", "err", err)
		}
		return maxRetry
	}
	l.busTrouble = ""
	l.notePresent(devices, now)
	l.noteGone(devices, now)
	wait := maxRetry
	for _, t := range l.devices {
		if after := l.decide(ctx, running, t, now); after > 0 {
			wait = min(wait, after)
		}
	}
	return wait
}

// notePresent brings the known devices up to date with those listed. What an open one does not list, its descriptor and
// lights, is in its claim.
func (l *Listener) notePresent(devices []Device, now time.Time) {
	for _, d := range devices {
		t := l.devices[d.Path]
		if t != nil && !newClaim(t.Device).Matches(d) {
			l.drop(t, now) // another device in its place
			t = nil
		}
		if t == nil {
			t = &tracked{settlingSince: now, DeviceState: DeviceState{Device: d, Since: now}}
			l.devices[d.Path] = t
			l.gone = slices.DeleteFunc(l.gone, func(g DeviceState) bool { return sameUnit(g.Device, d) })
		}
		if claim, ok := l.claims.of(d); ok && d.Descriptor == nil {
			d.Descriptor, d.Lit = claim.Descriptor, claim.Lit
		}
		known := t.Device
		t.Device = d
		if t.descriptor == nil || !slices.Equal(known.Descriptor, d.Descriptor) {
			t.descriptor, t.problem = t.Device.Layout()
		}
	}
}

// sameUnit tells whether two devices may well be one that moved to another port.
func sameUnit(a, b Device) bool {
	return a.Model() == b.Model() && a.Serial == b.Serial && a.Interface == b.Interface
}

// noteGone forgets the devices that are not listed any more.
func (l *Listener) noteGone(devices []Device, now time.Time) {
	for path, t := range l.devices {
		if !slices.ContainsFunc(devices, func(d Device) bool { return d.Path == path }) {
			l.drop(t, now)
		}
	}
}

func (l *Listener) drop(t *tracked, now time.Time) {
	delete(l.devices, t.Device.Path)
	if t.owner != nil {
		t.owner.cancel()
	}
	if len(t.Names) == 0 || t.State == Unneeded {
		return
	}
	l.log.Info("device was unplugged", "device", t.Device.Path, "model", t.Device.Model())
	t.become(Gone, nil, now)
	l.gone = append(l.gone, t.snapshot())
	if over := len(l.gone) - maxGone; over > 0 {
		l.gone = slices.Delete(l.gone, 0, over)
	}
}

// decide does with one device what is wanted of it. The result is when to decide again, 0 for when something changes.
func (l *Listener) decide(ctx context.Context, running *sync.WaitGroup, t *tracked, now time.Time) time.Duration {
	plan, names := planFor(t.Device, t.descriptor, l.wanted)
	plan.timing = l.timing
	t.Names = names
	settling := settleTime - now.Sub(t.settlingSince)
	unsettled := settling > 0 && (t.Device.Descriptor == nil || t.Device.Driver == "")
	switch {
	case len(names) == 0:
		l.letGo(t)
		l.checkUnused(t, now)
		return 0
	case unsettled && t.owner == nil:
		t.become(Opening, nil, now)
		return settling
	case t.descriptor == nil:
		l.cannotDecode(t, now)
		return 0
	case len(plan.keys) == 0:
		l.letGo(t)
		t.become(Unneeded, nil, now)
		return 0
	case t.owner != nil:
		t.owner.plan.Store(plan)
		return 0
	case l.owners[t.Device.Path] != nil: // of the device that was unplugged here a moment ago; its end has this looked at again
		t.become(Opening, nil, now)
		return 0
	case now.Before(t.nextTry):
		return t.nextTry.Sub(now)
	}
	if t.failures == 0 {
		t.become(Opening, nil, now)
	}
	l.start(ctx, running, t, plan)
	return 0
}

// cannotDecode notes why a wanted device has no descriptor that can be used: another program may have it.
func (l *Listener) cannotDecode(t *tracked, now time.Time) {
	if checker, ok := l.bus.(Checker); ok {
		if err := checker.Check(t.Device); errors.Is(err, ErrBusy) {
			t.become(Busy, err, now)
			return
		}
	}
	if t.State != Failed {
		l.log.Warn("device cannot be used", "device", t.Device.Path, "model", t.Device.Model(), "err", t.problem)
	}
	t.become(Failed, t.problem, now)
}

// letGo stops reading a device that is not wanted any more.
func (l *Listener) letGo(t *tracked) {
	if t.owner != nil {
		t.owner.cancel()
	}
}

// checkUnused finds out what it would take to use a device, without opening it.
func (l *Listener) checkUnused(t *tracked, now time.Time) {
	checker, ok := l.bus.(Checker)
	if t.owner != nil || !ok {
		t.become(Usable, nil, now)
		return
	}
	err := checker.Check(t.Device)
	s := stateOf(err)
	if s == Failed {
		s = Usable
	}
	t.become(s, err, now)
}

// stateOf is the state of a device that cannot be opened for this reason.
func stateOf(err error) State {
	switch {
	case err == nil:
		return Usable
	case errors.Is(err, ErrBusy):
		return Busy
	case errors.Is(err, ErrNoPermission):
		return NoPermission
	}
	return Failed
}

// start hands a device to a goroutine of its own.
func (l *Listener) start(ctx context.Context, running *sync.WaitGroup, t *tracked, p *plan) {
	ctx, cancel := context.WithCancel(ctx)
	o := &owner{listener: l, tracked: t, device: t.Device, descriptor: t.descriptor, lights: &t.lights, cancel: cancel}
	o.plan.Store(p)
	t.owner, l.owners[t.Device.Path] = o, o
	running.Go(func() {
		defer cancel()
		began := l.opts.Now()
		err := o.session(ctx)
		l.ended(o, err, l.opts.Now(), began)
		l.lookAgain()
	})
}

// listening notes that a device is open.
func (l *Listener) listening(t *tracked, lights bool) {
	now := l.opts.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t.become(Listening, nil, now)
	t.Lights = lights
	t.unlit.Store(false)
	t.warned = false
	l.log.Info("device was opened", "device", t.Device.Path, "model", t.Device.Model())
}

// ended notes that a device is closed, or could not be opened; a nil err is that it was to be closed.
func (l *Listener) ended(o *owner, err error, now, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := o.tracked
	t.owner = nil
	delete(l.owners, o.device.Path)
	if o.conn != nil {
		t.settlingSince = now // the system's driver may still be looking at it
	}
	if now.Sub(began) >= stableSession {
		t.failures = 0
	}
	if err == nil || errors.Is(err, errResumed) {
		t.become(Opening, nil, now) // until the next look decides
		return
	}
	if t.failures == 0 {
		t.failingSince = now
	}
	t.failures++
	t.nextTry = now.Add(retryAfter(t.failures))
	t.become(stateOf(err), err, now)
	if !t.warned && now.Sub(t.failingSince) >= troubleGrace {
		t.warned = true
		l.log.Warn("device cannot be used", "device", t.Device.Path, "model", t.Device.Model(), "err", err, "fix", t.Fix)
	}
}

// retryAfter is how long to wait after so many failures in a row.
func retryAfter(failures int) time.Duration {
	wait := firstRetry
	for range failures - 1 {
		if wait *= 2; wait >= maxRetry {
			return maxRetry
		}
	}
	return wait
}
