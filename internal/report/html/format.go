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
	"hours": hours, "interval": interval, "money": money, "named": named, "part": part, "percent": percent, "plural": plural, "since": since,
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

// decimal writes a number with as many digits as it is worth: 0.42, 4.2, 42.0, 420.
func decimal(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0:
		return "−" + decimal(-v)
	case v >= 99.95:
		return count(int(math.Round(v)))
	case v < 0.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

// percent writes a share of 0 to 1: 15%, or <1% for what is not nothing.
func percent(share float64) string {
	if share > 0 && share < 0.005 {
		return "<1%"
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

// hours writes a time that is only roughly known: 41 hours.
func hours(h float64) string {
	value, unit := duration(h)
	return value + " " + unit
}

// duration is hours, or minutes where it is less than one.
func duration(h float64) (value, unit string) {
	n, one := h, "hour"
	if h < 1 {
		n, one = 60*h, "minute"
	}
	whole := int(math.Round(n))
	return count(whole), plural(whole, one, one+"s")
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
	}
	return fmt.Sprintf("×%.2f", *c.Ratio)
}

// interval writes the range of a change that chance leaves open, "" where there is no
// number of times, or no end to it.
func interval(c *report.Change) string {
	if c == nil || c.Ratio == nil || *c.Ratio == 0 || c.High == nil {
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

// dates writes a span of days, with no more years and months than it needs:
// 9–15 November 2026, 30 November – 6 December 2026.
func dates(first, last cx.Date) string {
	switch {
	case first.Year != last.Year:
		return day(first) + " – " + day(last)
	case first.Month != last.Month:
		return fmt.Sprintf("%d %s – %s", first.Day, first.Month, day(last))
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
	switch {
	case !v.Moved():
		return mark{v, "–", "usual"}
	case v.Code == report.More || v.Code == report.LargerShare:
		return mark{v, "▲", "more"}
	case v.Code == report.Less || v.Code == report.SmallerShare:
		return mark{v, "▼", "less"}
	case v.Code == report.Quiet:
		return mark{v, "○", "quiet"}
	}
	return mark{v, "●", "new"} // first seen, or returned
}

// named writes a word of the vocabulary, which may be one of several string types.
func named(word any) string {
	s := fmt.Sprint(word)
	if s == "" {
		return "not said"
	}
	return s
}
