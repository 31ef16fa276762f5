package html

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// functions are what the templates write values with.
var functions = template.FuncMap{
	"change": change, "closed": closed, "count": count, "day": day, "decimal": decimal,
	"hours": hours, "interval": interval, "money": money, "named": named, "part": part, "percent": report.Percent, "plural": plural, "since": since,
	"sparkline": sparkline, "usually": usually, "verdict": verdictOf,
}

// count writes a whole number: 12,345.
func count(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// decimal writes a number as all formats of the report round it, and parts thousands.
func decimal(v float64) string {
	if v >= 999.5 {
		return count(int(math.Round(v)))
	}
	return report.Decimal(v)
}

// hours writes a time that is only roughly known: 41 hours.
func hours(h float64) string {
	value, unit := duration(h)
	return value + " " + unit
}

// duration is hours, or minutes where it is less than one.
func duration(h float64) (value, unit string) {
	n, unit := report.Duration(h)
	return count(n), unit
}

// plural picks the word for a number of things.
func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// money writes an amount in a currency: EUR 1,234.
func money(currency string, v float64) string {
	// Cents are more than anybody knows.
	return strings.TrimSpace(currency + " " + count(int(math.Round(v))))
}

// closed reports whether an action is over.
func closed(a report.Action) bool { return a.Closed != (cx.Date{}) }

// usually writes what a tag's baseline is, per 100 contacts or a week.
func usually(t report.Tag, rates bool) string {
	switch {
	case t.Baseline == nil:
		return ""
	case rates && t.Baseline.Rate != nil:
		return decimal(*t.Baseline.Rate)
	}
	return decimal(t.Baseline.Mean)
}

// change writes how many times its baseline a tag is. Something after nothing is no
// number of times.
func change(c *report.Change) string {
	switch {
	case c == nil:
		return ""
	case c.Ratio == nil:
		return "none before"
	case *c.Ratio == 0:
		return "none now"
	case c.Vague:
		return vague
	}
	return fmt.Sprintf("×%.2f", *c.Ratio)
}

// vague says that an interval would say nothing.
const vague = "too few to tell"

// interval writes the range of a change that chance leaves open, "" where there is no
// number of times, or it would say nothing.
func interval(c *report.Change) string {
	if c == nil || c.Ratio == nil || *c.Ratio == 0 || c.High == nil || c.Vague {
		return ""
	}
	return fmt.Sprintf("%.2f–%.2f", c.Low, *c.High)
}

// part writes a part of the greatest one as a width: 42.
func part(value, most float64) string {
	if most <= 0 {
		return "0"
	}
	return strconv.Itoa(int(math.Round(100 * value / most)))
}

// day writes a date: 16 November 2026.
func day(d cx.Date) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year) }

// since writes a date where there is little room: 16 Nov 2026.
func since(d cx.Date) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month.String()[:3], d.Year) }

// dash is between two dates. A line breaks after it, not before.
const dash = "\u00a0– "

// dates writes a span of days, with no more years and months than it needs:
// 9–15 November 2026, 30 November – 6 December 2026.
func dates(first, last cx.Date) string {
	switch {
	case first.Year != last.Year:
		return day(first) + dash + day(last)
	case first.Month != last.Month:
		return fmt.Sprintf("%d %s", first.Day, first.Month) + dash + day(last)
	}
	return fmt.Sprintf("%d–%s", first.Day, day(last))
}

// mark is how a verdict is shown: its sign, which tells without colour, and its class.
type mark struct {
	report.Verdict
	Sign, Class string
}

// Text is the verdict in one line.
func (m mark) Text() string {
	if m.Class == "usual" {
		return m.Words
	}
	return m.Sign + " " + m.Words
}

// verdictOf returns how to show a verdict. The colours judge nothing: more praise is
// as much a change as more problems.
func verdictOf(v report.Verdict) mark {
	if v.WithAll {
		return mark{v, "–", "usual"}
	}
	switch v.Code {
	case report.More, report.LargerShare:
		return mark{v, "▲", "more"}
	case report.Less, report.SmallerShare:
		return mark{v, "▼", "less"}
	case report.FirstSeen, report.Returned:
		return mark{v, "●", "new"}
	case report.Quiet:
		return mark{v, "○", "quiet"}
	case report.Over:
		return mark{v, "≈", "over"}
	}
	return mark{v, "–", "usual"}
}

// named writes a word of the vocabulary, which may be one of several string types.
func named(word any) string {
	s := fmt.Sprint(word)
	if s == "" {
		return "not said"
	}
	return s
}
