package hid

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Light is an answer to the person who pressed, blinked on a light of the device. What tells the answers apart is how
// often and how long it blinks; colours, where a device has any, say the same again.
type Light uint8

// The answers, from the most ordinary to the one that matters most. The zero Light is none.
const (
	Stored    Light = iota + 1 // one blink, green: the press is on the disk
	Refused                    // two blinks, amber: seen, and not counted
	NotStored                  // three long blinks, red: the press is lost
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
type lightBox struct {
	waiting atomic.Uint64 // the light above the key's page and usage
	asked   chan struct{} // capacity 1: something was left; nil: nobody waits for that
}

// ask leaves an answer to a press of a key, unless a more important one waits already.
func (b *lightBox) ask(k Key, l Light) {
	packed := uint64(l)<<32 | uint64(k.Page)<<16 | uint64(k.Usage)
	for {
		old := b.waiting.Load()
		if old>>32 > uint64(l) {
			return
		}
		if b.waiting.CompareAndSwap(old, packed) {
			break
		}
	}
	select {
	case b.asked <- struct{}{}:
	default: // it will be looked into anyway
	}
}

// take is the answer that waits and the key it is for, or none.
func (b *lightBox) take() (Key, Light) {
	packed := b.waiting.Swap(0)
	return Key{Page: uint16(packed >> 16), Usage: uint16(packed)}, Light(packed >> 32)
}
