package hid

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Class says what a device can do to the desktop as long as nobody has taken it.
type Class uint8

// The classes of devices. A descriptor says what can be sent, not which caps are there: most numeric keypads, pedals and
// presenters claim a whole keyboard and are ClassKeyboard.
const (
	ClassOther    Class = iota // no keyboard keys: buttons, media keys, a mouse, vendor data
	ClassKeypad                // keyboard keys, but none that types a letter
	ClassKeyboard              // can type letters, so it may be the one keyboard of this desk
)

// String is "keyboard", "keypad" or "other".
func (c Class) String() string {
	switch c {
	case ClassKeyboard:
		return "keyboard"
	case ClassKeypad:
		return "keypad"
	}
	return "other"
}

// Class is the device's class.
func (d *Descriptor) Class() Class {
	class := ClassOther
	for r := range d.keys(PageKeyboard) {
		class = max(class, ClassKeypad)
		if r.Min <= usageZ {
			return ClassKeyboard
		}
	}
	return class
}

// IsKeyboard reports whether the device can type letters (ClassKeyboard).
func (d *Descriptor) IsKeyboard() bool { return d.Class() == ClassKeyboard }

// HasKeys reports whether the device has a key that can be wanted.
func (d *Descriptor) HasKeys() bool {
	for i := range d.Fields {
		for range d.Fields[i].keys() {
			return true
		}
	}
	return false
}

// keys are the usages of a page that input reports can carry as keys, range by range.
func (d *Descriptor) keys(page uint16) iter.Seq[UsageRange] {
	return func(yield func(UsageRange) bool) {
		for i := range d.Fields {
			for r := range d.Fields[i].keys() {
				if r.Page == page && !yield(r) {
					return
				}
			}
		}
	}
}

// Summary is one short line for a device list, such as "keyboard, media keys, up to 215 keys, 5 lights" or "gamepad, 12
// buttons". The number of keys is what the reports have room for; nothing tells how many caps there are.
func (d *Descriptor) Summary() string {
	var parts []string
	for _, c := range d.Collections {
		if name := applicationName(c); c.Parent == -1 && name != "" && !slices.Contains(parts, name) {
			parts = append(parts, name)
		}
	}
	if n := d.countKeys(PageKeyboard); n > 0 {
		parts = append(parts, "up to "+plural(n, "key"))
	}
	if n := d.countKeys(PageButton); n > 0 {
		parts = append(parts, plural(n, "button"))
	}
	if leds, ok := d.LEDs(); ok {
		parts = append(parts, plural(len(leds.Bits), "light"))
	}
	if len(parts) == 0 {
		return "no keys"
	}
	return strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// countKeys counts the different keys of a page that input reports can carry; on the keyboard page only those with a cap.
func (d *Descriptor) countKeys(page uint16) int {
	ranges := slices.SortedFunc(d.keys(page), func(a, b UsageRange) int { return cmp.Compare(a.Min, b.Min) })
	n, next := 0, 0 // next: the lowest usage not yet looked at
	for _, r := range ranges {
		for next = max(next, int(r.Min)); next <= int(r.Max); next++ {
			if page != PageKeyboard || next < len(keyboardNames) && keyboardNames[next] != "" {
				n++
			}
		}
	}
	return n
}

// applicationName is what a top-level collection is to a user, "" for what has no keys of interest.
func applicationName(c Collection) string {
	if c.Page >= pageVendor {
		return "vendor data"
	}
	switch c.Page {
	case PageGenericDesktop:
		// HID Usage Tables 1.5, section 4.1.
		switch c.Usage {
		case 0x01:
			return "pointer"
		case 0x02:
			return "mouse"
		case 0x04:
			return "joystick"
		case 0x05:
			return "gamepad"
		case 0x06:
			return "keyboard"
		case 0x07:
			return "keypad"
		case 0x80:
			return "system keys"
		}
	case PageConsumer:
		return "media keys"
	case PageTelephony:
		return "phone"
	case pageDigitizer:
		return "pen or touch"
	}
	return ""
}
