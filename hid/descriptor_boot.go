package hid

// BootKeyboard describes a keyboard that speaks the boot protocol: HID 1.11, appendices B.1 and E.6. A keyboard whose own
// descriptor is not known is decoded by it. It differs from the standard's text in one number: the array takes all 8 bits and not
// only usages up to 0x65, because F13 to F24 lie above and real keypads send them.
var BootKeyboard = mustParseDescriptor([]byte{
	0x05, 0x01, // Usage Page (Generic Desktop)
	0x09, 0x06, // Usage (Keyboard)
	0xa1, 0x01, // Collection (Application)
	0x05, 0x07, //   Usage Page (Keyboard)
	0x19, 0xe0, //   Usage Minimum (Left Control)
	0x29, 0xe7, //   Usage Maximum (Right GUI)
	0x15, 0x00, //   Logical Minimum (0)
	0x25, 0x01, //   Logical Maximum (1)
	0x75, 0x01, //   Report Size (1)
	0x95, 0x08, //   Report Count (8)
	0x81, 0x02, //   Input (Variable): modifiers
	0x95, 0x01, //   Report Count (1)
	0x75, 0x08, //   Report Size (8)
	0x81, 0x01, //   Input (Constant): reserved
	0x95, 0x05, //   Report Count (5)
	0x75, 0x01, //   Report Size (1)
	0x05, 0x08, //   Usage Page (LEDs)
	0x19, 0x01, //   Usage Minimum (Num Lock)
	0x29, 0x05, //   Usage Maximum (Kana)
	0x91, 0x02, //   Output (Variable): lights
	0x95, 0x01, //   Report Count (1)
	0x75, 0x03, //   Report Size (3)
	0x91, 0x01, //   Output (Constant)
	0x95, 0x06, //   Report Count (6)
	0x75, 0x08, //   Report Size (8)
	0x15, 0x00, //   Logical Minimum (0)
	0x26, 0xff, 0x00, // Logical Maximum (255)
	0x05, 0x07, //   Usage Page (Keyboard)
	0x19, 0x00, //   Usage Minimum (0)
	0x29, 0xff, //   Usage Maximum (255)
	0x81, 0x00, //   Input (Array): keys
	0xc0, // End Collection
})

// mustParseDescriptor panics on a descriptor that does not parse: it is for those written here.
func mustParseDescriptor(b []byte) *Descriptor {
	d, err := ParseDescriptor(b)
	if err != nil {
		panic(err)
	}
	return d
}
