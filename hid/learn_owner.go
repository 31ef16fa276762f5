package hid

import (
	"slices"
	"time"
)

// learner tells of what is pressed on an open device, in the goroutine that reads it.
type learner struct {
	owner *owner
	learn *learning
	keys  pressLearner
	raw   *rawLearner // nil: what its reports mean is known
}

// switchLearning begins or ends learning on a device as the plan says. What was under way then is let go.
func (o *owner) switchLearning(p *plan, now instant) {
	switch {
	case p.learn == nil:
		o.learner = nil
	case o.learner == nil || o.learner.learn != p.learn:
		o.letGo(now)
		o.learner = &learner{owner: o, learn: p.learn, keys: pressLearner{debounce: p.timing.Debounce}}
		if o.descriptor.takesRaw() {
			o.learner.raw = &rawLearner{readyAt: now.mono.Add(idleFor)}
		}
	}
}

// take takes a report and the key changes that it brought.
func (l *learner) take(report []byte, changes []Change, now time.Time) {
	explained := slices.ContainsFunc(changes, func(c Change) bool { return !c.Key.isRaw() })
	if l.raw != nil && (!explained || l.raw.isWatching()) {
		l.raw.take(report, now)
		return
	}
	l.raw = nil // a Profile that nobody confirmed knows this press: it is taken to know the others too
	for _, c := range changes {
		l.tell(l.keys.change(c, now), now)
	}
}

// next is when advance must be called at the latest; zero when nothing is under way.
func (l *learner) next() time.Time {
	if l.raw != nil {
		return l.raw.next()
	}
	return l.keys.next()
}

// advance tells what time alone decides.
func (l *learner) advance(now time.Time) {
	if l.raw != nil {
		if l.raw.isReady(now) {
			l.owner.listener.ready(l.owner.tracked)
		}
		if press, ok := l.raw.end(now); ok {
			l.pressed(press, now)
		}
		return
	}
	if t := l.keys.next(); !t.IsZero() && !now.Before(t) {
		l.tell(l.keys.end(), now)
	}
}

// tell tells of one press, if there was one. What a macro device types by itself is none.
func (l *learner) tell(over typed, now time.Time) {
	o := l.owner
	if len(over.presses) == 0 {
		return
	}
	isMacro := o.profile != nil && o.profile.Burst
	if !isMacro && !over.isBurst() {
		l.pressed(over.theKey(), now)
		return
	}
	if over.presses[0].down.Before(o.burst.ownUntil) {
		o.tracked.swallowed.Add(1)
		return
	}
	l.learn.tell(Sight{What: SawPressed, Device: o.device, Key: AnyKey, TapOnly: true, Name: o.current.keys[AnyKey].name})
}

func (l *learner) pressed(k keyPress, now time.Time) {
	o := l.owner
	s := Sight{What: SawPressed, Device: o.device, Key: k.key, Held: now.Sub(k.down), Name: o.current.keys[k.key].name}
	if !k.up.IsZero() {
		s.Held = k.up.Sub(k.down)
	}
	s.TapOnly = s.Held < heldAtLeast || o.profile.tapOnly()
	l.learn.tell(s)
}
