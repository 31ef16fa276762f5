package cx

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PeriodSpec is a period as people ask for it. At most one of Week, Weeks and
// From/To is set; none is the last complete week.
type PeriodSpec struct {
	// Week is "last", "this" or a week such as 2026-W47.
	Week string
	// Weeks is a number of complete weeks up to the last one, 0 for not set.
	Weeks int
	// From and To are dates, both inclusive; one alone leaves the other open.
	From, To string
}

// IsDefault reports whether nothing was asked for.
func (s PeriodSpec) IsDefault() bool { return s == PeriodSpec{} }

// maxWeeks bounds --weeks: more than the years that an instant may lie in.
const maxWeeks = 53 * 100

// Period is a stretch of time, half-open. A zero From or To is no bound.
type Period struct{ From, To time.Time }

// Resolve returns the period in a zone, seen from now.
func (s PeriodSpec) Resolve(now time.Time, zone *time.Location) (Period, error) {
	if err := s.checkOne(); err != nil {
		return Period{}, err
	}
	this := WeekOf(now, zone)
	switch {
	case s.From != "" || s.To != "":
		return s.dates(zone)
	case s.Weeks < 0 || s.Weeks > maxWeeks:
		return Period{}, fmt.Errorf("weeks %d: want 1 to %d", s.Weeks, maxWeeks)
	case s.Weeks > 0:
		from, _ := this.Add(-s.Weeks).Span(zone)
		_, to := this.Add(-1).Span(zone)
		return Period{from, to}, nil
	}
	w, err := s.week(this)
	if err != nil {
		return Period{}, err
	}
	from, to := w.Span(zone)
	return Period{from, to}, nil
}

func (s PeriodSpec) week(this Week) (Week, error) {
	switch strings.ToLower(s.Week) {
	case "", "last":
		return this.Add(-1), nil
	case "this":
		return this, nil
	}
	w, err := ParseWeek(s.Week)
	if err != nil {
		return Week{}, fmt.Errorf("%w; last and this work too", err)
	}
	return w, nil
}

func (s PeriodSpec) checkOne() error {
	var set []string
	if s.Week != "" {
		set = append(set, "--week "+s.Week)
	}
	if s.Weeks != 0 {
		set = append(set, "--weeks "+strconv.Itoa(s.Weeks))
	}
	if s.From != "" || s.To != "" {
		set = append(set, "--from or --to")
	}
	if len(set) > 1 {
		return errors.New(strings.Join(set, " and ") + " ask for different periods: give one")
	}
	return nil
}

func (s PeriodSpec) dates(zone *time.Location) (Period, error) {
	from, errFrom := parseBound(s.From)
	to, errTo := parseBound(s.To)
	if err := errors.Join(errFrom, errTo); err != nil {
		return Period{}, err
	}
	var p Period
	if s.From != "" {
		p.From = from.Start(zone)
	}
	if s.To != "" {
		p.To = to.Add(1).Start(zone)
	}
	if s.From != "" && s.To != "" && to.Before(from) {
		return Period{}, fmt.Errorf("the period ends (%s) before it begins (%s)", s.To, s.From)
	}
	return p, nil
}

// parseBound reads a date; "" is none.
func parseBound(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	return ParseDate(s)
}
