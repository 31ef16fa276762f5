package report

import (
	"fmt"
	"math"
	"strconv"
)

// How the numbers of a report are rounded. Every format of it writes them so: the same
// question has the same number everywhere.

// Duration returns hours, 0 or more, as a whole number of a unit: hours, or minutes where
// it is less than one. Nobody knows it more exactly.
func Duration(hours float64) (n int, unit string) {
	unit = "hour"
	if minutes := round(60 * hours); minutes < 60 {
		hours, unit = float64(minutes), "minute"
	}
	if n = round(hours); n != 1 {
		unit += "s"
	}
	return n, unit
}

// Hours writes a time as [Duration] has it: 41 hours, or 25 minutes.
func Hours(hours float64) string {
	n, unit := Duration(hours)
	return strconv.Itoa(n) + " " + unit
}

// Decimal writes a number, 0 or more, with as many digits as it is worth: 0.42, 4.2,
// 42.0, 420.
func Decimal(v float64) string {
	switch {
	case v == 0 || v >= 99.95:
		return fmt.Sprintf("%.0f", math.Round(v))
	case v < 0.995:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// Percent writes a share of 0 to 1: 15%, or <1% for what is not nothing.
func Percent(share float64) string {
	if share > 0 && share <= 0.005 {
		return "<1%"
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}
