package html

import (
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// The first page's table has at most mostTop tags that changed, and of the others as
// many as the page has room for: at most mostTop, and where nothing changed at least
// leastTop.
const (
	mostTop  = 5
	leastTop = 3
)

// topView is the first page's table: what changed, and what else was pressed most.
type topView struct {
	Groups  []topGroup
	Columns []report.Column
	// Rates says that contacts are known, Compared that there is a baseline.
	Rates, Compared bool
	// Weeks is how many weeks the small charts show; 0 is no charts: a week that is not
	// over would end each of them with a fall, and of one week there is no line.
	Weeks int
	// Before is how many weeks the baseline is, in words.
	Before string

	over float64 // lines that the first page has too many
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
	if shown := w.Columns[max(0, len(w.Columns)-report.SparkWeeks):]; w.Header.State == report.Complete && known(shown) > 1 {
		v.Weeks = len(shown)
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
	space := newRoom(w)
	for _, t := range changed.Tags {
		space.must(movedLines, t.Name)
	}
	if changed.More > 0 {
		space.must(usualLines, "")
	}
	rest = v.fitting(&space, rest, len(moved) == 0)
	for _, g := range append([]topGroup{changed}, v.unmoved(w.Tags, rest)...) {
		if len(g.Tags) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	if len(v.Groups) == 0 {
		return nil
	}
	v.over = -space.lines
	return v
}

// fitting returns as many of the tags that did not move as there is room for below their
// titles.
func (v topView) fitting(space *room, tags []report.Tag, alone bool) []report.Tag {
	titled := make(map[unmovedGroup]bool)
	for i, t := range tags {
		row := usualLines
		if group := unmovedOf(t.Verdict); v.Compared && !titled[group] {
			row += titleLines
			titled[group] = true
		}
		switch {
		case i == mostTop:
			return tags[:i]
		case alone && i < leastTop:
			space.must(row, t.Name)
		case !space.take(row, t.Name):
			return tags[:i]
		}
	}
	return tags
}

// unmoved puts tags that did not move by themselves under titles that are true of each:
// what all tags did is not usual, and of what is too new nobody knows what is.
func (v topView) unmoved(all, shown []report.Tag) []topGroup {
	if !v.Compared {
		return []topGroup{{Tags: shown}}
	}
	usual := topGroup{Title: "Most pressed of those within usual variation"}
	if !slices.ContainsFunc(all, func(t report.Tag) bool { return !within(t.Verdict) }) {
		usual.Title = "All within usual variation"
	}
	groups := []topGroup{asAll: {Title: "As all tags"}, asUsual: usual, tooNew: {Title: "Too few, or too new, to say"}}
	for _, t := range shown {
		g := &groups[unmovedOf(t.Verdict)]
		g.Tags = append(g.Tags, t)
	}
	return groups
}

// unmovedGroup is a title of tags that did not move by themselves, in their order.
type unmovedGroup int

const (
	asAll unmovedGroup = iota
	asUsual
	tooNew
)

func unmovedOf(v report.Verdict) unmovedGroup {
	switch {
	case v.WithAll:
		return asAll
	case within(v):
		return asUsual
	}
	return tooNew
}

// within says whether a tag is within its usual variation.
func within(v report.Verdict) bool { return v.Code == report.Usual && !v.WithAll }

// Tells reports whether a verdict has more to say than its group's title.
func (v topView) Tells(t report.Tag) bool {
	return v.Compared && (!within(t.Verdict) || t.Verdict.Since != cx.Week{})
}

// known is of how many weeks something is known.
func known(columns []report.Column) int {
	n := 0
	for _, c := range columns {
		if c.Known {
			n++
		}
	}
	return n
}

// rank is 0 for what a lead must see first: what is more, or new.
func rank(t report.Tag) int {
	switch t.Verdict.Code {
	case report.More, report.LargerShare, report.FirstSeen, report.Returned:
		return 0
	}
	return 1
}
