package hid

import "slices"

// lamp is what a device shows an answer with. Its reports are as Conn.Write takes them: byte 0 is the report id.
type lamp interface {
	// rest is what sets all lights of a device that was just opened to how they are when nothing plays; none where the
	// system has seen to that.
	rest() [][]byte
	// show is what shows the answer to a press of key, or with no light ends it. It may be none.
	show(key Key, light Light) [][]byte
	// covered tells that the finger that presses hides the light, which must then last until the finger is gone.
	covered() bool
}

// lampOf is the lamp of a device, nil for none: its profile's, else a light that its own descriptor has.
func lampOf(d Device, layout *Descriptor) lamp {
	if p, ok := ProfileOf(d); ok {
		switch {
		case p.lamp != nil:
			return p.lamp
		case p.Burst: // a light report is some webkeys' cue to type
			return nil
		}
	}
	if l := newKeyboardLamp(layout, d.Lit); l != nil {
		return l
	}
	return nil
}

// keyboardLamp blinks a light of a keyboard. It stands for nothing while this program has the device, as the system does
// not see its keys.
type keyboardLamp struct {
	report LEDReport
	led    LED   // the one that blinks
	base   []LED // what is lit when nothing blinks
}

// blinkers are the lights to blink, best first: NumLock means least on a keypad, CapsLock is on most keyboards.
var blinkers = []LED{LEDNumLock, LEDScrollLock, LEDCapsLock, LEDCompose, LEDKana}

// newKeyboardLamp makes the lamp of a device whose descriptor has keyboard lights; nil for others. Lit is what the system
// had lit, and what is shown again after an answer; a light that it does not name is taken to be dark.
func newKeyboardLamp(layout *Descriptor, lit []LED) *keyboardLamp {
	report, ok := layout.LEDs()
	if !ok {
		return nil
	}
	has := func(led LED) bool { _, ok := report.Bits[led]; return ok }
	best := slices.IndexFunc(blinkers, has)
	if best < 0 {
		return nil
	}
	l := &keyboardLamp{report: report, led: blinkers[best]}
	for _, led := range lit {
		if has(led) {
			l.base = append(l.base, led)
		}
	}
	return l
}

// rest is none: the system set the lights when it had the device, which was just before.
func (l *keyboardLamp) rest() [][]byte { return nil }

// show is the lights at rest, or with the blinking one the other way round.
func (l *keyboardLamp) show(_ Key, light Light) [][]byte {
	lit := slices.Clone(l.base)
	if light == 0 {
		return [][]byte{l.report.Report(lit...)}
	}
	if i := slices.Index(lit, l.led); i >= 0 {
		lit = slices.Delete(lit, i, i+1)
	} else {
		lit = append(lit, l.led)
	}
	return [][]byte{l.report.Report(lit...)}
}

func (l *keyboardLamp) covered() bool { return false }
