package hid

import (
	"slices"
	"time"
)

// profiles are the models that need one, in the order in which they are tried.
var profiles = slices.Concat(novelties, pedals, webkeys, streamDecks, xkeysPanels)

// novelties are single buttons.
var novelties = []Profile{
	{
		Name: "Dream Cheeky Big Red Button", VendorID: 0x1d34, ProductIDs: []uint16{0x000d},
		Confirmed: true, Source: "fidian/bonkers: bonkers.c, doc/big-red-button",
		Rows: 1, Columns: 1,
		// 0x14 is pressed under the shut lid, 0x16 with the lid open, and one more each when it is not pressed.
		fields:  []buttonField{{at: 0, size: 1, inverted: true, buttons: count(1, 1), guards: []guard{{at: 0, mask: 0xfc, value: 0x14}}}},
		polling: dreamCheeky,
	},
	{
		Name: "Dream Cheeky Fidget", VendorID: 0x1d34, ProductIDs: []uint16{0x0001, 0x0002, 0x0003}, // soccer, basketball, golf
		Confirmed: true, Source: "fidian/bonkers: bonkers.c, doc/fidget-*",
		Rows: 1, Columns: 1,
		fields:  []buttonField{{at: 0, size: 1, inverted: true, buttons: count(1, 1), guards: []guard{{at: 0, mask: 0xfe, value: 0x1e}}}},
		polling: dreamCheeky,
	},
	{
		Name: "EB Brands USB ! key", VendorID: 0x1130, ProductIDs: []uint16{0x6626},
		TapOnly: true, Confirmed: true, Source: "fidian/bonkers: bonkers.c, doc/usb-exclamation-key",
	},
	{
		Name: "MuteMe", VendorID: 0x20a0, ProductIDs: []uint16{0x42da},
		Confirmed: true, Source: "an owner's notes on the MuteMe USB HID protocol; JnyJny/busylight: vendors/muteme",
		Rows: 1, Columns: 1, fields: muteMe,
		lamp: muteMeLamp,
	},
	{
		Name: "MuteMe Mini", VendorID: 0x20a0, ProductIDs: []uint16{0x42db},
		Source: "JnyJny/busylight: vendors/muteme; taken to speak as the MuteMe does",
		Rows:   1, Columns: 1, fields: muteMe,
		lamp: muteMeLamp,
	},
	{
		Name: "MuteMe (prototype)", VendorID: 0x16c0, ProductIDs: []uint16{0x27db}, product: "muteme", // ids that V-USB lends to anybody
		Source: "JnyJny/busylight: vendors/muteme; taken to speak as the MuteMe does",
		Rows:   1, Columns: 1, fields: muteMe,
		lamp: muteMeLamp,
	},
	{
		Name: "Luxafor Mute", VendorID: 0x04d8, ProductIDs: []uint16{0xf372}, product: "mute", // the Flag and the Orb share its ids
		Confirmed: true, Source: "JnyJny/busylight: vendors/luxafor/mute.py",
		Rows: 1, Columns: 1,
		// 83 00 when pressed, 83 01 when let go; what else it sends is no key.
		fields: []buttonField{{at: 1, size: 8, inverted: true, buttons: count(1, 1), guards: []guard{{at: 0, mask: 0xff, value: 0x83}}}},
		lamp:   luxaforLamp,
	},
}

// dreamCheeky devices never tell their state by themselves. Nobody presses a button the size of a fist for less than the time between
// two questions.
var dreamCheeky = &polling{request: []byte{0, 0, 0, 0, 0, 0, 0, 0, 2}, every: 40 * time.Millisecond}

// muteMe says 4 when it is touched, 1 over and over while it stays so, 2 when it is let go, and 0 at rest.
var muteMe = []buttonField{
	{at: 3, bit: 2, size: 1, buttons: count(1, 1)},
	{at: 3, bit: 0, size: 1, buttons: count(1, 1)},
}

// pedals are foot pedals and jog wheels. What PCsensor's send is up to what was programmed, a string too, which makes them tap only: that
// shows when they are used.
var pedals = []Profile{
	{
		Name: "VEC Infinity foot pedal", VendorID: 0x05f3, ProductIDs: []uint16{0x00ff},
		Confirmed: true, Source: "fenimore/scribouillage: driver.go; georgemck/vec-footpedal-hid-linux",
		Rows: 1, Columns: 3,
	},
	{
		Name:     "PCsensor foot switch or key",
		VendorID: 0x0c45, ProductIDs: []uint16{0x7403, 0x7404},
		Confirmed: true, Source: "rgerganov/footswitch: README",
	},
	{
		Name:     "PCsensor foot switch or key",
		VendorID: 0x3553, ProductIDs: []uint16{0xb001, 0xc010},
		Confirmed: true, Source: "rgerganov/footswitch: README",
	},
	{
		Name: "PCsensor foot switch or key", VendorID: 0x413d, ProductIDs: []uint16{0x2107},
		Confirmed: true, Source: "rgerganov/footswitch: README",
	},
	{
		Name: "PCsensor foot switch or key", VendorID: 0x1a86, ProductIDs: []uint16{0xe026},
		Confirmed: true, Source: "rgerganov/footswitch: README",
	},
	{
		Name: "Contour ShuttleXpress", VendorID: 0x0b33, ProductIDs: []uint16{0x0020},
		Source: "bitfocus/companion issue 3486; a WebHID driver for Contour's ids",
		fields: []buttonField{{at: 3, bit: 4, size: 1, buttons: count(1, 5)}},
	},
	{
		Name: "Contour ShuttlePRO", VendorID: 0x0b33, ProductIDs: []uint16{0x0010},
		Source: "bitfocus/companion issue 3486; a WebHID driver for Contour's ids",
		fields: []buttonField{{at: 3, size: 1, buttons: count(1, 13)}},
	},
	{
		Name: "Contour ShuttlePRO v2", VendorID: 0x0b33, ProductIDs: []uint16{0x0030},
		Source: "bitfocus/companion issue 3486; a WebHID driver for Contour's ids",
		fields: []buttonField{{at: 3, size: 1, buttons: count(1, 15)}},
	},
}

// webkeys are buttons that type a web address. Their ids are borrowed, so that what they call themselves counts for more.
var webkeys = []Profile{
	{
		Name: "USB webkey", VendorID: 0x05ac, ProductIDs: []uint16{0x0301}, product: "webkey fetm",
		TapOnly: true, Burst: true, Confirmed: true, Source: "recordings of a WEB-130C; research1491: a webkey taken apart",
	},
	{
		Name: "USB webkey", product: "webkey squibkey bonpal",
		TapOnly: true, Burst: true, Source: "names that webkeys are sold under",
	},
}

// count is n buttons from first on.
func count(first, n uint16) []uint16 {
	numbers := make([]uint16, n)
	for i := range numbers {
		numbers[i] = first + uint16(i)
	}
	return numbers
}
