package cx

import (
	"slices"
	"strconv"
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

// HiddenText is what stands for the events of a hidden row, and for its conversations. It
// says whether its events are few; that the conversations are few where the events are not
// would tell how many there are.
func HiddenText(r Row) string {
	if r.Count < SmallCount {
		return "<" + strconv.Itoa(SmallCount)
	}
	return "hidden"
}

// isSmall reports whether a count speaks of few people. 0 does not: that nobody pressed
// says nothing about anybody.
func isSmall(n int) bool { return n > 0 && n < SmallCount }

// mostAudited bounds the rows of a week that are looked at one by one: the work grows
// with their square. It is a hundred desks by a hundred tags.
const mostAudited = 10_000

// Hide returns what to hide of a tally. Where it tells several desks or sites apart it
// hides each row with 1 to 4 events or conversations, and as many more as it takes so
// that none of these numbers is told by what is shown, together with
//
//   - the sum of the week and the tallies of that week by each one of its dimensions,
//     which hide what they hide themselves; nor are theirs told by this one
//   - of those only the ones by desk or site, where the others tell it whatever is hidden
//   - the sum of the week alone, where these do, too. Where even that tells, it is hidden.
//
// Told means: no other number would fit. (The field calls it disclosed, to hide the small
// rows primary suppression, and to hide others for their sake complementary.) By one or two dimensions that is exact for
// events, and more is hidden than must be, if anything, for conversations. By more
// than two there are sums of sums, for which nothing short of trying all tables is: a
// week with a small row hides all its rows.
func (t Tally) Hide() Hidden {
	if !t.comparesPlaces() {
		return Hidden{}
	}
	h := Hidden{Rows: make([]bool, len(t.Rows)), Totals: make(map[Week]bool)}
	sums := make(map[Dimension]weekSums)
	for week, rows := range t.weeks() {
		if !slices.ContainsFunc(rows, t.isSmall) {
			continue
		}
		dims := t.dimensionsOf(rows)
		whole := len(dims) > 2 || len(rows) > mostAudited
		if whole {
			dims = nil
			for _, i := range rows {
				h.Rows[i] = t.Rows[i].Count > 0
			}
		}
		for _, d := range dims {
			if _, known := sums[t.By[d]]; !known && len(dims) == 2 {
				sums[t.By[d]] = t.sumsBy(d)
			}
		}
		h.Totals[week] = t.newGrid(week, rows, dims, sums).hide(h.Rows, t.HasConversations, whole)
	}
	return h
}

func (t Tally) isSmall(row int) bool {
	return isSmall(t.Rows[row].Count) || t.HasConversations && isSmall(t.Rows[row].Conversations)
}

// comparesPlaces reports whether several desks or sites stand beside each other.
func (t Tally) comparesPlaces() bool {
	return slices.ContainsFunc(t.dimensionsOf(nil), func(d int) bool { return t.By[d].isPlace() })
}

func (d Dimension) isPlace() bool { return d == ByDesk || d == BySite }

// weeks returns the rows of each week.
func (t Tally) weeks() map[Week][]int {
	out := make(map[Week][]int)
	for i, r := range t.Rows {
		out[r.Week] = append(out[r.Week], i)
	}
	return out
}

// dimensionsOf returns the dimensions by which some rows differ; nil is all rows.
func (t Tally) dimensionsOf(rows []int) (dims []int) {
	if rows == nil {
		rows = make([]int, len(t.Rows))
		for i := range rows {
			rows[i] = i
		}
	}
	for d := range t.By {
		if slices.ContainsFunc(rows, func(i int) bool { return t.Rows[i].Values[d] != t.Rows[rows[0]].Values[d] }) {
			dims = append(dims, d)
		}
	}
	return dims
}

// weekSums are the rows of a tally by one dimension, by week and value.
type weekSums map[Week]map[string]knownSum

type knownSum struct {
	Row
	hidden bool
}

// sumsBy returns the tally by one dimension of this one, and what it hides itself.
func (t Tally) sumsBy(d int) weekSums {
	sums := make(map[Week]map[string]*Row)
	for _, r := range t.Rows {
		if sums[r.Week] == nil {
			sums[r.Week] = make(map[string]*Row)
		}
		sum := sums[r.Week][r.Values[d]]
		if sum == nil {
			sum = &Row{Week: r.Week, Values: []string{r.Values[d]}}
			sums[r.Week][r.Values[d]] = sum
		}
		sum.Count, sum.Conversations = sum.Count+r.Count, sum.Conversations+r.Conversations
	}
	tally := Tally{By: []Dimension{t.By[d]}, HasConversations: t.HasConversations}
	for _, week := range sums {
		for _, r := range week {
			tally.Rows = append(tally.Rows, *r)
		}
	}
	tally.sort()
	h := tally.Hide()
	out := make(weekSums)
	for i, r := range tally.Rows {
		if out[r.Week] == nil {
			out[r.Week] = make(map[string]knownSum)
		}
		out[r.Week][r.Values[0]] = knownSum{r, h.Row(i)}
	}
	return out
}
