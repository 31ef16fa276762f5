package hid

import (
	"fmt"
	"time"
)

// Gesture is what was done to a key.
type Gesture uint8

// The gestures. The zero Gesture is none.
const (
	Tap    Gesture = iota + 1 // pressed
	Hold                      // held for Timing.Hold; never also a tap
	Double                    // pressed again within Timing.Double
)

// String is the gesture's word: "tap", "hold", "double".
func (g Gesture) String() string {
	switch g {
	case Tap:
		return "tap"
	case Hold:
		return "hold"
	case Double:
		return "double"
	}
	return fmt.Sprintf("gesture(%d)", uint8(g))
}

// Gestures says what a key is wanted for, which is also what it is waited for: a key with Tap alone is reported when it
// goes down; with Hold, when it is released or the hold time is over; with Double, when no second press can come any more.
// The zero Gestures wants nothing, as if the key were not there.
type Gestures struct {
	Tap, Hold, Double bool
}

// Wanted is what to listen for on the devices of one Match.
type Wanted struct {
	Name  string // handed back in each Press; may be empty
	Match Match
	Keys  map[Key]Gestures
}

// Press is a gesture that was made on a wanted key.
type Press struct {
	Name    string // of the Wanted that the key came from
	Device  Device // as it was when opened
	Key     Key
	Gesture Gesture
	At      time.Time // when the key first went down, by Options.Now
}

// Timing is how fast fingers and switches are. The zero value of each field means its default; see NoDebounce.
type Timing struct {
	// Debounce is how long after an edge of a key further edges of that key do not count. The first edge always counts, at
	// once. Default 30 ms; NoDebounce (any negative) is off.
	Debounce time.Duration
	// Hold is how long a key is held to be a Hold. Default 500 ms; must be positive.
	Hold time.Duration
	// Double is how soon after its first press the second one makes a Double. Default 300 ms; must be positive.
	Double time.Duration
}

// NoDebounce turns debouncing off, as a zero Timing.Debounce is the default.
const NoDebounce time.Duration = -1

// The defaults of Timing.
const (
	// Switches and cheap keypads bounce for 10 to 50 ms (the range that debounce settings of keyboard daemons offer is 0 to
	// 200 ms); no finger presses the same key twice within 30 ms.
	DefaultDebounce = 30 * time.Millisecond
	// The half second that UIKit's long press (minimumPressDuration) takes, and Windows before a held key repeats.
	DefaultHold = 500 * time.Millisecond
	// Shorter than a desktop's double click (500 ms on Windows), as each tap on such a key waits for it; Android's
	// double-tap timeout.
	DefaultDouble = 300 * time.Millisecond
)

// withDefaults fills in what is zero, and turns NoDebounce into the zero that the recogniser counts with.
func (t Timing) withDefaults() Timing {
	if t.Debounce == 0 {
		t.Debounce = DefaultDebounce
	}
	t.Debounce = max(t.Debounce, 0)
	if t.Hold <= 0 {
		t.Hold = DefaultHold
	}
	if t.Double <= 0 {
		t.Double = DefaultDouble
	}
	return t
}
