package cli_test

import (
	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// drawer is what a desk's drawer may have, all plugged in at once: a keypad with
// media keys, a model that only documents tell of, one whose keys cannot be held,
// arcade encoders that nothing tells apart, one that does not say what it sends, a
// security key.
func drawer() hid.Bus {
	keypad := hidtest.Keypad("1-1", "DESK-A")
	media := keypad
	media.Path, media.Interface, media.BootKeyboard = "1-1:1.1", 1, false
	// One of all media keys at a time: consumer page, 0 to 0x3ff.
	media.Descriptor = []byte{
		0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01,
		0x15, 0x00, 0x26, 0xff, 0x03, 0x19, 0x00, 0x2a, 0xff, 0x03, 0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xc0,
	}
	mute := hidtest.Other("1-2", "MuteMe Mini", 0x42db, hidtest.VendorDescriptor)
	mute.VendorID = 0x20a0
	exclamation := hidtest.Keypad("1-3", "")
	exclamation.VendorID, exclamation.ProductID, exclamation.Product = 0x1130, 0x6626, "USB ! key"
	return hidtest.NewBus(
		keypad, media, mute, exclamation,
		hidtest.Other("2-1", "Arcade", 2, hidtest.EncoderDescriptor),
		hidtest.Other("2-2", "Arcade", 2, hidtest.EncoderDescriptor),
		hidtest.Other("2-3", "Gadget", 3, hidtest.VendorDescriptor),
		hidtest.Other("2-4", "Security Key", 4, hidtest.FIDODescriptor),
	)
}
