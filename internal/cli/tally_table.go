package cli

import (
	"strings"

	"magicbutton/internal/report"
)

// weekTable is a table of tags with a verdict in its last column and the total in its
// last row.
type weekTable struct {
	head     []string
	right    []bool
	rows     [][]string
	verdicts []report.Verdict // of the rows
}

func (t weekTable) write(w *strings.Builder, s style) {
	widths := t.fit(s.width())
	t.line(w, s, t.head, widths, func(int) string { return dim })
	for i, row := range t.rows {
		t.line(w, s, row, widths, func(column int) string {
			switch {
			case column == len(row)-1:
				return wayOf(t.verdicts[i])
			case i == len(t.rows)-1:
				return bold
			}
			return ""
		})
	}
}

// line writes one row, without blanks at its end.
func (t weekTable) line(w *strings.Builder, s style, row []string, widths []int, way func(column int) string) {
	last := len(row) - 1
	for last > 0 && row[last] == "" {
		last--
	}
	for i, text := range row[:last+1] {
		text = padded(cut(text, widths[i]), widths[i], t.right[i])
		if i == last {
			text = strings.TrimRight(text, " ")
		}
		w.WriteString(t.gap(i) + s.show(way(i), text))
	}
	w.WriteByte('\n')
}

// gap is what stands before a column: of 80 columns numbers leave as much as they can
// to names.
func (t weekTable) gap(column int) string {
	switch {
	case column == 0:
		return ""
	case column > 1 && t.right[column] && t.right[column-1]:
		return " "
	}
	return columnGap
}

// fit returns the widths of columns for a line: the first one, the name, gives way,
// down to what can still be read.
func (t weekTable) fit(line int) []int {
	const least = 8
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, text := range row {
			widths[i] = max(widths[i], width(text))
		}
	}
	rest := 0
	for i, n := range widths[1:] {
		rest += len(t.gap(i+1)) + n
	}
	widths[0] = min(widths[0], max(line-rest, least))
	return widths
}

// wayOf is how a verdict is shown: what needs no look steps back.
func wayOf(v report.Verdict) string {
	if !v.Moved() {
		return dim
	}
	switch v.Code {
	case report.Less, report.SmallerShare, report.Quiet:
		return down
	case report.Over:
		return ""
	}
	return up
}
