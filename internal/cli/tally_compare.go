package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// compareBefore is the word for as many weeks right before.
const compareBefore = "before"

// runTallyCompare prints two runs of weeks beside each other.
func runTallyCompare(ctx context.Context, p place, f *periodFlags, against string, q cx.Query) (err error) {
	if err := comparable(q.By); err != nil {
		return err
	}
	when, err := f.resolve(p)
	if err != nil {
		return err
	}
	now, err := wholeWeeks(f, when)
	if err != nil {
		return err
	}
	then, err := parseWeeks(against, now)
	if err != nil {
		return usage(err)
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	o := p.reportOptions(when)
	o.Filter = q.Filter
	c, err := compareBy(ctx, r, o, q.By, then, now)
	if errors.Is(err, report.ErrWeeks) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	if c.Then.Count+c.Now.Count == 0 {
		return f.sayNothing(ctx, p, r, when, q.Filter)
	}
	return printComparison(p.env.Stdout, c, groupHead(q.By), styleOf(p.env))
}

// wholeWeeks returns the weeks that a period is.
func wholeWeeks(f *periodFlags, when period) (report.Weeks, error) {
	if f.spec.From != "" || f.spec.To != "" {
		return report.Weeks{}, usage(errors.New("--compare takes whole weeks, as days of the week differ: give --week or --weeks, not --from and --to"))
	}
	return report.Weeks{First: when.week(), Last: cx.WeekOf(when.To, when.zone).Add(-1)}, nil
}

// parseWeeks reads what a period is compared with: a week, a run of weeks such as
// 2026-W33..2026-W40, or before.
func parseWeeks(s string, now report.Weeks) (report.Weeks, error) {
	if strings.EqualFold(s, compareBefore) {
		return report.Weeks{First: now.First.Add(-now.Len()), Last: now.First.Add(-1)}, nil
	}
	first, last, run := strings.Cut(s, "..")
	if !run {
		last = first
	}
	var w report.Weeks
	var errs [2]error
	w.First, errs[0] = cx.ParseWeek(first)
	w.Last, errs[1] = cx.ParseWeek(last)
	if err := cmp.Or(errs[0], errs[1]); err != nil {
		return report.Weeks{}, fmt.Errorf("--compare: %w; 2026-W33..2026-W40 and %s work too", err, compareBefore)
	}
	return w, nil
}

func printComparison(w io.Writer, c report.Comparison, head string, s style) error {
	var out strings.Builder
	fmt.Fprintln(&out, s.show(bold, fmt.Sprintf("%s against %s, %s", c.Now.Weeks, c.Then.Weeks, c.Zone)))
	fmt.Fprintln(&out, wrap(fmt.Sprintf("%s%s; before %s%s",
		plural(c.Now.Count, "event"), inContacts(c.Now), plural(c.Then.Count, "event"), inContacts(c.Then)), s.width(), ""))
	for _, sentence := range c.Summary {
		fmt.Fprintln(&out, wrap(sentence, s.width(), ""))
	}
	out.WriteByte('\n')
	writeComparison(&out, c, head, s)
	notes := "Counts a week."
	if c.PerContacts {
		notes = "Counts per 100 contacts."
	}
	notes += " In brackets the range that chance leaves open, 19 times in 20."
	switch {
	case c.NoRate != "":
		notes += " " + c.NoRate + ": no rates."
	case c.ContactsNote != "":
		notes += " " + c.ContactsNote + "."
	}
	out.WriteString("\n")
	for line := range strings.SplitSeq(wrap(notes, s.width(), ""), "\n") {
		fmt.Fprintln(&out, s.show(dim, line))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func inContacts(r report.Run) string {
	out := ""
	if n := r.Weeks.Len(); n > 1 {
		out = " in " + plural(r.Known, "week")
	}
	if r.Contacts != nil {
		out += ", " + plural(*r.Contacts, "contact")
	}
	return out
}

func writeComparison(w *strings.Builder, c report.Comparison, head string, s style) {
	year := c.Then.Weeks.First.Year
	if c.Now.Weeks.Last.Year != year || c.Now.Weeks.First.Year != year {
		year = 0 // the heads say which
	}
	t := weekTable{
		head:  []string{head, shortWeeks(c.Then.Weeks, year), shortWeeks(c.Now.Weeks, year), "change", ""},
		right: []bool{false, true, true, false, false},
	}
	for _, tag := range append(c.Tags, c.Total) {
		name := nameOf(report.Tag{Name: tag.Name, Unlisted: tag.Unlisted})
		words := tag.Verdict.Words
		if tag.Verdict.Code == report.Early { // of all, as the summary says
			words = ""
		}
		t.rows = append(t.rows, []string{name, perWeek(c, tag.Then), perWeek(c, tag.Now), times(tag, shortWeeks(c.Then.Weeks, year)), words})
		t.verdicts = append(t.verdicts, tag.Verdict)
	}
	t.write(w, s)
}

// perWeek writes a rate; where each run is one week, that is a count.
func perWeek(c report.Comparison, s report.Side) string {
	if !c.PerContacts && c.Then.Known == 1 && c.Now.Known == 1 {
		return strconv.Itoa(s.Count)
	}
	return report.Decimal(s.Rate)
}

// times says by how much a tag changed since then, which may be later: nothing to a
// number is no number of times.
func times(t report.Compared, then string) string {
	switch {
	case t.Then.Count == 0:
		return "none in " + then
	case t.Change == nil || t.Change.Ratio == nil || t.Change.High == nil:
		return ""
	case t.Change.Vague:
		return "too few to tell"
	}
	return fmt.Sprintf("×%.2f (%.2f to %.2f)", *t.Change.Ratio, t.Change.Low, *t.Change.High)
}

// shortWeeks names a run of weeks for the head of a column, without the year where
// all weeks are of one.
func shortWeeks(w report.Weeks, year int) string {
	if year == 0 {
		return w.String()
	}
	return strings.ReplaceAll(w.String(), fmt.Sprintf("%04d-", year), "")
}
