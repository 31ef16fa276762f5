package hid

import "slices"

// xkeysBytes is an output report of an X-keys panel, its report id of 0 included (SuperFlyTV/xkeys, _padMessage).
const xkeysBytes = 36

// Commands of X-keys panels, and the numbers of the two lights at their edge (SuperFlyTV/xkeys, setIndicatorLED and
// setBacklight).
const (
	xkeysIndicator = 0xb3 // number, 1 on or 0 off
	xkeysKeyLight  = 0xb5 // number, 1 on or 0 off, and what xkeysLamp.tail has
	xkeysGreen     = 6
	xkeysRed       = 7
)

// xkeysLamp is an X-keys panel: its green and red lights at the edge, and the red light under the key where it has one. The
// blue light under the key is how its owner has lit the panel, and stays as it is.
type xkeysLamp struct {
	rows int   // keys in a column as the panel counts them; 0 for a panel without red key lights
	red  int   // number of the first key's red light; the blue ones are those below
	tail uint8 // last byte of a key light's command as recorded: 1, and 0 on the XKE-40
}

func (x xkeysLamp) rest() [][]byte { return x.edge(0) }

func (x xkeysLamp) show(key Key, light Light) [][]byte {
	reports := x.edge(light)
	if number, ok := x.keyLight(key); ok {
		reports = append(reports, xkeysReport(xkeysKeyLight, number+uint8(x.red), on(light > Stored), x.tail))
	}
	return reports
}

// edge is both lights at the edge: green, both for amber, red.
func (x xkeysLamp) edge(light Light) [][]byte {
	return [][]byte{
		xkeysReport(xkeysIndicator, xkeysGreen, on(light == Stored || light == Refused)),
		xkeysReport(xkeysIndicator, xkeysRed, on(light == Refused || light == NotStored)),
	}
}

// keyLight is the number of the blue light under a key: eight to a column, however many keys it has.
func (x xkeysLamp) keyLight(key Key) (uint8, bool) {
	if x.rows == 0 || key.Page != PageButton || key.Usage == 0 { // button 0 is the program switch
		return 0, false
	}
	column, row := (int(key.Usage)-1)/x.rows, (int(key.Usage)-1)%x.rows
	number := 8*column + row
	return uint8(number), number < x.red
}

func (x xkeysLamp) covered() bool { return false }

func xkeysReport(command ...uint8) []byte {
	report := make([]byte, xkeysBytes)
	copy(report[1:], command)
	return report
}

func on(yes bool) uint8 {
	if yes {
		return 1
	}
	return 0
}

// colourLamp is a device that is one lamp: the report that shows each Light, the first being dark.
type colourLamp [NotStored + 1][]byte

// muteMeLamp takes one byte: bit 0 red, 1 green, 2 blue, steady and bright without bits 4 and 5 (JnyJny/busylight, muteme). It
// has no amber but yellow. Bit 3 together with red starts its firmware update: never set it.
var muteMeLamp = &colourLamp{{0, 0b000}, Stored: {0, 0b010}, Refused: {0, 0b011}, NotStored: {0, 0b001}}

// luxaforLamp takes a command of eight bytes: 1 is a colour at once, 0xff all its lights, then red, green, blue
// (JnyJny/busylight, luxafor; the Linux driver hid-led sends the same).
var luxaforLamp = &colourLamp{
	{0, 1, 0xff, 0, 0, 0, 0, 0, 0},
	Stored:    {0, 1, 0xff, 0, 0xff, 0, 0, 0, 0},
	Refused:   {0, 1, 0xff, 0xff, 0x60, 0, 0, 0, 0},
	NotStored: {0, 1, 0xff, 0xff, 0, 0, 0, 0, 0},
}

func (c *colourLamp) rest() [][]byte { return c.show(Key{}, 0) }

func (c *colourLamp) show(_ Key, light Light) [][]byte { return [][]byte{slices.Clone(c[light])} }

func (c *colourLamp) covered() bool { return false }
