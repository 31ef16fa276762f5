package hid

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// A raw key's usage on pageNone: rawUsage, 11 bits for the byte, 3 for the bit, 1 for inverted.
const (
	usageAnyKey uint16 = 0x0001
	rawUsage    uint16 = 0x8000
	maxRawByte         = 1023 // of the longest report that is read
)

// RawKey is a bit of the raw input report of a device that nothing describes: byte 0 to 1023 as Read gives them, so that byte 0 is the
// report id where there is one, and bit 0 (the lowest) to 7. It is down when the bit is set; inverted, when it is clear. Anything
// else gives the zero Key.
func RawKey(offset, bit int, inverted bool) Key {
	if offset < 0 || offset > maxRawByte || bit < 0 || bit > 7 {
		return Key{}
	}
	usage := rawUsage | uint16(offset)<<4 | uint16(bit)<<1
	if inverted {
		usage |= 1
	}
	return Key{pageNone, usage}
}

// Raw is what RawKey made the key of; ok is false for all other keys.
func (k Key) Raw() (offset, bit int, inverted, ok bool) {
	if k.Page != pageNone || k.Usage&rawUsage == 0 || k.Usage>>4&0x7ff > maxRawByte {
		return 0, 0, false, false
	}
	return int(k.Usage >> 4 & 0x7ff), int(k.Usage >> 1 & 7), k.Usage&1 != 0, true
}

func (k Key) isRaw() bool { _, _, _, ok := k.Raw(); return ok }

// rawString is a raw key's canonical form: "raw:3.2", inverted "raw:3.2=0".
func rawString(offset, bit int, inverted bool) string {
	s := fmt.Sprintf("raw:%d.%d", offset, bit)
	if inverted {
		s += "=0"
	}
	return s
}

// parseRaw reads what follows "raw:"; "3.2=1" is the same as "3.2".
func parseRaw(s, place string) (Key, error) {
	place, state, stated := strings.Cut(strings.TrimSpace(place), "=")
	offsetText, bitText, dotted := strings.Cut(place, ".")
	offset, offsetErr := strconv.Atoi(offsetText)
	bit, bitErr := strconv.Atoi(bitText)
	k := RawKey(offset, bit, stated && state == "0")
	if !dotted || offsetErr != nil || bitErr != nil || k == (Key{}) || stated && state != "0" && state != "1" {
		return Key{}, fmt.Errorf("key %q: want raw:BYTE.BIT, byte 0 to %d and bit 0 to 7, and =0 where the bit is clear while the key is down",
			shorten(s), maxRawByte)
	}
	return k, nil
}

// rawKeyBetween is the raw key that tells reports of a pressed key from idle ones: a bit that is the same in all idle reports and the
// other way round in all pressed ones, so that a clock or a counter is none. Of several it is the one in the earliest byte, where keys
// usually are, and there rather one that is set by the press. False is that there is none, or nothing to compare.
func rawKeyBetween(idle, pressed [][]byte) (Key, bool) {
	for offset := range maxRawByte + 1 {
		idleSet, idleUnset, ok := steadyBits(idle, offset)
		pressedSet, pressedUnset, alsoOK := steadyBits(pressed, offset)
		if !ok || !alsoOK {
			return Key{}, false // no longer report has both
		}
		if set := idleUnset & pressedSet; set != 0 {
			return RawKey(offset, bits.TrailingZeros8(set), false), true
		}
		if cleared := idleSet & pressedUnset; cleared != 0 {
			return RawKey(offset, bits.TrailingZeros8(cleared), true), true
		}
	}
	return Key{}, false
}

// steadyBits are the bits of one byte that are set in every report that has it, and those that are clear in every one; ok is false when
// no report has it.
func steadyBits(reports [][]byte, offset int) (set, unset uint8, ok bool) {
	set, unset = 0xff, 0xff
	for _, r := range reports {
		if offset < len(r) {
			set, unset, ok = set&r[offset], unset&^r[offset], true
		}
	}
	return set, unset, ok
}
