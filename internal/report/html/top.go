package html

import (
	"slices"

	"magicbutton/internal/report"
)

// The first page's table has at most mostTop tags that changed, and with the others
// at most topRows: all of it must fit on the page.
const (
	mostTop = 5
	topRows = 9
)

// topView is the first page's table: what changed, and what else was pressed most.
type topView struct {
	Groups  []topGroup
	Columns []report.Column
	// Rates says that contacts are known, Compared that there is a baseline.
	Rates, Compared bool
	// Weeks is how many weeks the small charts show; 0 is no charts, as a week that is
	// not over would end each of them with a fall.
	Weeks int
	// Before is how many weeks the baseline is, in words.
	Before string
}

// Width is how many columns the table has.
func (v topView) Width() int {
	n := 3
	if v.Weeks > 0 {
		n++
	}
	if v.Rates {
		n++
	}
	if v.Compared {
		n += 2
	}
	return n
}

// Title says whether anything changed.
func (v topView) Title() string {
	if v.Groups[0].Title != "" || !v.Compared {
		return "What was pressed most"
	}
	return "What changed"
}

// topGroup is some rows under a title, "" for that of the section.
type topGroup struct {
	Title string
	Tags  []report.Tag
	// More is how many there are that are not shown.
	More int
}

func pickTop(w report.Week) any {
	v := topView{
		Columns: w.Columns, Rates: w.Total.Rate != nil, Compared: w.Total.Baseline != nil,
	}
	if w.Header.State == report.Complete {
		v.Weeks = min(len(w.Columns), report.SparkWeeks)
	}
	if b := w.Total.Baseline; b != nil {
		v.Before = "the " + count(b.Weeks) + " complete weeks"
	}
	var moved, rest []report.Tag
	for _, t := range w.Tags {
		if v.Compared && t.Verdict.Moved() {
			moved = append(moved, t)
		} else if t.Count > 0 {
			rest = append(rest, t)
		}
	}
	// A tag that is gone is told last: it has no count to look at.
	slices.SortStableFunc(moved, func(a, b report.Tag) int { return rank(a) - rank(b) })
	changed := topGroup{Tags: moved}
	if len(moved) > mostTop {
		changed.Tags, changed.More = moved[:mostTop], len(moved)-mostTop
	}
	most := topGroup{Tags: rest[:min(len(rest), mostTop, topRows-len(changed.Tags))]}
	switch {
	case v.Compared && len(moved) == 0:
		most.Title = "All within usual variation"
	case v.Compared:
		most.Title = "Most pressed of those within usual variation"
	}
	for _, g := range []topGroup{changed, most} {
		if len(g.Tags) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	if len(v.Groups) == 0 {
		return nil
	}
	return v
}

// rank is 0 for what a lead must see first: what is more, or new.
func rank(t report.Tag) int {
	switch t.Verdict.Code {
	case report.More, report.LargerShare, report.FirstSeen, report.Returned:
		return 0
	}
	return 1
}
