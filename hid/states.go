package hid

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// State is how a Listener stands with a device.
type State uint8

// The states. A new device is Usable.
const (
	Usable       State = iota // present, and no Wanted matches it: never opened
	Unneeded                  // a Wanted matches the device, but this interface has none of its keys: never opened
	Opening                   // wanted, about to be opened
	Listening                 // open; presses are read
	Busy                      // wanted, in use by another program; tried again
	NoPermission              // the system does not let this user open it; a wanted one is tried again
	Failed                    // wanted, and cannot be used for the reason in Err; tried again
	Gone                      // was wanted, and is unplugged now
)

var stateNames = [...]string{"usable", "unneeded", "opening", "listening", "busy", "no permission", "failed", "gone"}

// String is the state's word: "usable", "no permission", ….
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// DeviceState is one device that the Listener has seen.
type DeviceState struct {
	Device    Device
	Profile   *Profile // what is known of the model besides; nil: nothing
	State     State
	Names     []string  // the Wanteds that match it, sorted, each once
	Err       error     // why it is not listening; nil where there is nothing to tell
	Fix       string    // what its owner can do about Err, one line; may be empty
	Since     time.Time // when it came into this state
	LastPress time.Time // zero: none in this run
	Lights    bool      // the device is listening and has lights to answer with
	TapOnly   bool      // it cannot be held: its profile says so, or it was only seen to send down and up at once
	Swallowed uint64    // what a macro device typed by itself, at plug-in, so that it did not count as presses of AnyKey
}

// States is every device seen, those that are gone included, sorted by path. It may be called at any time.
func (l *Listener) States() []DeviceState {
	l.mu.Lock()
	defer l.mu.Unlock()
	states := make([]DeviceState, 0, len(l.devices)+len(l.gone))
	for _, t := range l.devices {
		states = append(states, t.snapshot())
	}
	states = append(states, l.gone...)
	slices.SortFunc(states, func(a, b DeviceState) int { return cmp.Compare(a.Device.Path, b.Device.Path) })
	return states
}
