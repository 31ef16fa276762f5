package cli

import "strings"

// table is rows of cells, which its columns line up. A row may be shorter than
// others.
type table [][]cell

// cell is one text of a table.
type cell struct {
	text  string
	right bool // so that the digits of numbers stand below each other
}

func left(text string) cell  { return cell{text: text} }
func right(text string) cell { return cell{text: text, right: true} }

// columnGap is between two columns.
const columnGap = "  "

// lineWidth is how wide a line should be: as wide as every terminal is.
const lineWidth = 80

// write writes the table for a line that every terminal has.
func (t table) write(w *strings.Builder) { t.writeIn(w, lineWidth, columnGap) }

// writeIn writes the table without blanks at the ends of lines. A text in the last
// column is cut where the line would be too wide, down to what can still be read.
func (t table) writeIn(w *strings.Builder, line int, gap string) {
	const least = 12
	widths := t.widths()
	used := 0
	for _, w := range widths[:len(widths)-1] {
		used += w + len(gap)
	}
	last := len(widths) - 1
	widths[last] = min(widths[last], max(line-used, least))
	for _, row := range t {
		var line strings.Builder
		for i, c := range row {
			line.WriteString(padded(cut(c.text, widths[i]), widths[i], c.right) + gap)
		}
		w.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// widths are those of the columns.
func (t table) widths() []int {
	var out []int
	for _, row := range t {
		for i, c := range row {
			if i == len(out) {
				out = append(out, 0)
			}
			out[i] = max(out[i], width(c.text))
		}
	}
	return out
}

// width is how wide the table is where nothing of it is cut.
func (t table) width(gap string) int {
	n := -len(gap)
	for _, w := range t.widths() {
		n += w + len(gap)
	}
	return n
}
