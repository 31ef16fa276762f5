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
	"count":   count,
	"decimal": decimal,
	"percent": percent,
	"hours":   hours,
	"money":   money,
	"day":     day,
	"named":   named,
	"verdict": verdictOf,
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

// hours writes a time that is only roughly known.
func hours(h float64) string {
	n, unit := h, "hour"
	if h < 1 {
		n, unit = 60*h, "minute"
	}
	if whole := int(math.Round(n)); whole != 1 {
		return count(whole) + " " + unit + "s"
	}
	return "1 " + unit
}

// money writes an amount in a currency: EUR 1,234.
func money(currency string, v float64) string {
	return strings.TrimSpace(currency + " " + count(int(math.Round(v))))
}

// day writes a date: 16 November 2026.
func day(d cx.Date) string { return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year) }

// named writes a word of the vocabulary, which may be one of several string types.
func named(word any) string {
	s := fmt.Sprint(word)
	if s == "" {
		return "not said"
	}
	return s
}

// mark is how a verdict is shown: its sign, which tells without colour, and its class.
type mark struct {
	report.Verdict
	Sign, Class string
}

// verdictOf returns how to show a verdict. The colours judge nothing: more praise is
// as much a change as more problems.
func verdictOf(v report.Verdict) mark {
	switch {
	case !v.Moved():
		return mark{v, "·", "usual"}
	case v.Code == report.More || v.Code == report.LargerShare:
		return mark{v, "▲", "more"}
	case v.Code == report.Less || v.Code == report.SmallerShare:
		return mark{v, "▼", "less"}
	case v.Code == report.Quiet:
		return mark{v, "○", "quiet"}
	}
	return mark{v, "●", "new"} // first seen, or returned
}
