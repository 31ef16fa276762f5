package hid

import (
	"bytes"
	"time"
)

// idleFor is how long a device that does not say what its reports mean is watched before somebody is asked to press.
const idleFor = time.Second

// rawLearner finds the bit that a press changes in the reports of such a device, or of one that only a Profile describes that nobody
// confirmed.
type rawLearner struct {
	readyAt time.Time // zero: it was told to be ready
	idle    spread    // reports while nothing is pressed
	pressed spread    // reports that are no idle ones
	first   []byte    // the first of pressed
	latest  []byte    // the latest of all
	began   time.Time // of the press under way; zero: none
	back    time.Time // when it was idle again; zero: not yet
}

// spread is all that matters of a number of reports: which bits each has.
type spread struct{ all, some []byte }

func (s *spread) add(report []byte) {
	for i, b := range report {
		if i == len(s.all) {
			s.all, s.some = append(s.all, b), append(s.some, b)
		}
		s.all[i] &= b
		s.some[i] |= b
	}
}

// blur makes each byte that is not the same in all of the reports one that says nothing: a clock, or how far something is turned.
func (s *spread) blur() {
	for i := range s.all {
		if s.all[i] != s.some[i] {
			s.all[i], s.some[i] = 0, 0xff
		}
	}
}

// has tells whether a report differs from the others in no bit that they agree on.
func (s *spread) has(report []byte) bool {
	if len(report) > len(s.all) {
		return false
	}
	for i, b := range report {
		if s.all[i]&^b != 0 || b&^s.some[i] != 0 {
			return false
		}
	}
	return true
}

func (s *spread) reports() [][]byte { return [][]byte{s.all, s.some} }

// take takes a report.
func (r *rawLearner) take(report []byte, now time.Time) {
	r.latest = bytes.Clone(report)
	switch {
	case r.isWatching():
		r.idle.add(report)
	case len(r.idle.all) > 0 && r.idle.has(report):
		if !r.began.IsZero() && r.back.IsZero() {
			r.back = now
		}
	case r.began.IsZero():
		r.began, r.first = now, r.latest
		r.pressed.add(report)
	case len(r.idle.all) > 0:
		r.back = time.Time{}
		r.pressed.add(report)
	case !bytes.Equal(report, r.first): // it is silent while idle: the last one before it is quiet will be the idle one
		r.back = now
	}
}

// isWatching tells whether the idle reports are not known yet, so that nobody was asked to press.
func (r *rawLearner) isWatching() bool { return !r.readyAt.IsZero() }

// isReady tells once that the idle reports are known.
func (r *rawLearner) isReady(now time.Time) bool {
	if !r.isWatching() || now.Before(r.readyAt) {
		return false
	}
	r.readyAt = time.Time{}
	r.idle.blur()
	return true
}

// next is when something is to be done; zero for never.
func (r *rawLearner) next() time.Time {
	switch {
	case r.isWatching():
		return r.readyAt
	case r.began.IsZero():
		return time.Time{}
	case !r.back.IsZero():
		return r.back.Add(burstGap)
	case len(r.idle.all) > 0:
		return r.began.Add(heldEnough)
	}
	return time.Time{} // it never said what idle looks like; its next report will
}

// end is the press under way, if it is over.
func (r *rawLearner) end(now time.Time) (keyPress, bool) {
	t := r.next()
	if r.began.IsZero() || t.IsZero() || now.Before(t) {
		return keyPress{}, false
	}
	idle := r.idle
	if len(idle.all) == 0 { // for this press only: a clock in it will have moved on by the next
		idle.add(r.latest)
	}
	k, ok := rawKeyBetween(idle.reports(), r.pressed.reports())
	press := keyPress{key: k, down: r.began, up: r.back}
	if r.back.IsZero() { // it latches, or counts time: from now on that is no news
		r.idle.add(r.pressed.all)
		r.idle.add(r.pressed.some)
	}
	r.pressed, r.first, r.began, r.back = spread{}, nil, time.Time{}, time.Time{}
	return press, ok
}
