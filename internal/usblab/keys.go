package usblab

import (
	"fmt"
	"testing"
)

// Key is a key of a keyboard, by QEMU's name for it (QKeyCode of QEMU's QMP
// reference): "a", "1", "kp_1", "kp_enter".
type Key string

// keyCodes are a key's numbers.
type keyCodes struct {
	usage byte   // HID usage tables 1.4, keyboard page (7)
	code  uint16 // linux/input-event-codes.h
}

// keys has what keypads have, and letters and digits.
var keys = map[Key]keyCodes{
	"a": {0x04, 30}, "b": {0x05, 48}, "c": {0x06, 46}, "d": {0x07, 32}, "e": {0x08, 18}, "f": {0x09, 33}, "g": {0x0a, 34},
	"h": {0x0b, 35}, "i": {0x0c, 23}, "j": {0x0d, 36}, "k": {0x0e, 37}, "l": {0x0f, 38}, "m": {0x10, 50}, "n": {0x11, 49},
	"o": {0x12, 24}, "p": {0x13, 25}, "q": {0x14, 16}, "r": {0x15, 19}, "s": {0x16, 31}, "t": {0x17, 20}, "u": {0x18, 22},
	"v": {0x19, 47}, "w": {0x1a, 17}, "x": {0x1b, 45}, "y": {0x1c, 21}, "z": {0x1d, 44},
	"1": {0x1e, 2}, "2": {0x1f, 3}, "3": {0x20, 4}, "4": {0x21, 5}, "5": {0x22, 6},
	"6": {0x23, 7}, "7": {0x24, 8}, "8": {0x25, 9}, "9": {0x26, 10}, "0": {0x27, 11},
	"ret": {0x28, 28}, "esc": {0x29, 1}, "backspace": {0x2a, 14}, "tab": {0x2b, 15}, "spc": {0x2c, 57},
	"num_lock": {0x53, 69}, "kp_divide": {0x54, 98}, "kp_multiply": {0x55, 55}, "kp_subtract": {0x56, 74},
	"kp_add": {0x57, 78}, "kp_enter": {0x58, 96}, "kp_1": {0x59, 79}, "kp_2": {0x5a, 80}, "kp_3": {0x5b, 81},
	"kp_4": {0x5c, 75}, "kp_5": {0x5d, 76}, "kp_6": {0x5e, 77}, "kp_7": {0x5f, 71}, "kp_8": {0x60, 72},
	"kp_9": {0x61, 73}, "kp_0": {0x62, 82}, "kp_decimal": {0x63, 83},
}

// keyOf names a key of the kernel's.
func keyOf(code uint16) Key {
	for k, c := range keys {
		if c.code == code {
			return k
		}
	}
	return Key(fmt.Sprintf("code %d", code))
}

// mustKnow fails the test for a key that the table does not have.
func mustKnow(t testing.TB, list ...Key) {
	t.Helper()
	for _, k := range list {
		if _, ok := keys[k]; !ok {
			t.Fatalf("unknown key %q", k)
		}
	}
}

// BootReport is a boot keyboard's input report with these keys down: modifiers
// (none), a reserved byte, six keys (HID 1.11, appendix B.1). Further keys do not
// fit, and unknown keys are 0.
func BootReport(down ...Key) []byte {
	report := make([]byte, 8)
	for i, k := range down[:min(6, len(down))] {
		report[2+i] = keys[k].usage
	}
	return report
}

// Rotate returns n keys: those of list in turn.
func Rotate(n int, list ...Key) []Key {
	all := make([]Key, n)
	for i := range all {
		all[i] = list[i%len(list)]
	}
	return all
}
