package cx

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Week is an ISO 8601 week: it begins on Monday, and week 1 is the one with the
// year's first Thursday. The zero Week means none.
type Week struct {
	// Year is the week's year, which differs from the calendar's around New
	// Year: 2027-01-01 lies in 2026-W53.
	Year int
	// Number is 1 to 52 or 53.
	Number int
}

// WeekOf returns the week in whose span (see [Week.Span]) an instant lies.
func WeekOf(t time.Time, zone *time.Location) Week { return DateOf(t, zone).Week() }

// Week returns the week of the date.
func (d Date) Week() Week {
	y, n := d.utc().ISOWeek()
	return Week{y, n}
}

// ParseWeek reads a week such as 2026-W47, of the years 1 to 9999;
// the W may be small.
func ParseWeek(s string) (Week, error) {
	if len(s) != len("2026-W47") || !strings.EqualFold(s[4:6], "-W") {
		return Week{}, fmt.Errorf("week %q: want a week such as 2026-W47", clip(s))
	}
	year, errYear := strconv.ParseUint(s[:4], 10, 16)
	number, errNumber := strconv.ParseUint(s[6:], 10, 16)
	if errYear != nil || errNumber != nil || year == 0 {
		return Week{}, fmt.Errorf("week %q: want a week such as 2026-W47", clip(s))
	}
	w := Week{int(year), int(number)}
	if last := WeeksIn(w.Year); w.Number < 1 || w.Number > last {
		return Week{}, fmt.Errorf("week %q: %d has weeks 1 to %d", s, w.Year, last)
	}
	return w, nil
}

// WeeksIn returns how many ISO weeks a year has, 52 or 53. December 28 always
// lies in the last one.
func WeeksIn(year int) int {
	_, n := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return n
}

// String writes the week as 2026-W47.
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// MarshalText writes the week as String does, the zero week as "".
func (w Week) MarshalText() ([]byte, error) {
	if w == (Week{}) {
		return nil, nil
	}
	return []byte(w.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (w *Week) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*w = Week{}
		return nil
	}
	v, err := ParseWeek(string(b))
	if err != nil {
		return err
	}
	*w = v
	return nil
}

// Monday returns the week's first day.
func (w Week) Monday() Date {
	// January 4 always lies in week 1.
	jan4 := Date{w.Year, time.January, 4}
	sinceMonday := (int(jan4.Weekday()) + 6) % 7
	return jan4.Add(7*(w.Number-1) - sinceMonday)
}

// Add returns the week n weeks later, or earlier for a negative n.
func (w Week) Add(n int) Week { return w.Monday().Add(7 * n).Week() }

// Before reports whether w is earlier than v.
func (w Week) Before(v Week) bool {
	return w.Year < v.Year || w.Year == v.Year && w.Number < v.Number
}

// Span returns the week's instants, from its start up to, and without, the start
// of the next: 167 to 169 hours where clocks change.
func (w Week) Span(zone *time.Location) (from, to time.Time) {
	return w.Monday().Start(zone), w.Monday().Add(7).Start(zone)
}
