package hid

import "time"

const (
	// burstGap is the quiet after which what a macro device types is over. Macros pause for less between two keys.
	burstGap = 400 * time.Millisecond

	// plugInTyping is how long after it was plugged in a macro device may begin to type by itself: some type their text on
	// insertion, after the second or two that they give a computer to find their driver.
	plugInTyping = 5 * time.Second
)

// burst tells presses of a macro device (a webkey, a pedal with a string) apart. One press types a whole text, so that the
// first key-down is the press and everything until the device is quiet belongs to it.
//
// What it types without being pressed is swallowed: what began before it was opened, so that its next report comes
// within burstGap, and what begins soon after it was plugged in. Of a device that was there when Run began, as at boot,
// the Bus may know how long; else it was long. One that failed, or slept with the computer, may have lost its power and
// counts as plugged in again. So a press within those seconds is lost (and counted), as the one is not to be told from
// the other, and a phantom press at every plug-in is worse.
type burst struct {
	ownUntil  time.Time // what begins before is typed by the device itself
	heldUntil time.Time // ownUntil goes no further by reports that follow each other from the opening on
	last      time.Time // the last key change; zero: none
	swallowed bool      // what is being typed, or was typed last, does not count
}

// newBurst makes the burst of a device that was just opened; appeared is when it was plugged in, zero for long ago.
func newBurst(opened, appeared time.Time) burst {
	b := burst{ownUntil: opened.Add(burstGap), heldUntil: opened.Add(plugInTyping)}
	if until := appeared.Add(plugInTyping); until.After(b.ownUntil) {
		b.ownUntil = until
	}
	return b
}

// report notes that a report came: one that comes while the device types by itself is more of that, even if all that it
// tells is the release of a key that went down before it was opened.
func (b *burst) report(at time.Time) {
	until := at.Add(burstGap)
	if at.Before(b.ownUntil) && until.After(b.ownUntil) && until.Before(b.heldUntil) {
		b.ownUntil = until
	}
}

// change takes one key change, and tells whether it begins a new press or something to be swallowed.
func (b *burst) change(c Change, at time.Time) (begins bool) {
	begins = c.Down && (b.last.IsZero() || at.Sub(b.last) >= burstGap)
	b.last = at
	if begins {
		b.swallowed = at.Before(b.ownUntil)
	}
	return begins
}
