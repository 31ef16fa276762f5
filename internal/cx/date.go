package cx

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the calendar, in no zone. The zero Date means none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date such as 2026-11-16, of the years 1 to 9999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() == 0 {
		return Date{}, fmt.Errorf("date %q: want a date such as 2026-11-16", clip(s))
	}
	return civil(t), nil
}

// DateOf returns the day in whose span (see [Date.Span]) an instant lies.
func DateOf(t time.Time, zone *time.Location) Date {
	d := civil(t.In(zone))
	// The clock's date is the answer but where clocks go back over midnight, as
	// Newfoundland's did at 00:01 until 2011: then the hour before midnight is
	// lived twice, the second time after the day began.
	if next := d.Add(1); !t.Before(next.Start(zone)) {
		return next
	}
	return d
}

func civil(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Add returns the date n days later, or earlier for a negative n.
func (d Date) Add(n int) Date { return civil(d.utc().AddDate(0, 0, n)) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }

// String writes the date as 2026-11-16.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the date as String does, the zero date as "".
func (d Date) MarshalText() ([]byte, error) {
	if d == (Date{}) {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// CheckDate says whether a typed date lies in the years 2000 to 2100; what names
// it in the error.
func CheckDate(what string, d Date) error {
	switch {
	case d == Date{}:
		return fmt.Errorf("%s is missing", what)
	case civil(d.utc()) != d:
		return fmt.Errorf("%s %s is not a day of the calendar", what, d)
	case d.Year < MinAt.Year() || d.Year >= MaxAt.Year():
		return fmt.Errorf("%s %s is outside the years 2000 to 2100", what, d)
	}
	return nil
}

func (d Date) compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Start returns the first instant at which the zone's clocks show this date or a
// later one. It is found, not built: where clocks go forward at midnight
// (Santiago, 2026-09-06) the day begins at 01:00, and a day that a zone left out
// (Samoa, 2011-12-30) begins and ends at once.
func (d Date) Start(zone *time.Location) time.Time {
	midnight := d.utc() // what the clock shows, as if it were UTC
	// No zone is more than 15 h from UTC, or was more than 16 h.
	from := midnight.Add(-16 * time.Hour)
	for {
		begin, end := from.In(zone).ZoneBounds()
		_, offset := from.In(zone).Zone()
		start := midnight.Add(-time.Duration(offset) * time.Second)
		if !begin.IsZero() && start.Before(begin) {
			start = begin
		}
		if end.IsZero() || start.Before(end) {
			return start.UTC()
		}
		from = end
	}
}

// Span returns the day's instants, from its start up to, and without, the start
// of the next.
func (d Date) Span(zone *time.Location) (from, to time.Time) {
	return d.Start(zone), d.Add(1).Start(zone)
}
