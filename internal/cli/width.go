package cli

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// width returns how many columns of a terminal a text takes: two for 東, one for é
// however it is written.
func width(text string) int { return displaywidth.String(text) }

// cut shortens a text to a number of columns.
func cut(text string, most int) string {
	return displaywidth.TruncateString(text, most, "…")
}

// padded fills a text up to a number of columns, from the left or the right.
func padded(text string, columns int, right bool) string {
	pad := strings.Repeat(" ", max(columns-width(text), 0))
	if right {
		return pad + text
	}
	return text + pad
}

// wrap breaks a text between words so that no line is wider than most, as far as its
// words allow. Lines after the first begin with indent, which does not count.
func wrap(text string, most int, indent string) string {
	var out strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		n := width(word)
		switch {
		case column == 0:
		case column+1+n > most:
			out.WriteString("\n" + indent)
			column = 0
		default:
			out.WriteString(" ")
			column++
		}
		out.WriteString(word)
		column += n
	}
	return out.String()
}
