package export

import (
	"io"
	"strconv"
	"strings"

	"magicbutton/internal/cx"
)

// markdownSigns are what a text must not begin anything with: every mark of inline
// Markdown, the bar that ends a cell, and $, which several sites take for a formula.
const markdownSigns = "\\`*_{}[]<>&|~$!#"

// markdownCell writes a text as itself. Any punctuation may have a \ before it
// (CommonMark 0.31, section 2.4).
func markdownCell(s string) string {
	if !strings.ContainsAny(s, markdownSigns) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(markdownSigns, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// tallyMarkdown writes a table of GitHub's Markdown, which nearly every wiki, chat
// and tracker reads.
func tallyMarkdown(w io.Writer, t cx.Tally) error {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	names, rule := []string{"week"}, []string{"---"}
	for _, d := range t.By {
		names, rule = append(names, markdownCell(string(d))), append(rule, "---")
	}
	line(append(names, "count", "conversations"))
	line(append(rule, "---:", "---:"))
	var cells []string
	hidden := t.Hide()
	for i, r := range t.Rows {
		if r.Count == 0 {
			continue
		}
		cells = append(cells[:0], r.Week.String())
		for _, v := range r.Values {
			cells = append(cells, markdownCell(v))
		}
		text := strconv.Itoa
		if hidden.Row(i) {
			text = func(int) string { return cx.HiddenText(r) }
		}
		conversations := ""
		if t.HasConversations {
			conversations = text(r.Conversations)
		}
		line(append(cells, text(r.Count), conversations))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
