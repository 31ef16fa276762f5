package hid

// buttonField is a run of values in a report, one for each button.
type buttonField struct {
	at       int // of the first value, as Read gives the report, its id included
	bit      int // in that byte, 0 the lowest
	size     int // bits of each value: 1, or 8 where a button has a byte
	buttons  []uint16
	inverted bool    // pressed when zero
	guards   []guard // of reports that hold these buttons
}

// noButton stands in buttonField.buttons for a value that is no button. Button 0 is a real one.
const noButton uint16 = 0xffff

// guard is a condition on a byte of a report, counted as Read gives it. A report that does not meet it changes nothing.
type guard struct {
	at          int
	mask, value uint8
}

func (g guard) passes(report []byte) bool {
	return g.mask == 0 || g.at < len(report) && report[g.at]&g.mask == g.value
}

// Descriptor is what the model's reports mean: its buttons, on the Button page. False is that the device's own descriptor tells.
func (p *Profile) Descriptor() (*Descriptor, bool) {
	if len(p.fields) == 0 {
		return nil, false
	}
	d := &Descriptor{Numbered: p.report != 0, bits: map[reportKey]int{}, unconfirmed: !p.Confirmed}
	first := 0 // bit after the report id
	if d.Numbered {
		first = 8
	}
	report := reportKey{Input, p.report}
	for i := range p.fields {
		b := &p.fields[i]
		f := Field{
			Kind: Input, ReportID: p.report, Collection: -1, Flags: FlagVariable,
			BitOffset: 8*b.at + b.bit - first, Size: b.size, Count: len(b.buttons), LogicalMax: 1<<b.size - 1,
			Usages: b.usages(), profiled: true, inverted: b.inverted, guards: b.guards,
		}
		d.Fields = append(d.Fields, f)
		d.bits[report] = max(d.bits[report], f.BitOffset+f.Size*f.Count)
	}
	return d, true
}

// usages are the run's buttons as ranges.
func (b *buttonField) usages() []UsageRange {
	var ranges []UsageRange
	for _, n := range b.buttons {
		last := len(ranges) - 1
		switch {
		case n == noButton:
			ranges = append(ranges, UsageRange{})
		case last >= 0 && ranges[last].Page == PageButton && ranges[last].Max+1 == n:
			ranges[last].Max = n
		default:
			ranges = append(ranges, UsageRange{PageButton, n, n})
		}
	}
	return ranges
}

// grid is which button lies where: row by row, noButton where there is none. Nil where buttons are counted row by row from 1.
type grid []uint16

// ButtonAt is the key at a place of the panel as its user sees it, rows and columns counted from 0 at the top left. False is that
// there is no key, or that nobody knows which.
func (p *Profile) ButtonAt(row, column int) (Key, bool) {
	if row < 0 || row >= p.Rows || column < 0 || column >= p.Columns {
		return Key{}, false
	}
	place := row*p.Columns + column
	if p.grid == nil {
		return ButtonKey(place + 1), true
	}
	if p.grid[place] == noButton {
		return Key{}, false
	}
	return ButtonKey(int(p.grid[place])), true
}
