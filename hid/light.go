package hid

import "fmt"

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
