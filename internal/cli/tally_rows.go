package cli

import (
	"cmp"
	"slices"
	"strings"

	"magicbutton/internal/cx"
)

// timeOrder returns the place of a value of a dimension in time, false for a dimension
// that is none of time.
func timeOrder(d cx.Dimension, value string) (string, bool) {
	switch d {
	case cx.ByDay, cx.ByHour: // texts that sort by time
		return value, true
	case cx.ByWeekday:
		return string(rune('0' + slices.Index([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, value))), true
	}
	return "", false
}

// byTime puts rows, the most counted first, in the order of time where they are counted
// by it: nobody reads a week from its busiest day on. What stands before a dimension of
// time keeps together.
func byTime(by []cx.Dimension, rows []shownRow) {
	slices.SortStableFunc(rows, func(a, b shownRow) int { return compareTimes(by, a.Values, b.Values) })
}

// compareTimes compares the values of two rows up to the last dimension of time, 0 where
// there is none.
func compareTimes(by []cx.Dimension, a, b []string) int {
	last := -1
	for i, d := range by {
		if _, ok := timeOrder(d, ""); ok {
			last = i
		}
	}
	for i, d := range by[:last+1] {
		x, y := a[i], b[i]
		if at, ok := timeOrder(d, x); ok {
			x = at
			y, _ = timeOrder(d, y)
		}
		if n := cmp.Compare(x, y); n != 0 {
			return n
		}
	}
	return 0
}

// leastLabel is how many columns of a label say something.
const leastLabel = 16

// printWeek prints the rows of one week. The codes are whole: they are what is typed next.
// The label gives way to them.
func printWeek(w *strings.Builder, t cx.Tally, c cx.Catalogue, rows []shownRow, totalHidden bool, line int) {
	table := tallyTable(t, rows, totalHidden, "(not said)")
	tag := slices.Index(t.By, cx.ByTag)
	if room := line - table.width(columnGap) - len(columnGap); tag >= 0 && room >= leastLabel {
		for i, r := range rows {
			table[i+1] = append(table[i+1], left(labelOf(c, r.Values[tag])))
		}
		table.writeIn(w, line, columnGap)
		return
	}
	gap := columnGap
	if table.width(gap) > line {
		gap = " "
	}
	if table.width(gap) > line {
		table = tallyTable(t, rows, totalHidden, "–")
	}
	table.writeIn(w, max(line, table.width(gap)), gap)
}

// tallyTable returns a table of rows with what they are counted by, and their sum.
func tallyTable(t cx.Tally, rows []shownRow, totalHidden bool, notSaid string) table {
	out := table{{}}
	for _, d := range t.By {
		out[0] = append(out[0], left(string(d)))
	}
	out[0] = append(out[0], right("count"))
	if t.HasConversations {
		out[0] = append(out[0], right("conversations"))
	}
	events, conversations := 0, 0
	for _, r := range rows {
		var values []string
		for _, v := range r.Values {
			values = append(values, cmp.Or(v, notSaid))
		}
		out = append(out, numbers(t, values, r.text(r.Count), r.text(r.Conversations)))
		events, conversations = events+r.Count, conversations+r.Conversations
	}
	if len(t.By) > 0 {
		total := append([]string{"total"}, slices.Repeat([]string{""}, len(t.By)-1)...)
		sum := shownTotal(totalHidden)
		out = append(out, numbers(t, total, sum(events), sum(conversations)))
	}
	return out
}

// numbers returns the cells of one row.
func numbers(t cx.Tally, values []string, count, conversations string) []cell {
	var line []cell
	for _, v := range values {
		line = append(line, left(v))
	}
	line = append(line, right(count))
	if t.HasConversations {
		line = append(line, right(conversations))
	}
	return line
}

// labelOf returns what is known of a tag.
func labelOf(c cx.Catalogue, code string) string {
	t := c.Counted(code)
	if t.Unlisted {
		return strings.TrimSpace(t.Label + " (unlisted)")
	}
	return t.Label
}
