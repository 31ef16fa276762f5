package hid

import "time"

// numLockKey is the NumLock key: HID Usage Tables 1.5, section 10.
var numLockKey = Key{Page: PageKeyboard, Usage: 0x53}

// wrapWithin is how close before or after another key a NumLock press is that key's wrapping. Keypads send a report every 8 to
// 10 ms, and a wrapping takes two or three of them; a finger takes longer from key to key.
const wrapWithin = 60 * time.Millisecond

// timedChange is a key change and when it came.
type timedChange struct {
	Change
	at time.Time
}

// numLock takes out the NumLock presses that some keypads put before and after each key, as it then types a digit whatever
// the state of NumLock (13ba:0001 in github.com/thkala/actkbd, issue 6). A NumLock press alone passes, wrapWithin late.
type numLock struct {
	down, up time.Time // of a press that may yet turn out to be a wrapping; zero: none
	other    time.Time // when another key last changed
}

// change takes one key change and appends what counts of it and before it.
func (n *numLock) change(c Change, at time.Time, out []timedChange) []timedChange {
	out = n.advance(at, out)
	if c.Key != numLockKey {
		if c.Down {
			n.down, n.up = time.Time{}, time.Time{}
		}
		n.other = at
		return append(out, timedChange{c, at})
	}
	switch {
	case c.Down && at.Sub(n.other) < wrapWithin:
		// A wrapping. Its release passes, and releases nothing.
	case c.Down:
		out = n.flush(out)
		n.down = at
	case !n.down.IsZero():
		n.up = at
	default:
		return append(out, timedChange{c, at})
	}
	return out
}

// advance appends a press that was alone, once that is sure.
func (n *numLock) advance(now time.Time, out []timedChange) []timedChange {
	if t := n.next(); t.IsZero() || now.Before(t) {
		return out
	}
	return n.flush(out)
}

// next is when advance must be called at the latest; zero when nothing waits.
func (n *numLock) next() time.Time {
	if n.down.IsZero() {
		return time.Time{}
	}
	return n.down.Add(wrapWithin)
}

// flush appends the press that waits.
func (n *numLock) flush(out []timedChange) []timedChange {
	if !n.down.IsZero() {
		out = append(out, timedChange{Change{numLockKey, true}, n.down})
	}
	if !n.up.IsZero() {
		out = append(out, timedChange{Change{numLockKey, false}, n.up})
	}
	n.down, n.up = time.Time{}, time.Time{}
	return out
}
