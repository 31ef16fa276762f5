package hid

// Usage pages that keys and lights live on: HID Usage Tables 1.5, section 3.
const (
	PageGenericDesktop uint16 = 0x01
	PageKeyboard       uint16 = 0x07
	PageLED            uint16 = 0x08
	PageButton         uint16 = 0x09
	PageTelephony      uint16 = 0x0b
	PageConsumer       uint16 = 0x0c
	pageNone           uint16 = 0x00 // undefined there; here it holds AnyKey and the raw keys
	pageDigitizer      uint16 = 0x0d
	pageVendor         uint16 = 0xff00 // and everything above it
)

// LED is a light: a usage on page 0x08 (HID Usage Tables 1.5, section 11).
type LED uint16

// The lights of a boot keyboard, in the order of their bits in its output report.
const (
	LEDNumLock    LED = 0x01
	LEDCapsLock   LED = 0x02
	LEDScrollLock LED = 0x03
	LEDCompose    LED = 0x04
	LEDKana       LED = 0x05
)

// Usages on the keyboard page that this package treats by name: HID Usage Tables 1.5, section 10.
const (
	usageErrorRollOver  uint16 = 0x01 // in an array: more keys are down than the report can carry
	usageErrorUndefined uint16 = 0x03 // the last of the error codes; POSTFail (0x02) lies between
	usageZ              uint16 = 0x1d // the last letter; A is the first key of the page
)

// Usages on the generic desktop page that are keys: system power down to D-pad left.
const (
	usageSystemPowerDown uint16 = 0x81
	usageDPadLeft        uint16 = 0x93
)

// keyUsages is the range of usages on a page that a finger presses; it is empty (lowest above highest) on a page without keys.
// Axes, hats, lights, error codes and vendor data are no keys, nor is usage 0, which says that nothing is pressed.
func keyUsages(page uint16) (lowest, highest uint16) {
	switch page {
	case PageKeyboard:
		return usageErrorUndefined + 1, 0xffff
	case PageButton, PageConsumer, PageTelephony:
		return 1, 0xffff
	case PageGenericDesktop:
		return usageSystemPowerDown, usageDPadLeft
	}
	return 1, 0
}

// isKey reports whether a usage is something that a finger presses.
func isKey(page, usage uint16) bool {
	lowest, highest := keyUsages(page)
	return lowest <= usage && usage <= highest
}

// isAnalog reports whether a variable of more than one bit measures something instead of being pressed: the linear controls
// (LC) of the consumer page, HID Usage Tables 1.5, section 15.
func isAnalog(page, usage uint16) bool {
	if page != PageConsumer {
		return false
	}
	switch usage {
	case 0xe0, 0xe1, 0xe3, 0xe4, // volume, balance, bass, treble
		0x22f, 0x235, 0x238: // zoom, scroll, pan
		return true
	}
	return usage >= 0x160 && usage <= 0x16a // speaker channel levels
}
