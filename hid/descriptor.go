package hid

import "errors"

// Descriptor is what a device says about its reports.
type Descriptor struct {
	// Numbered: every report starts with a byte that holds its report id.
	Numbered bool
}

// ParseDescriptor reads a report descriptor (HID 1.11, section 6.2.2).
func ParseDescriptor(b []byte) (*Descriptor, error) { return nil, errors.New("not written yet") }

// BootKeyboard is the descriptor of a keyboard that speaks the boot protocol: HID 1.11, appendix B.1 and E.6.
var BootKeyboard = &Descriptor{}

// Class says what a device can do to the desktop when nobody has taken it.
type Class uint8

// The classes of devices.
const (
	ClassOther    Class = iota // nothing that a keyboard has: buttons, media keys, a mouse, vendor data
	ClassKeypad                // keyboard keys, but none that types a letter
	ClassKeyboard              // can type letters; many numeric keypads claim this too
)

// Class is the device's class.
func (d *Descriptor) Class() Class { return ClassOther }

// IsKeyboard reports whether the device can type letters.
func (d *Descriptor) IsKeyboard() bool { return d.Class() == ClassKeyboard }

// Has reports whether an input report of this device can carry the key.
func (d *Descriptor) Has(k Key) bool { return false }

// Summary is one short line for a device list: "keyboard, 106 keys, 5 lights".
func (d *Descriptor) Summary() string { return "" }

// LEDReport is an output report that switches lights.
type LEDReport struct {
	ID   uint8       // report id, 0 for a device without ids
	Size int         // bytes after the id
	Bits map[LED]int // where each light is, in bits after the id
}

// LEDs is the output report with the device's lights; false when it has none.
func (d *Descriptor) LEDs() (LEDReport, bool) { return LEDReport{}, false }

// Report is the output report with these lights lit and all others dark, byte 0 being the report id (0 for none).
func (r LEDReport) Report(lit ...LED) []byte { return make([]byte, 1+r.Size) }
