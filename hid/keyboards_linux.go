package hid

import (
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const inputClassPath = "sys/class/input"

// letterKeys are the bits of the 26 letters among a Linux input device's keys: KEY_Q to KEY_P, KEY_A to KEY_L and KEY_Z to
// KEY_M (linux/input-event-codes.h).
const letterKeys uint64 = 0x3ff<<16 | 0x1ff<<30 | 0x7f<<44

// OtherKeyboard tells whether the kernel has a keyboard with all letters that is no part of the device: one built in or
// on Bluetooth too. One that a program holds is none.
func (u *USB) OtherKeyboard(d Device) (bool, error) { return u.sys().otherKeyboard(d.Port) }

func (s sysfs) otherKeyboard(port string) (bool, error) {
	dir := filepath.Join(s.root, inputClassPath)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, fmt.Errorf("listing input devices: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "input") {
			continue // an event node, or a mouse's, of an input device
		}
		input := filepath.Join(dir, e.Name())
		where, err := filepath.EvalSymlinks(input)
		if err != nil || strings.Contains(where, "/"+port+interfaceMark) {
			continue // it is going, or an interface of the device itself
		}
		if hasLetters(text(filepath.Join(input, "capabilities"), "key")) {
			return true, nil
		}
	}
	return false, nil
}

// hasLetters tells whether a key bitmap has all letters. It is words of the kernel's long, which is this program's, the
// highest first (input_bits_to_string in drivers/input/input.c).
func hasLetters(bitmap string) bool {
	words := strings.Fields(bitmap)
	var low uint64
	for i := range min(len(words), 64/bits.UintSize) {
		word, err := strconv.ParseUint(words[len(words)-1-i], 16, bits.UintSize)
		if err != nil {
			return false
		}
		low |= word << (i * bits.UintSize)
	}
	return low&letterKeys == letterKeys
}

// What the USB bus does on Linux only.
var (
	_ KeyboardFinder = (*USB)(nil)
	_ Ager           = (*USB)(nil)
)
