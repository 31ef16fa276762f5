package hid

// Usage pages of devices that are not for pressing: HID Usage Tables 1.5, section 3.
const (
	pagePower   uint16 = 0x84   // an uninterruptible power supply
	pageBattery uint16 = 0x85   // its battery
	pageFIDO    uint16 = 0xf1d0 // a security key
)

// private reports whether the device is one that nobody learns a key from or takes for any key: a security key, a power
// supply, a pen or a touch screen.
func (d *Descriptor) private() bool {
	for _, c := range d.Collections {
		if c.Parent != -1 {
			continue
		}
		switch c.Page {
		case pageFIDO, pagePower, pageBattery, pageDigitizer:
			return true
		}
	}
	return false
}

// undescribed reports whether the device sends reports whose meaning it does not tell: only raw keys can name what is
// pressed on it.
func (d *Descriptor) undescribed() bool {
	return !d.private() && !d.HasKeys() && !d.points() && d.sends()
}

// takesRaw reports whether raw keys can name what is pressed on the device, as it does not tell, or only a Profile does that nobody
// confirmed.
func (d *Descriptor) takesRaw() bool { return d.unconfirmed || d.undescribed() }

// points reports whether the device moves a pointer: its buttons are a mouse's. A joystick is not meant, though its axes are often
// in a collection that is called a pointer.
func (d *Descriptor) points() bool {
	const pointer, mouse = 0x01, 0x02 // HID Usage Tables 1.5, section 4.1
	for _, c := range d.Collections {
		if c.Parent == -1 && c.Page == PageGenericDesktop && (c.Usage == pointer || c.Usage == mouse) {
			return true
		}
	}
	return false
}

// sends reports whether the device has input reports at all.
func (d *Descriptor) sends() bool {
	for report, bits := range d.bits {
		if report.kind == Input && bits > 0 {
			return true
		}
	}
	return false
}
