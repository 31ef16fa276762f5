package hid

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// Light is an answer to the person who pressed, blinked on a light of the device.
type Light uint8

// The answers, from the most ordinary to the one that matters most. The zero Light is none.
const (
	Stored    Light = iota + 1 // one blink: the press is on the disk
	Refused                    // two blinks: seen, and not counted
	NotStored                  // three long blinks: the press is lost
)

// String is the light's word: "stored", "refused", "not stored".
func (l Light) String() string {
	switch l {
	case Stored:
		return "stored"
	case Refused:
		return "refused"
	case NotStored:
		return "not stored"
	}
	return fmt.Sprintf("light(%d)", uint8(l))
}

// How long a blink and the pause after it take. Under 80 ms a blink beside the eye's centre goes unseen; three long ones
// with their pauses stay under a second.
const (
	blink     = 100 * time.Millisecond
	longBlink = 160 * time.Millisecond
)

// blinks is how an answer is played: so many blinks of that length, each followed by a pause of the same length.
func (l Light) blinks() (n int, each time.Duration) {
	switch l {
	case Stored:
		return 1, blink
	case Refused:
		return 2, blink
	case NotStored:
		return 3, longBlink
	}
	return 0, 0
}

// lightBox holds the one answer that waits to be played. It is for any goroutine.
type lightBox struct{ waiting atomic.Uint32 }

// ask leaves an answer, unless a more important one waits already.
func (b *lightBox) ask(l Light) {
	for {
		old := b.waiting.Load()
		if old >= uint32(l) || b.waiting.CompareAndSwap(old, uint32(l)) {
			return
		}
	}
}

// take is the answer that waits, or none.
func (b *lightBox) take() Light { return Light(b.waiting.Swap(0)) }

// player plays answers on the lights of one device. It has no clock and no timers: the goroutine that owns the device
// calls advance between reads.
type player struct {
	report LEDReport
	led    LED   // the one that blinks
	base   []LED // what is lit when nothing blinks
	light  Light // being played; none when nothing is
	step   int   // blinks and pauses so far
	due    time.Time
}

// blinkers are the lights to blink, best first: NumLock means least on a keypad, CapsLock is on most keyboards.
var blinkers = []LED{LEDNumLock, LEDScrollLock, LEDCapsLock, LEDCompose, LEDKana}

// newPlayer makes a player for a device; nil when it has no lights. Lit is what the system had lit, and what is shown again
// after an answer; a light that it does not name is taken to be dark.
func newPlayer(d *Descriptor, lit []LED) *player {
	report, ok := d.LEDs()
	if !ok {
		return nil
	}
	p := &player{report: report}
	for _, led := range slices.Backward(blinkers) {
		if _, ok := report.Bits[led]; ok {
			p.led = led
		}
	}
	if p.led == 0 {
		return nil
	}
	for _, led := range lit {
		if _, ok := report.Bits[led]; ok {
			p.base = append(p.base, led)
		}
	}
	return p
}

// advance plays on. It returns the report to write now, nil for none. It takes the next answer from the box only when the
// last one is over.
func (p *player) advance(now time.Time, box *lightBox) []byte {
	if p.light == 0 {
		if p.light = box.take(); p.light == 0 {
			return nil
		}
		p.step, p.due = 0, now
	}
	if now.Before(p.due) {
		return nil
	}
	n, each := p.light.blinks()
	if p.step == 2*n { // the last pause is over
		p.light = 0
		return p.advance(now, box)
	}
	p.step++
	p.due = now.Add(each)
	return p.show(p.step%2 == 1)
}

// next is when advance must be called; zero when nothing plays.
func (p *player) next() time.Time {
	if p.light == 0 {
		return time.Time{}
	}
	return p.due
}

// rest is the report that ends an answer midway; nil when the lights are as they were.
func (p *player) rest() []byte {
	midBlink := p.light != 0 && p.step%2 == 1
	p.light = 0
	if !midBlink {
		return nil
	}
	return p.show(false)
}

// show is the report with the lights at rest, or with the blinking one the other way round.
func (p *player) show(blinking bool) []byte {
	lit := slices.Clone(p.base)
	if !blinking {
		return p.report.Report(lit...)
	}
	if i := slices.Index(lit, p.led); i >= 0 {
		lit = slices.Delete(lit, i, i+1)
	} else {
		lit = append(lit, p.led)
	}
	return p.report.Report(lit...)
}
