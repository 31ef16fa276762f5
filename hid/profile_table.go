package hid

// profiles are the models that need one, in the order in which they are tried.
var profiles = []Profile{
	{
		Name: "Stream Deck V2", VendorID: 0x0fd9, ProductIDs: []uint16{0x006d},
		Rows: 3, Columns: 5, report: 1,
		fields: []buttonField{{at: 4, size: 8, buttons: count(1, 15), guards: []guard{{1, 0xff, 0}}}},
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
