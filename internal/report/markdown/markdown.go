// Package markdown writes the first page of the week's report in short, as Markdown
// for a chat, a ticket or a mail. All numbers are the model's.
package markdown

import (
	"fmt"
	"io"
	"math"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// mostTags is how many tags that did not change the table has.
const mostTags = 5

// Write writes a week. It hands all of it over at once.
func Write(w io.Writer, week report.Week) error {
	var out strings.Builder
	h := week.Header
	fmt.Fprintf(&out, "# Week %s\n\n%s to %s, %s, %s%s\n\n", h.Week, h.First, h.Last, h.Zone, h.State, only(h))
	if h.Frozen != nil {
		fmt.Fprintf(&out, "%s\n\n", escape(strings.Join(h.Frozen.Words, " ")))
	}
	for _, s := range week.Summary {
		fmt.Fprintf(&out, "**%s**\n\n", escape(s))
	}
	fmt.Fprintf(&out, "%s\n", escape(total(week)))
	writeTags(&out, week)
	writeActions(&out, week.Actions)
	for i, s := range week.Limits {
		if i == 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(&out, "> %s\n", escape(s))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// only says what a report was narrowed to.
func only(h report.Header) string {
	var parts []string
	if len(h.Sites) > 0 {
		parts = append(parts, "site "+strings.Join(h.Sites, ", "))
	}
	if h.Filter != "" {
		parts = append(parts, h.Filter)
	}
	if len(parts) == 0 {
		return ""
	}
	return "; only " + escape(strings.Join(parts, "; "))
}

func total(week report.Week) string {
	t := week.Total
	out := "1 press"
	if t.Count != 1 {
		out = fmt.Sprintf("%d presses", t.Count)
	}
	if t.Contacts != nil && t.Tagged != nil {
		out += fmt.Sprintf(", %s of %d contacts tagged", report.Percent(*t.Tagged), *t.Contacts)
	}
	if t.Hours != nil {
		out += ", about " + report.Hours(*t.Hours)
	}
	if t.Money != nil {
		out += fmt.Sprintf(" (%s %d)", week.Header.Currency, round(*t.Money))
	}
	if t.PreventableHours != nil {
		out += fmt.Sprintf(", about %s of that preventable", report.Hours(*t.PreventableHours))
	}
	return out
}

// writeTags writes the tags that changed, then those that were pressed most.
func writeTags(w *strings.Builder, week report.Week) {
	var moved, rest []report.Tag
	for _, t := range week.Tags {
		if t.Verdict.Moved() && week.Total.Baseline != nil {
			moved = append(moved, t)
		} else if len(rest) < mostTags {
			rest = append(rest, t)
		}
	}
	if len(moved)+len(rest) == 0 {
		return
	}
	w.WriteString("\n| tag | presses | share | usually | verdict |\n|---|---:|---:|---:|---|\n")
	for _, t := range append(moved, rest...) {
		usually := ""
		if t.Baseline != nil {
			usually = report.Decimal(t.Baseline.Expected)
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s |\n", escape(t.Name), t.Count, escape(report.Percent(t.Share)), usually, escape(t.Verdict.Words))
	}
}

// writeActions writes the open actions.
func writeActions(w *strings.Builder, actions []report.Action) {
	title := "\nOpen actions:\n\n"
	for _, a := range actions {
		if a.Closed != (cx.Date{}) {
			continue
		}
		fmt.Fprintf(w, "%s- %s: %s (%s, since %s): %s\n", title, escape(a.Owner), escape(a.What), escape(a.TagName), a.Since, escape(a.Verdict.Words))
		title = ""
	}
}

func round(v float64) int { return int(math.Round(v)) }

// special are the characters that mean something to Markdown, or to the HTML in it.
var special = func() *strings.Replacer {
	var pairs []string
	for _, c := range "\\`*_[]<>|#&~@!" {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(append(pairs, "\n", " ")...)
}()

// escape makes a text show as it is.
func escape(s string) string { return special.Replace(s) }
