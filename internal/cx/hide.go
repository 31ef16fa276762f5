package cx

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// SmallCount is the count from which on a cell is shown in a table that sets desks or
// sites beside each other. Below it a cell speaks of few enough people to guess who
// (thresholds of 3 to 5 are usual: OECD, Glossary of Statistical Terms, "threshold
// rule").
const SmallCount = 5

// Hidden says which cells of a tally are not shown where it may be passed around. The
// zero Hidden hides nothing.
type Hidden struct {
	// Rows has one for each row of the tally, or none at all.
	Rows []bool
	// Totals are the weeks whose sum of all rows is not shown either, as it would give
	// the hidden rows away.
	Totals map[Week]bool
}

// Any reports whether something is hidden.
func (h Hidden) Any() bool { return slices.Contains(h.Rows, true) }

// Row reports whether row i is hidden.
func (h Hidden) Row(i int) bool { return i < len(h.Rows) && h.Rows[i] }

// HiddenText is what stands for a hidden count: it says which are small, as the rest
// follows from the rules anyway.
func HiddenText(n int) string {
	if n < SmallCount {
		return "<" + strconv.Itoa(SmallCount)
	}
	return "hidden"
}

// Hide returns what to hide of a tally. Where it tells several desks or sites apart it
// hides each row with less than [SmallCount] events or conversations, and as many more
// as it takes so that no hidden count follows from a sum: that of the week, or one that
// another tally has, by one dimension less or by one alone. The smallest goes first.
//
// 0 is a count and is shown: that nobody pressed says nothing about anybody.
//
// A value that one desk alone has, such as a tag, still follows from a tally without
// desks. Only the week's sum is hidden where nothing else helps.
func (t Tally) Hide() Hidden {
	if !t.comparesPlaces() {
		return Hidden{}
	}
	h := Hidden{Rows: make([]bool, len(t.Rows)), Totals: make(map[Week]bool)}
	small := func(n int) bool { return n > 0 && n < SmallCount }
	for i, r := range t.Rows {
		h.Rows[i] = small(r.Count) || t.HasConversations && small(r.Conversations)
	}
	sums := t.sums()
	for again := true; again; {
		again = false
		for _, sum := range sums {
			for t.tells(sum, h.Rows) && t.hideSmallest(sum, h.Rows) {
				again = true
			}
		}
	}
	for week, all := range t.weeks() {
		if t.tells(all, h.Rows) {
			h.Totals[week] = true
		}
	}
	return h
}

// comparesPlaces reports whether several desks or sites stand beside each other.
func (t Tally) comparesPlaces() bool {
	for i, d := range t.By {
		if d != ByDesk && d != BySite {
			continue
		}
		for _, r := range t.Rows {
			if r.Values[i] != t.Rows[0].Values[i] {
				return true
			}
		}
	}
	return false
}

// weeks returns the rows of each week.
func (t Tally) weeks() map[Week][]int {
	out := make(map[Week][]int)
	for i, r := range t.Rows {
		out[r.Week] = append(out[r.Week], i)
	}
	return out
}

// sums returns the rows of each sum that people may know: the week's, and those by
// each dimension alone and by all but one.
func (t Tally) sums() [][]int {
	var keeps []func(dimension int) bool
	for i := range t.By {
		keeps = append(keeps, func(d int) bool { return d == i }, func(d int) bool { return d != i })
	}
	keeps = append(keeps, func(int) bool { return false })
	at := make(map[string]int)
	var out [][]int
	for k, keep := range keeps {
		for i, r := range t.Rows {
			var key strings.Builder
			key.WriteString(strconv.Itoa(k) + r.Week.String())
			for d, v := range r.Values {
				if keep(d) {
					key.WriteString("\x00" + v)
				}
			}
			n, known := at[key.String()]
			if !known {
				n = len(out)
				at[key.String()] = n
				out = append(out, nil)
			}
			out[n] = append(out[n], i)
		}
	}
	return out
}

// hideSmallest hides the smallest row of a sum that is not hidden yet.
func (t Tally) hideSmallest(sum []int, hidden []bool) bool {
	least := -1
	for _, i := range sum {
		if !hidden[i] && t.Rows[i].Count > 0 && (least < 0 || t.Rows[i].Count < t.Rows[least].Count) {
			least = i
		}
	}
	if least >= 0 {
		hidden[least] = true
	}
	return least >= 0
}

// tells reports whether a hidden count follows from a sum and what is shown.
func (t Tally) tells(sum []int, hidden []bool) bool {
	counts := tells(sum, hidden, 1, func(i int) int { return t.Rows[i].Count })
	return counts || t.HasConversations && tells(sum, hidden, 0, func(i int) int { return t.Rows[i].Conversations })
}

// tells says it for one column, whose cells are at least as much as least: what the
// hidden ones are together is known, and of each whether it is small.
func tells(sum []int, hidden []bool, least int, value func(row int) int) bool {
	const unbounded = math.MaxInt32
	bounds := func(n int) (low, high int) {
		if n < SmallCount {
			return least, SmallCount - 1
		}
		return SmallCount, unbounded
	}
	rest, lows, highs := 0, 0, 0
	for _, i := range sum {
		if hidden[i] {
			low, high := bounds(value(i))
			rest, lows, highs = rest+value(i), lows+low, highs+high
		}
	}
	for _, i := range sum {
		if !hidden[i] {
			continue
		}
		low, high := bounds(value(i))
		if max(low, rest-(highs-high)) >= min(high, rest-(lows-low)) {
			return true
		}
	}
	return false
}
