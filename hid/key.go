package hid

import (
	"errors"
	"fmt"
)

// Key is one control on a device: a usage page and a usage on it. A button that a device profile numbers itself is
// ButtonKey(n), so that "button:2" means one thing wherever it came from. The zero Key is no key.
type Key struct {
	Page, Usage uint16
}

// ButtonKey is button n of a device, counted from 1. A number outside 1 to 65535 gives the zero Key.
func ButtonKey(n int) Key {
	if n < 1 || n > 0xffff {
		return Key{}
	}
	return Key{Page: PageButton, Usage: uint16(n)}
}

// String is the canonical form, stable because the event log stores it: "keyboard:0x1e", "button:2", "0xff00:0x01".
func (k Key) String() string {
	if k.Page == PageButton {
		return fmt.Sprintf("button:%d", k.Usage)
	}
	return fmt.Sprintf("0x%x:0x%02x", k.Page, k.Usage)
}

// Name is what is printed on the key cap, or the canonical form where no name is known.
func (k Key) Name() string { return k.String() }

// ParseKey reads a key from its String or Name form, or a common short form.
func ParseKey(s string) (Key, error) { return Key{}, errors.New("not written yet") }
