package hid

import (
	"fmt"
	"time"
)

// SightKind is what a Sight tells.
type SightKind uint8

// The kinds of sights. The zero SightKind is none.
const (
	SawCandidate SightKind = iota + 1 // present, but maybe what somebody works with: to be unplugged and plugged in again
	SawReady                          // open for learning: a key of it may be pressed
	SawUnplugged                      // a device of an earlier sight went
	SawPressed                        // a key was pressed
	SawWithheld                       // the only keyboard with letters: not opened, even if it is plugged in again
	SawFailed                         // it cannot be opened, for the reason in Err
)

var sightNames = [...]string{"", "candidate", "ready", "unplugged", "pressed", "withheld", "failed"}

// String is the kind's word: "candidate", "ready", ….
func (k SightKind) String() string {
	if k > 0 && int(k) < len(sightNames) {
		return sightNames[k]
	}
	return fmt.Sprintf("sight(%d)", uint8(k))
}

// Sight is what Learn tells of a device.
type Sight struct {
	What    SightKind
	Device  Device
	Key     Key           // SawPressed: what to bind; AnyKey where one press sends a whole burst
	Held    time.Duration // SawPressed: key-down to key-up; 0 for a burst
	TapOnly bool          // SawPressed: it came as down and up at once, so that a hold cannot be bound
	Name    string        // SawPressed: the Wanted that has this key already; empty for none
	Err     error         // SawWithheld, SawFailed: why
	Fix     string        // what its owner can do, one line; may be empty
}
