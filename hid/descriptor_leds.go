package hid

// LEDReport is an output report that switches lights.
type LEDReport struct {
	ID   uint8       // report id, 0 for a device without ids
	Size int         // bytes after the id, at least 1
	Bits map[LED]int // where each light is: bit n of the bytes after the id, the lowest of each byte first
}

// maxLED is the highest light that is looked for: HID Usage Tables 1.5, section 11, ends below it.
const maxLED = 0xff

// LEDs is the output report with the device's lights, false when it has none. Of several reports it is the one with
// NumLock, else the first.
func (d *Descriptor) LEDs() (LEDReport, bool) {
	reports := make(map[uint8]map[LED]int)
	var best LEDReport
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Kind != Output || f.Flags&FlagConstant != 0 || !f.Variable() || f.Size != 1 {
			continue
		}
		bits := reports[f.ReportID]
		if bits == nil {
			bits = make(map[LED]int)
			reports[f.ReportID] = bits
		}
		f.addLEDs(bits)
		_, bestHasNum := best.Bits[LEDNumLock]
		if _, hasNum := bits[LEDNumLock]; len(bits) > 0 && (best.Bits == nil || hasNum && !bestHasNum) {
			best = LEDReport{ID: f.ReportID, Size: (d.bits[reportKey{Output, f.ReportID}] + 7) / 8, Bits: bits}
		}
	}
	return best, best.Bits != nil
}

// addLEDs adds the lights of an output field of single bits. A light that stands twice is the first one.
func (f *Field) addLEDs(bits map[LED]int) {
	for first, r := range f.slots() {
		if r.Page != PageLED {
			continue
		}
		for u := max(1, int(r.Min)); u <= min(int(r.Max), maxLED); u++ {
			if _, known := bits[LED(u)]; !known {
				bits[LED(u)] = f.BitOffset + first + u - int(r.Min)
			}
		}
	}
}

// Report is the output report with these lights lit and all others dark. Byte 0 is the report id, 0 for a device without ids, as
// hidapi's write takes it on Linux and macOS. A light that the device lacks is left out.
func (r LEDReport) Report(lit ...LED) []byte {
	b := make([]byte, 1+r.Size)
	b[0] = r.ID
	for _, led := range lit {
		if bit, ok := r.Bits[led]; ok {
			b[1+bit/8] |= 1 << (bit % 8)
		}
	}
	return b
}
