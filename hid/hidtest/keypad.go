package hidtest

import "magicbutton/hid"

// KeyboardDescriptor is the report descriptor of a boot keyboard with every key of the keyboard page and five lights:
// HID 1.11, appendix B.1, with the usages up to 0xff.
var KeyboardDescriptor = []byte{
	0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, // generic desktop, keyboard, application collection
	0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, // modifier keys
	0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, // eight bits of input
	0x95, 0x01, 0x75, 0x08, 0x81, 0x01, // reserved byte
	0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, // five lights
	0x95, 0x01, 0x75, 0x03, 0x91, 0x01, // padding
	0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xff, 0x00, // six bytes, 0 to 255
	0x05, 0x07, 0x19, 0x00, 0x29, 0xff, 0x81, 0x00, // keys as an array
	0xc0,
}

// The model of Keypad: an id of pid.codes for private tests, which no product may have.
const (
	KeypadVendor  = 0x1209
	KeypadProduct = 0x0001
)

// Keypad is a numeric keypad plugged into a port such as "1-1". Its path is the port and ":1.0".
func Keypad(port, serial string) hid.Device {
	return hid.Device{
		Path: port + ":1.0", Port: port,
		VendorID: KeypadVendor, ProductID: KeypadProduct, Release: 0x0100,
		Serial: serial, Manufacturer: "hidtest", Product: "Keypad",
		BootKeyboard: true, Descriptor: KeyboardDescriptor,
	}
}

// Key is a key of the keyboard page: 0x59 to 0x61 are Keypad 1 to 9 (HID Usage Tables 1.5, section 10).
func Key(usage uint16) hid.Key { return hid.Key{Page: hid.PageKeyboard, Usage: usage} }

// KeyboardReport is the boot keyboard's input report with these keys down: HID 1.11, appendix B.1. With more than six it
// says roll-over, as keyboards do.
func KeyboardReport(down ...hid.Key) []byte {
	const (
		rollOver      = 0x01
		firstModifier = 0xe0
		lastModifier  = 0xe7
	)
	report := make([]byte, 8)
	n := 2
	for _, k := range down {
		switch {
		case k.Usage >= firstModifier && k.Usage <= lastModifier:
			report[0] |= 1 << (k.Usage - firstModifier)
		case n < len(report):
			report[n] = byte(k.Usage)
			n++
		default:
			for i := 2; i < len(report); i++ {
				report[i] = rollOver
			}
		}
	}
	return report
}
