package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// runTallyWeek prints one week beside those before it.
func runTallyWeek(ctx context.Context, p place, f *periodFlags, only cx.Filter) (err error) {
	when, err := f.resolve(p)
	if err != nil {
		return err
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	o := p.reportOptions(when)
	o.Filter, o.Brief = only, true
	week, err := report.Build(ctx, r, o)
	if err != nil {
		return err
	}
	if week.Total.Count == 0 {
		if err := printNothing(p.env.Stdout, week, when.describe(when.week()), styleOf(p.env)); err != nil {
			return err
		}
		return f.sayNothing(ctx, p, r, when, only)
	}
	return printTallyWeek(p.env.Stdout, week, when.describe(when.week()), styleOf(p.env))
}

// reportOptions are what the configuration and a period say of a report.
func (p place) reportOptions(when period) report.Options {
	c := p.config.Report
	return report.Options{
		Week: when.week(), Zone: when.zone, Now: when.now, Version: Version(),
		CostPerHour: c.CostPerHour, Currency: c.Currency, MinChange: c.MinChange,
	}
}

// week is the week that a period of one week is.
func (p period) week() cx.Week { return cx.WeekOf(p.From, p.zone) }

func printTallyWeek(w io.Writer, week report.Week, title string, s style) error {
	var out strings.Builder
	fmt.Fprintln(&out, s.show(bold, title))
	fmt.Fprintln(&out, wrap(totals(week.Total), s.width(), ""))
	compared := week.Total.Baseline != nil
	if week.Header.State == report.Complete {
		out.WriteByte('\n')
		for _, sentence := range week.Summary {
			fmt.Fprintln(&out, wrap(sentence, s.width(), ""))
		}
	}
	out.WriteByte('\n')
	writeWeekTable(&out, week, s)
	if notes := footnotes(week, compared); notes != "" {
		out.WriteByte('\n')
		for line := range strings.SplitSeq(wrap(notes, s.width(), ""), "\n") {
			fmt.Fprintln(&out, s.show(dim, line))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// printNothing says what it means that a week has no event, where earlier ones had some:
// what used to come has gone quiet, or nobody was at work.
func printNothing(w io.Writer, week report.Week, title string, s style) error {
	before := slices.ContainsFunc(week.Columns, func(c report.Column) bool { return c.Count > 0 })
	if week.Header.State != report.Complete || !before {
		return nil
	}
	lines := []string{s.show(bold, title)}
	for _, sentence := range week.Summary {
		lines = append(lines, wrap(sentence, s.width(), ""))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// totals says how much there was.
func totals(t report.Total) string {
	out := plural(t.Count, "event")
	if t.Conversations != nil && *t.Conversations != t.Count {
		out += " in " + plural(*t.Conversations, "conversation")
	}
	if t.Contacts != nil {
		out += fmt.Sprintf(", %s", plural(*t.Contacts, "contact"))
	}
	if t.Tagged != nil {
		out += fmt.Sprintf(": %s tagged", report.Percent(*t.Tagged))
	}
	if t.PreventableHours != nil {
		out += ", about " + report.Hours(*t.PreventableHours) + " preventable"
	}
	return out
}

// footnotes says what the columns mean, where that is not plain.
func footnotes(week report.Week, compared bool) string {
	var out []string
	if compared {
		what := "a week's mean"
		if week.Total.Baseline.Rate != nil {
			what = "what its rate per 100 contacts makes of this week's contacts"
		}
		out = append(out, fmt.Sprintf("usual: %s, of the %s before.", what, plural(week.Total.Baseline.Weeks, "complete week")))
		if names := leftOut(week); names != "" {
			out = append(out, "Left out, as not usual themselves: "+names+".")
		}
	}
	switch t := week.Total; {
	case t.NoRate != "":
		out = append(out, t.NoRate+": counts only, no rates.")
	case t.Contacts == nil:
		out = append(out, "Contacts are not known: counts only, no rates.")
	case t.ContactsNote != "":
		out = append(out, t.ContactsNote+".")
	}
	return strings.Join(out, " ")
}

// leftOut lists the weeks that some tags are not compared with.
func leftOut(week report.Week) string {
	const most = 5
	var names []string
	for _, t := range append(slices.Clone(week.Tags), totalRow(week)) {
		if t.Baseline == nil || len(t.Baseline.Without) == 0 {
			continue
		}
		if len(names) == most {
			names = append(names, "and others")
			break
		}
		var name strings.Builder
		name.WriteString(t.Name)
		for _, w := range t.Baseline.Without {
			name.WriteString(fmt.Sprintf(" W%02d", w.Number))
		}
		names = append(names, name.String())
	}
	return strings.Join(names, ", ")
}

// writeWeekTable writes a row a tag and the total. What a column cannot say for any
// tag it does not stand there for.
func writeWeekTable(w *strings.Builder, week report.Week, s style) {
	var t weekTable
	columns := weekColumns(week)
	for _, c := range columns {
		t.head, t.right = append(t.head, c.head), append(t.right, c.right)
	}
	for _, tag := range append(slices.Clone(week.Tags), totalRow(week)) {
		var row []string
		for _, c := range columns {
			row = append(row, c.cell(tag))
		}
		t.rows, t.verdicts = append(t.rows, row), append(t.verdicts, tag.Verdict)
	}
	t.write(w, s)
}

// weekColumn is a column of the week's table.
type weekColumn struct {
	head  string
	right bool
	cell  func(report.Tag) string
}

// weekColumns returns the columns that have something to say.
func weekColumns(week report.Week) []weekColumn {
	columns := []weekColumn{
		{head: "tag", cell: nameOf},
		{head: "count", right: true, cell: func(t report.Tag) string { return strconv.Itoa(t.Count) }},
		{head: "share", right: true, cell: func(t report.Tag) string { return report.Percent(t.Share) }},
	}
	if week.Total.Rate != nil {
		columns = append(columns, weekColumn{head: "/100", right: true, cell: func(t report.Tag) string { return perHundred(t.Rate) }})
	}
	if week.Total.Last != nil {
		columns = append(columns, weekColumn{head: "last", right: true, cell: func(t report.Tag) string {
			return strconv.Itoa(*t.Last)
		}})
	}
	if week.Total.Baseline != nil {
		columns = append(columns, weekColumn{head: "usual", right: true, cell: func(t report.Tag) string {
			return report.Decimal(t.Baseline.Expected)
		}})
	}
	if week.Header.State != report.Complete {
		return columns
	}
	spark := sparkColumns(week)
	if spark > 1 {
		columns = append(columns, weekColumn{head: fmt.Sprintf("%d weeks", spark), cell: func(t report.Tag) string {
			return sparkline(week.Columns, t.Counts, spark)
		}})
	}
	return append(columns, weekColumn{cell: func(t report.Tag) string { return t.Verdict.Words }})
}

func nameOf(t report.Tag) string {
	if t.Unlisted {
		return t.Name + " (unlisted)"
	}
	return t.Name
}

// totalRow is the total as a row like a tag's.
func totalRow(week report.Week) report.Tag {
	t := week.Total
	counts := make([]int, len(week.Columns))
	for i, c := range week.Columns {
		counts[i] = c.Count
	}
	return report.Tag{
		Name: "total", Count: t.Count, Share: 1, Rate: t.Rate, Last: t.Last, Baseline: t.Baseline,
		Counts: counts, Verdict: t.Verdict,
	}
}

// sparkColumns is how many weeks a sparkline shows: from the first that has an event,
// at most a quarter of a year.
func sparkColumns(week report.Week) int {
	for i, c := range week.Columns {
		if c.Count > 0 {
			return min(len(week.Columns)-i, report.SparkWeeks)
		}
	}
	return 0
}

// sparkline draws counts of the last weeks, each tag by its own greatest: a dot is
// none, a blank a week of which nothing is known.
func sparkline(columns []report.Column, counts []int, weeks int) string {
	const bars = "▁▂▃▄▅▆▇█"
	steps := []rune(bars)
	columns, counts = columns[len(columns)-weeks:], counts[len(counts)-weeks:]
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	var out strings.Builder
	for i, n := range counts {
		switch {
		case n > 0:
			out.WriteRune(steps[(n*len(steps)-1)/most]) // the greatest is the last, one at least the first
		case columns[i].Known:
			out.WriteRune('·')
		default:
			out.WriteRune(' ')
		}
	}
	return out.String()
}

// perHundred writes a rate per 100 contacts.
func perHundred(v *float64) string {
	switch {
	case v == nil:
		return ""
	case *v > 0 && *v < 0.05:
		return "<0.1"
	}
	return fmt.Sprintf("%.1f", *v)
}
