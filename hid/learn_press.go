package hid

import (
	"slices"
	"time"
)

const (
	// A burst is at least so many key-downs, of at least two keys: no key cap says so much, and every text does.
	burstKeys = 4

	// heldEnough is how long a key stays down before it is told of without its release: a switch that latches has none.
	heldEnough = 5 * time.Second
)

// keyPress is a key that went down and, unless up is zero, up.
type keyPress struct {
	key      Key
	down, up time.Time
}

// pressLearner finds out what one press of a described device is: what it sends until it is quiet for burstGap.
type pressLearner struct {
	debounce time.Duration
	typed    // since it was quiet
	last     time.Time
}

// typed is the keys of one press in the order in which they went down, at most maxLearned.
type typed struct {
	presses []keyPress
	anyUp   bool
	afterUp bool // a key went down after another went up, which a chord does not do
}

// maxLearned bounds what is kept of a macro; a burst is long known to be one by then.
const maxLearned = 64

// change takes one key change; what appears to be a new press ends the one before, whose key may still be down.
func (p *pressLearner) change(c Change, now time.Time) (over typed) {
	if c.Down && len(p.presses) > 0 && now.Sub(p.last) >= burstGap {
		over = p.end()
	}
	i := p.lastOf(c.Key)
	switch {
	case !c.Down && i >= 0 && p.presses[i].up.IsZero():
		p.presses[i].up, p.anyUp = now, true
	case !c.Down:
		return over // it was down before
	case i >= 0 && now.Sub(p.presses[i].up) < p.debounce:
		p.presses[i].up = time.Time{} // it bounced
	case len(p.presses) < maxLearned:
		p.presses = append(p.presses, keyPress{key: c.Key, down: now})
		p.afterUp = p.afterUp || p.anyUp
	}
	p.last = now
	return over
}

// lastOf is where the latest press of a key is, -1 for nowhere.
func (p *pressLearner) lastOf(k Key) int {
	for i, press := range slices.Backward(p.presses) {
		if press.key == k {
			return i
		}
	}
	return -1
}

// next is when the press under way is over; zero when there is none.
func (p *pressLearner) next() time.Time {
	switch {
	case len(p.presses) == 0:
		return time.Time{}
	case slices.ContainsFunc(p.presses, func(k keyPress) bool { return k.up.IsZero() }):
		return p.last.Add(heldEnough)
	}
	return p.last.Add(burstGap)
}

// end gives up what was pressed, and starts over.
func (p *pressLearner) end() typed {
	over := p.typed
	p.typed = typed{}
	return over
}

// isBurst tells whether this was typed by a machine.
func (t typed) isBurst() bool {
	return t.afterUp && len(t.presses) >= burstKeys &&
		slices.ContainsFunc(t.presses, func(k keyPress) bool { return k.key != t.presses[0].key })
}

// theKey is what was pressed: of a chord the key that is no modifier, and not the NumLock around it.
func (t typed) theKey() keyPress {
	for _, k := range t.presses {
		if k.key != numLockKey && !k.key.isModifier() {
			return k
		}
	}
	return t.presses[0]
}

// isModifier reports whether the key is one of Control, Shift, Alt and GUI: HID Usage Tables 1.5, section 10.
func (k Key) isModifier() bool { return k.Page == PageKeyboard && k.Usage >= 0xe0 && k.Usage <= 0xe7 }
