package hid

// Where the Stream Decks' rows are from. Keys are counted as they lie, from the left and the top; then come touch keys; then dials, which
// can be pressed. Turning a dial, touching a strip and a card before the reader are no keys.
const (
	streamDeckBoth = "abcminiuser/python-elgato-streamdeck: Devices; Julusian/node-elgato-stream-deck: packages/core/src/models"
	streamDeckNode = "Julusian/node-elgato-stream-deck: packages/core/src/models"
)

var streamDecks = []Profile{
	{
		Name: "Stream Deck", VendorID: 0x0fd9, ProductIDs: []uint16{0x0060},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 3, Columns: 5, report: 1,
		// Its reports tell each row from the right.
		fields: []buttonField{{at: 1, size: 8, buttons: []uint16{5, 4, 3, 2, 1, 10, 9, 8, 7, 6, 15, 14, 13, 12, 11}}},
		lamp:   &pictureLamp{keys: 15, mirrored: 5, width: 72, height: 72, paging: pagesOriginal},
	},
	{
		Name: "Stream Deck Mini", VendorID: 0x0fd9, ProductIDs: []uint16{0x0063, 0x0090, 0x00b3, 0x00b8},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 2, Columns: 3, report: 1,
		fields: []buttonField{{at: 1, size: 8, buttons: count(1, 6)}},
		lamp:   &pictureLamp{keys: 6, width: 80, height: 80, paging: pagesMini},
	},
	{
		Name: "Stream Deck V2", VendorID: 0x0fd9, ProductIDs: []uint16{0x006d},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 3, Columns: 5, report: 1, fields: streamDeckKeys(15),
		lamp: &pictureLamp{keys: 15, width: 72, height: 72},
	},
	{
		Name: "Stream Deck MK.2", VendorID: 0x0fd9, ProductIDs: []uint16{0x0080, 0x00a5, 0x00b9},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 3, Columns: 5, report: 1, fields: streamDeckKeys(15),
		lamp: &pictureLamp{keys: 15, width: 72, height: 72},
	},
	{
		Name: "Stream Deck XL", VendorID: 0x0fd9, ProductIDs: []uint16{0x006c, 0x008f, 0x00ba},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 4, Columns: 8, report: 1, fields: streamDeckKeys(32),
		lamp: &pictureLamp{keys: 32, width: 96, height: 96},
	},
	{
		Name: "Stream Deck Pedal", VendorID: 0x0fd9, ProductIDs: []uint16{0x0086},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 1, Columns: 3, report: 1, fields: streamDeckKeys(3),
	},
	{
		Name: "Stream Deck Neo", VendorID: 0x0fd9, ProductIDs: []uint16{0x009a},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 3, Columns: 4, grid: append(count(1, 8), 9, noButton, noButton, 10),
		report: 1, fields: streamDeckKeys(10),
		lamp: &pictureLamp{keys: 8, width: 96, height: 96},
	},
	{
		Name: "Stream Deck +", VendorID: 0x0fd9, ProductIDs: []uint16{0x0084},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 3, Columns: 4,
		report: 1, fields: append(streamDeckKeys(8), streamDeckDials(9, 4)),
		lamp: &pictureLamp{keys: 8, width: 120, height: 120},
	},
	{
		Name: "Stream Deck + XL", VendorID: 0x0fd9, ProductIDs: []uint16{0x00c6},
		Source: streamDeckNode,
		Rows:   5, Columns: 9, grid: append(count(1, 36), 37, noButton, 38, 39, noButton, 40, 41, noButton, 42),
		report: 1, fields: append(streamDeckKeys(36), streamDeckDials(37, 6)),
		lamp: &pictureLamp{keys: 36, width: 112, height: 112},
	},
	{
		Name: "Stream Deck Studio", VendorID: 0x0fd9, ProductIDs: []uint16{0x00aa},
		Confirmed: true, Source: streamDeckBoth,
		Rows: 2, Columns: 18, grid: studioGrid(),
		report: 1, fields: append(streamDeckKeys(32), streamDeckDials(33, 2)),
		lamp: &pictureLamp{keys: 32, width: 144, height: 112},
	},
	{
		Name: "Corsair Galleon 100 SD", VendorID: 0x1b1c, ProductIDs: []uint16{0x2b18},
		Source: streamDeckNode,
		Rows:   5, Columns: 3, grid: append([]uint16{13, noButton, 14}, count(1, 12)...),
		report: 1, fields: append(streamDeckKeys(12), streamDeckDials(13, 2)),
	},
}

// streamDeckKeys are n keys in the reports of the second generation: id, kind (0), length in two bytes, a byte for each key.
func streamDeckKeys(n uint16) []buttonField {
	return []buttonField{{at: 4, size: 8, buttons: count(1, n), guards: []guard{{at: 1, mask: 0xff, value: 0}}}}
}

// streamDeckDials are n dials: kind 3, and after the length a 0 where the values tell which are pressed, a 1 where they tell turns.
func streamDeckDials(first, n uint16) buttonField {
	return buttonField{at: 5, size: 8, buttons: count(first, n), guards: []guard{{at: 1, mask: 0xff, value: 3}, {at: 4, mask: 0xff, value: 0}}}
}

// studioGrid is two rows of keys with a dial at either end of the upper one.
func studioGrid() grid {
	g := append(grid{33}, count(1, 16)...)
	g = append(g, 34, noButton)
	g = append(g, count(17, 16)...)
	return append(g, noButton)
}
