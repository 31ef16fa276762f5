package usblab_test

import "magicbutton/internal/usblab"

// consumerDescriptor is a consumer control of one array: the usage of the key that is down, in two bytes.
var consumerDescriptor = []byte{
	0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, // consumer, consumer control, application
	0x15, 0x00, 0x26, 0xff, 0x03, 0x19, 0x00, 0x2a, 0xff, 0x03, 0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xc0,
}

// bigRedDescriptor is the Big Red Button's own: eight bytes each way whose usages are on page 0 and mean nothing.
var bigRedDescriptor = []byte{
	0x05, 0x01, 0x09, 0x10, 0xa1, 0x01,
	0x05, 0x00, 0x19, 0x10, 0x29, 0x11, 0x15, 0x00, 0x25, 0x0f, 0x75, 0x08, 0x95, 0x08, 0x91, 0x02,
	0x19, 0x10, 0x29, 0x11, 0x15, 0x00, 0x25, 0x0f, 0x75, 0x08, 0x95, 0x08, 0x81, 0x00, 0xc0,
}

// streamDeckDescriptor has the lengths of a Stream Deck of the second generation, and as little meaning: report 1
// of 512 bytes in, report 2 of 1,024 bytes out, the id included.
var streamDeckDescriptor = []byte{
	0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, // consumer, consumer control, application
	0x85, 0x01, 0x0a, 0x00, 0xff, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x96, 0xff, 0x01, 0x81, 0x02,
	0x85, 0x02, 0x0a, 0x00, 0xff, 0x96, 0xff, 0x03, 0x91, 0x02, 0xc0,
}

// arcadeEncoder is what arcade buttons are wired to.
func arcadeEncoder() usblab.Gadget {
	return usblab.Gadget{
		Name: "encoder", VendorID: 0x1209, ProductID: 0x0006, Product: "USB Encoder", Serial: "ARCADE",
		Interfaces: []usblab.Interface{{ReportLength: 4, Descriptor: []byte{
			0x05, 0x01, 0x09, 0x04, 0xa1, 0x01, // generic desktop, joystick, application
			0x09, 0x30, 0x09, 0x31, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x02, 0x81, 0x02, // X and Y, a byte each
			0x05, 0x09, 0x19, 0x01, 0x29, 0x0c, 0x25, 0x01, 0x75, 0x01, 0x95, 0x0c, 0x81, 0x02, // buttons 1 to 12, a bit each
			0x75, 0x04, 0x95, 0x01, 0x81, 0x03, 0xc0, // four bits of padding
		}}},
	}
}

func consumerButton() usblab.Gadget {
	return usblab.Gadget{
		Name: "consumer", VendorID: 0x1209, ProductID: 0x0007, Product: "Media Button", Serial: "MEDIA",
		Interfaces: []usblab.Interface{{ReportLength: 2, Descriptor: consumerDescriptor}},
	}
}

func bigRedButton() usblab.Gadget {
	return usblab.Gadget{
		Name: "bigred", VendorID: 0x1d34, ProductID: 0x000d, Manufacturer: "Dream Link", Product: "DL100B Dream Cheeky Generic Controller",
		Interfaces: []usblab.Interface{{
			ReportLength: 8, Descriptor: bigRedDescriptor, NoOutEndpoint: true, Poll: []byte{0, 0, 0, 0, 0, 0, 0, 2},
		}},
	}
}

func streamDeck() usblab.Gadget {
	return usblab.Gadget{
		Name: "deck", VendorID: 0x0fd9, ProductID: 0x006d, Manufacturer: "Elgato", Product: "Stream Deck", Serial: "AL01K2C00001",
		Interfaces: []usblab.Interface{{ReportLength: 1024, Descriptor: streamDeckDescriptor}},
	}
}

// streamDeckReport is what the deck sends with these keys down, counted from 1: id, kind, length in two bytes, a byte for each key.
func streamDeckReport(down ...int) []byte {
	report := make([]byte, 512)
	copy(report, []byte{0x01, 0x00, 0x0f, 0x00})
	for _, key := range down {
		report[3+key] = 1
	}
	return report
}

// exclamationKey is the "USB ! key": a press sends its chord and lets go at once, however long it is held.
func exclamationKey() usblab.Gadget {
	g := usblab.Keypad("exclamation", "")
	g.VendorID, g.ProductID, g.Manufacturer, g.Product = 0x1130, 0x6626, "", "USB Button"
	return g
}

// webkey types a web address. Its strings are those of a fake Apple keyboard that was taken apart.
func webkey() usblab.Gadget {
	g := usblab.Keypad("webkey", "")
	g.VendorID, g.ProductID, g.Manufacturer, g.Product = 0x05ac, 0x0301, "FET-M-0101", "WEBKEY"
	return g
}

// typedAddress is what a webkey types: the Run dialogue (Windows key and R), an address, return. Each key is let go again.
func typedAddress() [][]byte {
	const windows = 0x08 // left GUI, a modifier: HID 1.11, appendix B.1
	run := usblab.BootReport("r")
	run[0] = windows
	reports := [][]byte{run, usblab.BootReport()}
	for _, letter := range "wwwexampletest" {
		reports = append(reports, usblab.BootReport(usblab.Key(letter)), usblab.BootReport())
	}
	return append(reports, usblab.BootReport("ret"), usblab.BootReport())
}

// twinKeypad is one of several that nobody can tell apart but by where it is plugged in.
func twinKeypad(name string) usblab.Gadget {
	g := usblab.Keypad(name, "")
	g.VendorID, g.ProductID, g.Product = 0x13ba, 0x0001, "Numeric Keypad"
	return g
}
