package hid

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// look compares what is plugged in with what is wanted, and starts and stops device goroutines. It returns how soon it
// must be called again for something that only time brings about. Only Run calls it.
func (l *Listener) look(ctx context.Context, running *sync.WaitGroup) time.Duration {
	devices, err := l.bus.Devices()
	wait, unused := l.decideAll(ctx, running, devices, err)
	l.checkUnused(unused)
	return wait
}

// decideAll does with each device what is wanted of it. Unused are those that nobody wants.
func (l *Listener) decideAll(ctx context.Context, running *sync.WaitGroup, devices []Device, err error) (wait time.Duration, unused []*tracked) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	wait = pollHeard
	if err != nil {
		if text := err.Error(); text != l.busTrouble {
			l.busTrouble = text
			l.log.Warn("devices were not listed", "err", err)
		}
		return maxRetry, nil
	}
	l.busTrouble = ""
	l.notePresent(devices, now)
	l.noteGone(devices, now)
	l.looked = true
	for _, path := range slices.Sorted(maps.Keys(l.devices)) {
		t := l.devices[path]
		if after := l.decide(ctx, running, t, now); after > 0 {
			wait = min(wait, after)
		}
		if t.unused {
			unused = append(unused, t)
		}
	}
	return wait, unused
}

// decide does with one device what is wanted of it. The result is when to decide again, 0 for when something changes.
func (l *Listener) decide(ctx context.Context, running *sync.WaitGroup, t *tracked, now instant) time.Duration {
	plan, names := planFor(t.Device, t.descriptor, l.wanted)
	plan.timing, plan.learn = l.timing, l.learn
	t.Names, t.unused = names, false
	learns, wait := false, time.Duration(0)
	if l.learn != nil {
		learns, wait = l.learnsFrom(t, len(plan.keys) > 0, now)
	}
	switch {
	case len(names) == 0 && !learns:
		l.letGo(t)
		t.unused = true
		return wait
	case t.owner == nil && t.unsettled(now):
		t.become(Opening, nil, now)
		return t.settling(now)
	case t.descriptor == nil:
		l.cannotDecode(t, now)
	case len(plan.keys) == 0 && !learns:
		l.letGo(t)
		t.become(Unneeded, nil, now)
		return wait
	case t.owner != nil:
		t.owner.plan.Store(plan)
	case l.owners[t.Device.Path] != nil: // of the device that was unplugged here a moment ago; its end has this looked at again
		t.become(Opening, nil, now)
	case now.mono.Before(t.nextTry):
		wait = t.nextTry.Sub(now.mono)
	default:
		if t.failures == 0 {
			t.become(Opening, nil, now)
		}
		l.start(ctx, running, t, plan)
	}
	if l.learn != nil {
		l.announce(t, now)
	}
	return wait
}

// announce tells whoever learns that a device is open, or cannot be.
func (l *Listener) announce(t *tracked, now instant) {
	switch {
	case t.State == Listening && t.descriptor.HasKeys() && !t.descriptor.takesRaw():
		l.tellOnce(t, SawReady, nil)
	case t.Err != nil && (t.failures == 0 || now.mono.Sub(t.failingSince) >= troubleGrace):
		l.tellOnce(t, SawFailed, t.Err)
	}
}

// cannotDecode notes why a wanted device has no descriptor that can be used: another program may have it.
func (l *Listener) cannotDecode(t *tracked, now instant) {
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

// checkUnused finds out what it would take to use devices that nobody wants, without opening them. That takes a while on a slow
// machine, so it is done without the lock, and given up for the next look when something changes meanwhile: what is
// wanted comes first.
func (l *Listener) checkUnused(unused []*tracked) {
	slices.SortFunc(unused, func(a, b *tracked) int { return a.checked.Compare(b.checked) })
	checker, _ := l.bus.(Checker)
	for _, t := range unused {
		if len(l.wake) > 0 {
			return
		}
		var err error
		if checker != nil {
			err = checker.Check(t.Device)
		}
		l.noteUnused(t, err)
	}
}

func (l *Listener) noteUnused(t *tracked, err error) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t.checked = now.mono
	if t.owner != nil {
		err = nil // it is this program that has the device, for a moment yet
	}
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
	o := &owner{
		listener: l, tracked: t, device: t.Device, descriptor: t.descriptor, profile: t.Profile, lights: &t.lights,
		appeared: t.appeared, sleep: sleepWatch{quiet: t.resumeQuiet}, cancel: cancel, done: make(chan struct{}),
	}
	o.plan.Store(p)
	t.owner, l.owners[t.Device.Path] = o, o
	running.Go(func() {
		defer close(o.done)
		defer cancel()
		began := time.Now()
		err := o.session(ctx)
		l.ended(o, err, began)
		l.lookAgain()
	})
}

// listening notes that a device is open.
func (l *Listener) listening(t *tracked, lights bool) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t.become(Listening, nil, now)
	t.Lights = lights
	t.unlit.Store(false)
	if !t.noted {
		t.noted = true
		l.log.Info("device was opened", "device", t.Device.Path, "model", t.Device.Model())
	}
	if l.learn != nil {
		l.lookAgain() // to tell of it
	}
}

// ended notes that a device is closed, or could not be opened; a nil err is that it was to be closed. Began is when that
// was tried.
func (l *Listener) ended(o *owner, err error, began time.Time) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	t := o.tracked
	t.owner = nil
	delete(l.owners, o.device.Path)
	if o.conn != nil {
		t.settlingSince = now.mono // the system's driver may still be looking at it
	}
	resumed := errors.Is(err, errResumed)
	if now.mono.Sub(began) >= stableSession {
		t.failures, t.warned = 0, false
		t.noted = t.noted && resumed
	}
	if o.conn != nil && err != nil {
		t.appeared = now.mono
	}
	if resumed {
		t.resumeQuiet = now.mono.Add(resumeEvery)
	}
	if err == nil || resumed {
		t.become(Opening, nil, now) // until the next look decides
		return
	}
	if t.failures == 0 {
		t.failingSince = now.mono
	}
	t.failures++
	t.nextTry = now.mono.Add(retryAfter(t.failures))
	t.become(stateOf(err), err, now)
	if !t.warned && now.mono.Sub(t.failingSince) >= troubleGrace {
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
