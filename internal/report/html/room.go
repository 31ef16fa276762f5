package html

import (
	"math"
	"strconv"
	"unicode/utf8"

	"magicbutton/internal/report"
)

// The first page is one page of A4 whatever labels, owners and sentences are like, so
// what it has room for is reckoned, in lines of its tables (0.9375rem by 1.32, 14 pixels
// at the print's 8.5 points). Letters are taken as wide as those of a wide font, so that
// a page is left with some space rather than a line too long.
const (
	// pageLines is how many lines are between the margins: 275 mm.
	pageLines = 74.0
	// frameLines are those of what every first page has: the names and rules of the
	// header, of the sections and of the footer, the figures, the head of the table.
	frameLines = 23.0

	pageRunes  = 115 // in a line of the page's width, in letters of 1rem
	halfRunes  = 56  // in a column of two
	labelRunes = 40  // in the first column of the table
	factRunes  = 42  // beside "Since then"
)

// The lines of the table's rows, of whose labels each is one line long.
const (
	movedLines = 2.4 // the verdict is below the label
	usualLines = 1.8
	titleLines = 1.6
)

// room says what the first page has room for.
type room struct {
	// lines is what the rows of the table may take, less than 0 where all else alone
	// is more than the page.
	lines float64
}

func newRoom(w report.Week) room {
	used := frameLines + summaryLines(w) + max(costLines(w), actionLines(w)) + captureLines(w) + limitLines(w)
	return room{pageLines - used}
}

// must takes the lines of a row.
func (r *room) must(row float64, label string) {
	r.lines -= row + max(0, float64(wrapped(label, labelRunes)-1))
}

// take takes the lines of a row, and says whether there were enough.
func (r *room) take(row float64, label string) bool {
	after := *r
	after.must(row, label)
	if after.lines < 0 {
		return false
	}
	*r = after
	return true
}

// wrapped is how many lines a text takes; none is none.
func wrapped(text string, runes int) int { return (utf8.RuneCountInString(text) + runes - 1) / runes }

func summaryLines(w report.Week) float64 {
	lines := 0.0
	for i, s := range w.Summary {
		if i == 0 {
			lines += 1.35 * float64(wrapped(s, pageRunes*3/4))
		} else {
			lines += 0.4 + 1.05*float64(wrapped(s, pageRunes))
		}
	}
	for _, s := range append([]string{w.Header.Filter}, w.Header.Sites...) {
		lines += 0.9 * float64(wrapped(s, pageRunes/3))
	}
	for _, s := range pickFrozen(w.Header.Frozen) {
		lines += 0.9 * float64(wrapped(s, pageRunes*5/4))
	}
	return lines
}

func costLines(w report.Week) float64 {
	v, _ := pickCost(w).(costView)
	lines := 2.0
	for _, t := range v.Tags {
		lines += 2 + float64(wrapped(t.Name, halfRunes))
	}
	return lines
}

func actionLines(w report.Week) float64 {
	v, _ := pickAction(w).(actionView)
	lines := 0.0
	if a := v.Action; a != nil {
		lines = 1.1*float64(wrapped(shortened(a.What, actionRunes), halfRunes)) + 3 // since then, and what was expected
		lines += float64(wrapped(a.Owner, factRunes) + wrapped(a.TagName, factRunes-18))
	}
	if v.Others > 0 {
		lines += 1.4
	}
	for _, t := range v.Untaken {
		lines += float64(wrapped(t.Name, halfRunes))
	}
	if v.Untaken != nil {
		lines += 2.5
	}
	return lines
}

func captureLines(w report.Week) float64 {
	v, _ := pickCapture(w).(captureView)
	return 1.3 * math.Ceil(float64(len(v.Facts))/3)
}

func limitLines(w report.Week) float64 {
	v, _ := pickLimits(w).(limitsView)
	most := 0.0
	for _, side := range [][]string{v.Can, v.Cannot} {
		lines := 1.3
		for _, s := range side {
			lines += 0.3 + float64(wrapped(s, halfRunes))
		}
		most = max(most, lines)
	}
	return most
}

// Points of print: what is usual, and below what nobody reads.
const (
	printPoints = 8.5
	leastPoints = 6
)

// printStyle returns a style that prints the first page smaller, "" where it has room
// enough as it is.
func printStyle(w report.Week) string {
	v, _ := pickTop(w).(topView)
	if v.over <= 0 {
		return ""
	}
	points := max(leastPoints, printPoints*pageLines/(pageLines+v.over))
	return "@media print { html { font-size: " + strconv.FormatFloat(points, 'f', 2, 64) + "pt } }\n"
}
