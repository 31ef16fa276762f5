package hid

import (
	"cmp"
	"slices"
	"time"
)

// bound is what a key is wanted for on one device.
type bound struct {
	name     string // of the Wanted
	gestures Gestures
}

// made is a gesture that was recognised.
type made struct {
	key     Key
	gesture Gesture
	at      time.Time // the first key-down, by the monotonic clock
}

// recognizer turns the key changes of one device into gestures. It has no clock and no timers: whoever feeds it calls
// advance when next says so.
type recognizer struct {
	timing Timing
	bound  map[Key]bound
	keys   map[Key]*keyState

	atOnce, held int // presses that were released at once, and not
}

const (
	// heldAtLeast is what no finger's press stays under, and two reports of a device that sends down and up at once do.
	heldAtLeast = 20 * time.Millisecond

	// tapOnlyAfter is how many such presses, and no other, make a device one that cannot be held.
	tapOnlyAfter = 3
)

// tapOnly tells whether the device was only ever seen to send down and up at once.
func (r *recognizer) tapOnly() bool { return r.held == 0 && r.atOnce >= tapOnlyAfter }

// phase is how far a gesture on a key has come.
type phase uint8

const (
	idle     phase = iota // up, nothing under way
	pressed               // down, and not yet known what it will be
	released              // up after a short press; a second one would make a Double
	decided               // down, its gesture already reported: only the release is awaited
)

type keyState struct {
	phase phase
	first time.Time // the key-down that the gesture under way began with
	since time.Time // the last key-down that counted

	raw, down  bool      // what the device said last; what counts after debouncing
	rawAt      time.Time // when raw changed
	quietUntil time.Time // edges before this are bounces
}

func newRecognizer() *recognizer { return &recognizer{keys: map[Key]*keyState{}} }

// want sets which keys count, and the timing. It returns how many gestures under way are given up because their key is not
// wanted any more.
func (r *recognizer) want(keys map[Key]bound, timing Timing) (cut int) {
	r.bound, r.timing = keys, timing
	for k, s := range r.keys {
		if _, ok := keys[k]; ok {
			continue
		}
		if s.phase == pressed || s.phase == released {
			cut++
		}
		delete(r.keys, k)
	}
	return cut
}

// change takes one key change and appends the gestures that it completes. A key that is not bound leaves no trace.
func (r *recognizer) change(c Change, at time.Time, out []made) []made {
	if _, ok := r.bound[c.Key]; !ok {
		return out
	}
	s := r.keys[c.Key]
	if s == nil {
		s = &keyState{}
		r.keys[c.Key] = s
	}
	out = r.advanceKey(c.Key, s, at, out)
	if c.Down == s.raw {
		return out
	}
	s.raw, s.rawAt = c.Down, at
	if at.Before(s.quietUntil) {
		return out // a bounce, unless it is still so when the quiet time is over
	}
	return r.edge(c.Key, s, out)
}

// advance appends the gestures that are decided by time having passed, in the order in which they began.
func (r *recognizer) advance(now time.Time, out []made) []made {
	n := len(out)
	for k, s := range r.keys {
		out = r.advanceKey(k, s, now, out)
	}
	sortMade(out[n:])
	return out
}

// next is when advance must be called at the latest; zero when nothing is under way.
func (r *recognizer) next() time.Time {
	var next time.Time
	for k, s := range r.keys {
		for _, t := range [...]time.Time{s.settles(), r.decides(k, s)} {
			if !t.IsZero() && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	return next
}

// stop lets go of every key, as the device is gone. A tap that only waited for a second one is a tap; a key that was still
// held is no gesture, and counted in cut.
func (r *recognizer) stop(out []made) (_ []made, cut int) {
	n := len(out)
	for k, s := range r.keys {
		if s.raw != s.down {
			out = r.edge(k, s, out)
		}
		switch s.phase {
		case released:
			out = r.make(k, s, Tap, out)
		case pressed:
			cut++
		}
	}
	clear(r.keys)
	sortMade(out[n:])
	return out, cut
}

// settles is when a change that came within the quiet time begins to count; zero when there is none.
func (s *keyState) settles() time.Time {
	if s.raw == s.down {
		return time.Time{}
	}
	return s.quietUntil
}

// decides is when time alone decides the gesture under way; zero when it does not.
func (r *recognizer) decides(k Key, s *keyState) time.Time {
	switch {
	case s.phase == pressed && r.bound[k].gestures.Hold:
		return s.first.Add(r.timing.Hold)
	case s.phase == pressed, s.phase == released:
		return s.first.Add(r.timing.Double)
	}
	return time.Time{}
}

func (r *recognizer) advanceKey(k Key, s *keyState, now time.Time, out []made) []made {
	if t := s.settles(); !t.IsZero() && !now.Before(t) {
		out = r.edge(k, s, out)
	}
	t := r.decides(k, s)
	if t.IsZero() || now.Before(t) {
		return out
	}
	switch {
	case s.phase == released:
		out = r.make(k, s, Tap, out)
		s.phase = idle
	case r.bound[k].gestures.Hold:
		out = r.make(k, s, Hold, out)
		s.phase = decided
	default: // still down, and too late for a double: the tap need not wait for the release
		out = r.make(k, s, Tap, out)
		s.phase = decided
	}
	return out
}

// edge makes the raw state count, from the moment it came about.
func (r *recognizer) edge(k Key, s *keyState, out []made) []made {
	s.down, s.quietUntil = s.raw, s.rawAt.Add(r.timing.Debounce)
	if s.down {
		s.since = s.rawAt
		return r.keyDown(k, s, out)
	}
	if s.rawAt.Sub(s.since) < heldAtLeast {
		r.atOnce++
	} else {
		r.held++
	}
	return r.keyUp(k, s, out)
}

func (r *recognizer) keyDown(k Key, s *keyState, out []made) []made {
	if s.phase == released {
		s.phase = decided
		return r.make(k, s, Double, out)
	}
	s.first = s.rawAt
	if g := r.bound[k].gestures; g.Hold || g.Double {
		s.phase = pressed
		return out
	}
	s.phase = decided
	return r.make(k, s, Tap, out)
}

func (r *recognizer) keyUp(k Key, s *keyState, out []made) []made {
	switch {
	case s.phase != pressed:
		s.phase = idle
	case r.bound[k].gestures.Double && s.rawAt.Before(s.first.Add(r.timing.Double)):
		s.phase = released
	default:
		s.phase = idle
		out = r.make(k, s, Tap, out)
	}
	return out
}

// make appends a gesture, if the key is wanted for it.
func (r *recognizer) make(k Key, s *keyState, g Gesture, out []made) []made {
	wants := r.bound[k].gestures
	if g == Tap && !wants.Tap || g == Hold && !wants.Hold || g == Double && !wants.Double {
		return out
	}
	return append(out, made{key: k, gesture: g, at: s.first})
}

// sortMade puts gestures in the order in which they began. Equal times are two keys of one report: any fixed order will do.
func sortMade(m []made) {
	slices.SortFunc(m, func(a, b made) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.key.Page, b.key.Page), cmp.Compare(a.key.Usage, b.key.Usage))
	})
}
