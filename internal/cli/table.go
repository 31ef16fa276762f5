package cli

import (
	"strings"
	"unicode/utf8"
)

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

// write writes the table without blanks at the ends of lines. A text in the last
// column is cut where the line would be too wide, down to what can still be read.
func (t table) write(w *strings.Builder) {
	const least = 12
	var widths []int
	for _, row := range t {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	used := 0
	for _, width := range widths[:len(widths)-1] {
		used += width + len(columnGap)
	}
	last := len(widths) - 1
	widths[last] = min(widths[last], max(lineWidth-used, least))
	for _, row := range t {
		var line strings.Builder
		for i, c := range row {
			text := cut(c.text, widths[i])
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if c.right {
				text = pad + text
			} else {
				text += pad
			}
			line.WriteString(text + columnGap)
		}
		w.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
