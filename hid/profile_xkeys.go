package hid

import "slices"

// Where the X-keys rows are from. Buttons have the numbers of the maker's own software, column by column on most panels; 0 is the program
// switch, on the sticks and pedals a slide that stays where it is put.
const (
	xkeysRecorded = "SuperFlyTV/xkeys: packages/core/src/products.ts, and a recording of every key"
	xkeysListed   = "SuperFlyTV/xkeys: packages/core/src/products.ts"
	xkeysVendor   = 0x05f3
)

var xkeysPanels = []Profile{
	{
		Name: "X-keys XK-24", VendorID: xkeysVendor, ProductIDs: []uint16{1029, 1027},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 6, Columns: 4, grid: byColumns(6, 4),
		fields: withSwitch(xkeys(4, 6)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 6, red: 32, tail: 1},
	},
	{
		Name: "X-keys XK-24M-RGB", VendorID: xkeysVendor, ProductIDs: []uint16{1404},
		Source: xkeysListed,
		Rows:   6, Columns: 4, grid: byColumns(6, 4),
		fields: withSwitch(xkeys(4, 6)), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XK-4 Stick", VendorID: xkeysVendor, ProductIDs: []uint16{1127, 1129},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 1, Columns: 4,
		fields: withSwitch(xkeys(4, 1)), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XK-8 Stick", VendorID: xkeysVendor, ProductIDs: []uint16{1130, 1132},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 1, Columns: 8, grid: grid{1, 3, 5, 7, 2, 4, 6, 8},
		fields: withSwitch(xkeys(4, 2)), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XK-16 Stick", VendorID: xkeysVendor, ProductIDs: []uint16{1049, 1051, 1213, 1216},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 1, Columns: 16, grid: grid{1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 4, 8, 12, 16},
		fields: withSwitch(xkeys(4, 4)), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XK-16 LCD", VendorID: xkeysVendor, ProductIDs: []uint16{1316, 1317, 1318, 1319, 1320, 1322},
		Source: xkeysListed,
		Rows:   4, Columns: 4, grid: byColumns(4, 4),
		fields: withSwitch(xkeys(4, 4)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 4, red: 32, tail: 1},
	},
	{
		Name: "X-keys XK-12 Jog-Shuttle", VendorID: xkeysVendor, ProductIDs: []uint16{1062, 1064},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 3, Columns: 4, grid: byColumns(3, 4),
		fields: withSwitch(xkeys(4, 3)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 3, red: 32, tail: 1},
	},
	{
		Name: "X-keys XK-12 Joystick", VendorID: xkeysVendor, ProductIDs: []uint16{1065, 1067},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 3, Columns: 4, grid: byColumns(3, 4),
		fields: withSwitch(xkeys(4, 3)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 3, red: 32, tail: 1},
	},
	{
		Name: "X-keys XK-60", VendorID: xkeysVendor, ProductIDs: []uint16{1121, 1123, 1231, 1234},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 10, grid: byColumns(8, 10, xk60Missing...),
		fields: withSwitch(xkeys(10, 8, xk60Missing...)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 80, tail: 1},
	},
	{
		Name: "X-keys XK-68 Jog-Shuttle", VendorID: xkeysVendor, ProductIDs: []uint16{1114, 1116},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 10, grid: byColumns(8, 10, xk68JogMissing...),
		fields: withSwitch(xkeys(10, 8, xk68JogMissing...)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 80, tail: 1},
	},
	{
		Name: "X-keys XK-68 Joystick", VendorID: xkeysVendor, ProductIDs: []uint16{1117, 1119},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 10, grid: byColumns(8, 10, xk68StickMissing...),
		fields: withSwitch(xkeys(10, 8, xk68StickMissing...)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 80, tail: 1},
	},
	{
		Name: "X-keys XK-80", VendorID: xkeysVendor, ProductIDs: []uint16{1089, 1091, 1217, 1220},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 10, grid: byColumns(8, 10),
		fields: withSwitch(xkeys(10, 8)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 80, tail: 1},
	},
	{
		Name: "X-keys XK-128 Matrix", VendorID: xkeysVendor, ProductIDs: []uint16{1030, 1032}, // a bare board: its keys lie where they were wired to
		Confirmed: true, Source: xkeysRecorded,
		fields: withSwitch(xkeys(16, 8)), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XKE-128", VendorID: xkeysVendor, ProductIDs: []uint16{1227, 1230},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 16, grid: byColumns(8, 16),
		fields: xkeys(16, 8), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 128, tail: 1},
	},
	{
		Name: "X-keys XKE-124 T-bar", VendorID: xkeysVendor, ProductIDs: []uint16{1275, 1278},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 16, grid: byColumns(8, 16, 109, 110, 111, 112),
		fields: xkeys(16, 8, 109, 110, 111, 112), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 128, tail: 1},
	},
	{
		Name: "X-keys XKE-64 Jog T-bar", VendorID: xkeysVendor, ProductIDs: []uint16{1325, 1326, 1327, 1328, 1329, 1330, 1331},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 8, Columns: 10, grid: byColumns(8, 10, xke64Missing...),
		fields: xkeys(10, 8, xke64Missing...), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 80, tail: 1},
	},
	{
		Name: "X-keys XKE-40", VendorID: xkeysVendor, ProductIDs: []uint16{1355, 1356, 1357, 1358, 1359, 1360, 1361},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 2, Columns: 20,
		fields: withSwitch(xkeys(5, 8)), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 40},
	},
	{
		Name: "X-keys XKR-32", VendorID: xkeysVendor, ProductIDs: []uint16{1279, 1282}, // two rows of 16; which is which is not known
		Confirmed: true, Source: xkeysRecorded,
		fields: xkeys(4, 8), polling: xkeysPolling,
		lamp: xkeysLamp{rows: 8, red: 32, tail: 1},
	},
	{
		Name: "X-keys XK-3 Foot Pedal", VendorID: xkeysVendor, ProductIDs: []uint16{1080, 1082},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 1, Columns: 3, grid: grid{2, 3, 4},
		fields: withSwitch(xkeys(1, 4, 1)), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XK-3 Switch Interface", VendorID: xkeysVendor, ProductIDs: []uint16{1221, 1224},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 1, Columns: 3, grid: grid{1, 2, 5},
		// Bits 2 and 3 tell that a plug is in the socket.
		fields: xkeys(1, 5, 3, 4), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XK-12 Switch Interface", VendorID: xkeysVendor, ProductIDs: []uint16{1192, 1195},
		Confirmed: true, Source: xkeysRecorded,
		Rows: 2, Columns: 6, grid: grid{2, 4, 6, 8, 10, 12, 1, 3, 5, 7, 9, 11},
		// A column for each socket. A mono plug may hold the lower switch of its socket down for ever.
		fields: append(xkeys(1, 8), buttonField{at: 3, size: 1, buttons: count(9, 4), guards: xkeysState}), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XBK-4x6", VendorID: xkeysVendor, ProductIDs: []uint16{1365, 1366, 1367, 1368, 1369, 1370, 1371},
		Source: xkeysListed,
		Rows:   6, Columns: 4, grid: byColumns(6, 4),
		fields: xkeys(4, 6), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XBK-3x6", VendorID: xkeysVendor, ProductIDs: []uint16{1378, 1379, 1380, 1381, 1382, 1383, 1384},
		Source: xkeysListed,
		Rows:   6, Columns: 3, grid: byColumns(6, 3),
		fields: xkeys(3, 6), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XBK-16x6", VendorID: xkeysVendor, ProductIDs: []uint16{1496, 1497, 1498, 1499, 1500, 1501, 1502},
		Source: xkeysListed,
		Rows:   6, Columns: 16, grid: byColumns(6, 16),
		fields: xkeys(16, 6), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XBA-4x3 Jog-Shuttle", VendorID: xkeysVendor, ProductIDs: []uint16{1388, 1389, 1390, 1391, 1392, 1393, 1394},
		Source: xkeysListed,
		Rows:   3, Columns: 4, grid: byColumns(3, 4),
		fields: xkeys(4, 3), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
	{
		Name: "X-keys XBA-4x3 Trackball", VendorID: xkeysVendor, ProductIDs: []uint16{1488, 1489, 1490, 1491, 1492, 1493, 1494},
		Source: xkeysListed,
		Rows:   3, Columns: 4, grid: byColumns(3, 4),
		// 13 and 14 are beside the ball.
		fields: append(xkeys(4, 3), buttonField{at: 5, bit: 3, size: 1, buttons: count(13, 2), guards: xkeysState}), polling: xkeysPolling,
		lamp: xkeysLamp{},
	},
}

// Where a jog wheel, a lever or a frame takes the place of keys, whose bits then say nothing or something else.
var (
	xk60Missing      = []uint16{3, 11, 19, 20, 21, 22, 23, 24, 27, 35, 43, 51, 59, 60, 61, 62, 63, 64, 67, 75}
	xk68JogMissing   = []uint16{30, 31, 32, 38, 39, 40, 46, 47, 48, 54, 55, 56}
	xk68StickMissing = []uint16{28, 29, 30, 36, 37, 38, 44, 45, 46, 52, 53, 54}
	xke64Missing     = []uint16{6, 7, 8, 14, 15, 16, 22, 23, 24, 30, 31, 32, 73, 74, 75, 76}
)

// xkeysPolling asks a panel once for a report of its state (command 177, "generate data"), which comes with a bit of its own.
var xkeysPolling = &polling{request: append([]byte{0, 177}, make([]byte, 34)...), answer: guard{at: 1, mask: 0xfe, value: 0x02}}

// xkeysState is passed by reports of the keys; the others are answers to questions that this program does not ask.
var xkeysState = []guard{{at: 1, mask: 0xfc, value: 0}}

// xkeys are the buttons of a panel that tells the first bits of each of so many bytes. Missing ones have a bit but no key.
func xkeys(bytes, bits int, missing ...uint16) []buttonField {
	fields := make([]buttonField, bytes)
	for i := range fields {
		buttons := count(uint16(i*bits+1), uint16(bits))
		for j, n := range buttons {
			if slices.Contains(missing, n) {
				buttons[j] = noButton
			}
		}
		fields[i] = buttonField{at: 2 + i, size: 1, buttons: buttons, guards: xkeysState}
	}
	return fields
}

// withSwitch adds the program switch.
func withSwitch(fields []buttonField) []buttonField {
	return append(fields, buttonField{at: 1, size: 1, buttons: []uint16{0}, guards: xkeysState})
}

// byColumns is a panel whose buttons are counted from the top of its first column.
func byColumns(rows, columns uint16, missing ...uint16) grid {
	g := make(grid, 0, rows*columns)
	for row := range rows {
		for column := range columns {
			n := column*rows + row + 1
			if slices.Contains(missing, n) {
				n = noButton
			}
			g = append(g, n)
		}
	}
	return g
}
