package hid

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Key is one control on a device: a usage page and a usage on it. A button that a device profile numbers itself is
// ButtonKey(n), so that "button:2" means one thing wherever it came from. On page 0, which is no real one, are AnyKey and the raw
// keys. The zero Key is no key.
type Key struct {
	Page, Usage uint16
}

// AnyKey is any key of a device, and a whole burst of keys is one press of it. A key that is wanted by itself is not part of it.
var AnyKey = Key{pageNone, usageAnyKey}

// ButtonKey is button n of a device, counted from 1. Button 0 is only on X-keys panels: their program switch, which their maker counts
// as 0. A number outside 0 to 65535 gives the zero Key.
func ButtonKey(n int) Key {
	if n < 0 || n > 0xffff {
		return Key{}
	}
	return Key{Page: PageButton, Usage: uint16(n)}
}

// order is what keys are sorted by: page, then usage.
func (k Key) order() uint32 { return uint32(k.Page)<<16 | uint32(k.Usage) }

// keyOf is the key with this order.
func keyOf(order uint32) Key { return Key{uint16(order >> 16), uint16(order)} }

func (k Key) compare(other Key) int { return cmp.Compare(k.order(), other.order()) }

// pageNames are the words that stand for usage pages in a key's canonical form. They are stored: never change one.
var pageNames = []struct {
	page uint16
	name string
}{
	{PageKeyboard, "keyboard"},
	{PageConsumer, "consumer"},
	{PageButton, "button"},
	{PageGenericDesktop, "system"},
	{PageTelephony, "telephony"},
}

// String is the canonical form, stable because the event log stores it: "keyboard:0x1e", "consumer:0xcd", "system:0x81",
// "telephony:0x2f", "button:2" in decimal, "0xff00:0x01" on a page without a name here, "any", and "raw:3.2" for byte 3, bit 2, or
// "raw:3.2=0" where the clear bit means down.
func (k Key) String() string {
	if k == AnyKey {
		return "any"
	}
	if offset, bit, inverted, ok := k.Raw(); ok {
		return rawString(offset, bit, inverted)
	}
	if k.Page == PageButton {
		return "button:" + strconv.Itoa(int(k.Usage))
	}
	for _, p := range pageNames {
		if p.page == k.Page {
			return fmt.Sprintf("%s:0x%02x", p.name, k.Usage)
		}
	}
	return fmt.Sprintf("0x%02x:0x%02x", k.Page, k.Usage)
}

// Name is what is printed on the key cap ("F13", "Keypad 1", "Play/Pause"), or the canonical form where no name is known.
// Letters and signs are those of a US keyboard: a device sends places, not characters.
func (k Key) Name() string {
	switch k.Page {
	case pageNone:
		if k == AnyKey {
			return "Any key"
		}
	case PageKeyboard:
		if int(k.Usage) < len(keyboardNames) && keyboardNames[k.Usage] != "" {
			return keyboardNames[k.Usage]
		}
	case PageButton:
		return "Button " + strconv.Itoa(int(k.Usage))
	}
	if name, ok := otherNames()[k]; ok {
		return name
	}
	return k.String()
}

// ParseKey reads a key from its String or Name form, or from a common short form such as "kp1", "KP_Enter" or "pgup". Case,
// spaces and underscores do not matter. The error suggests the nearest name.
func ParseKey(s string) (Key, error) {
	if page, usage, ok := strings.Cut(s, ":"); ok && usage != "" {
		return parseCanonical(s, page, usage)
	}
	folded := foldName(s)
	if k, ok := keysByName()[folded]; ok {
		return k, nil
	}
	for _, prefix := range []string{"keypad", "numpad", "num", "np", "kp"} {
		if rest, ok := strings.CutPrefix(folded, prefix); ok {
			if k, ok := keysByName()["keypad"+rest]; ok {
				return k, nil
			}
		}
	}
	for _, prefix := range []string{"button", "btn"} {
		if rest, ok := strings.CutPrefix(folded, prefix); ok {
			if n, err := strconv.ParseUint(rest, 10, 16); err == nil {
				return ButtonKey(int(n)), nil
			}
		}
	}
	if near := nearestName(folded); near != "" {
		return Key{}, fmt.Errorf("unknown key %q (did you mean %q?)", shorten(s), near)
	}
	return Key{}, fmt.Errorf("unknown key %q (a name such as \"F13\" or \"Keypad 1\", or a form such as \"keyboard:0x68\" or \"button:2\")",
		shorten(s))
}

// parseCanonical reads "page:usage", each a number or the page a name. Numbers are decimal, or hexadecimal after 0x.
func parseCanonical(s, page, usage string) (Key, error) {
	var k Key
	page = strings.ToLower(strings.TrimSpace(page))
	if page == "raw" {
		return parseRaw(s, usage)
	}
	for _, p := range pageNames {
		if p.name == page {
			k.Page = p.page
		}
	}
	if k.Page == 0 {
		n, err := strconv.ParseUint(page, 0, 16)
		if err != nil || n == 0 {
			return Key{}, fmt.Errorf("key %q: unknown page %q (keyboard, consumer, button, system, telephony, raw, or a number such as 0xff00)",
				shorten(s), shorten(page))
		}
		k.Page = uint16(n)
	}
	n, err := strconv.ParseUint(strings.ToLower(strings.TrimSpace(usage)), 0, 16)
	if err != nil {
		least := 1
		if k.Page == PageButton {
			least = 0 // see ButtonKey
		}
		return Key{}, fmt.Errorf("key %q: number %q: want %d to 65535, or hexadecimal after 0x", shorten(s), shorten(usage), least)
	}
	if n == 0 && k.Page != PageButton {
		return Key{}, fmt.Errorf("key %q: number 0 is no key", shorten(s))
	}
	k.Usage = uint16(n)
	if k.Page == PageKeyboard && k.Usage <= usageErrorUndefined {
		return Key{}, fmt.Errorf("key %q: numbers 1 to %d are a keyboard's error codes, and no keys", shorten(s), usageErrorUndefined)
	}
	return k, nil
}

// shorten keeps what a user typed by mistake from filling the screen.
func shorten(s string) string {
	const maxQuoted = 40 // bytes; the longest key name has 22
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "…"
}
