package hid

import "time"

// player plays answers on the lamp of one device. It has no clock and no timers: shining calls advance, and writes one
// report each time.
type player struct {
	lamp  lamp
	key   Key
	light Light // being played; none when nothing is
	step  int   // blinks and pauses begun
	due   time.Time
	queue [][]byte // reports of this step that are not written yet
}

// newPlayer makes a player for a device that was just opened; nil when it has no lights. What it writes first sets the
// lights to rest: an earlier program may have been killed amid an answer, or the computer slept.
func newPlayer(d Device, layout *Descriptor, now time.Time) *player {
	l := lampOf(d, layout)
	if l == nil {
		return nil
	}
	return &player{lamp: l, queue: l.rest(), due: now}
}

// advance plays on. It returns the report to write now, nil for none. It takes the next answer from the box only when the
// last one is over.
func (p *player) advance(now time.Time, box *lightBox) []byte {
	if len(p.queue) == 0 {
		p.turn(now, box)
	}
	if len(p.queue) == 0 {
		return nil
	}
	report := p.queue[0]
	p.queue = p.queue[1:]
	p.due = now
	if len(p.queue) == 0 { // only now is all of it to be seen
		p.due = now.Add(p.each())
	}
	return report
}

// turn begins the next blink or pause, if it is time.
func (p *player) turn(now time.Time, box *lightBox) {
	if now.Before(p.due) {
		return
	}
	if n, _ := p.light.blinks(); p.step == 2*n { // the last pause is over
		p.key, p.light = box.take()
		p.step = 0
	}
	if p.light == 0 {
		return
	}
	p.step++
	p.due = now.Add(p.each()) // if the lamp has nothing to write
	p.queue = p.lamp.show(p.key, p.showing())
}

// showing is what the lamp is to show in this step: the answer, or nothing.
func (p *player) showing() Light {
	if p.step%2 == 1 {
		return p.light
	}
	return 0
}

// each is how long a blink or a pause of this answer lasts; 0 when nothing plays.
func (p *player) each() time.Duration {
	_, each := p.light.blinks()
	if p.lamp.covered() {
		each *= 2
	}
	return each
}

// next is when advance must be called; zero when nothing plays.
func (p *player) next() time.Time {
	if p.light == 0 && len(p.queue) == 0 {
		return time.Time{}
	}
	return p.due
}

// rest is the reports that end an answer midway; none when the lights are as they were. What was begun is written to its
// end, as half a picture would spoil the next.
func (p *player) rest() [][]byte {
	left := p.queue
	if p.showing() != 0 {
		left = append(left, p.lamp.show(p.key, 0)...)
	}
	p.light, p.step, p.queue = 0, 0, nil
	return left
}
