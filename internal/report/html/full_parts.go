package html

import (
	"html/template"

	"magicbutton/internal/report"
)

// partTable is the parts of the week's events by some word, a bar beside each.
type partTable struct {
	Head     string // what the words are
	Rows     []partRow
	Hours    bool
	Currency string // "" where no cost is known
}

type partRow struct {
	report.Part
	Drawing template.HTML
}

// newPartTable returns nil where nothing is said but that nothing was said.
func newPartTable(head string, parts []report.Part, currency string) *partTable {
	if len(parts) == 0 || len(parts) == 1 && parts[0].Word == "" {
		return nil
	}
	t := &partTable{Head: head}
	for _, p := range parts {
		d := newBar()
		d.rect("ground", 0, 0, barWidth, barHeight)
		d.rect("fill", 0, 0, barWidth*p.Share, barHeight)
		t.Rows = append(t.Rows, partRow{p, d.html()})
		t.Hours = t.Hours || p.Hours != nil
		if p.Money != nil {
			t.Currency = currency
		}
	}
	return t
}
