package html

import (
	"fmt"
	"time"

	"magicbutton/internal/report"
)

// clock is the week's events by weekday and hour. Hours before the first event of
// the week, and after its last, are left out.
type clock struct {
	Zone  string
	Hours []string
	Days  []clockDay
}

type clockDay struct {
	Name  string
	Cells []clockCell
}

type clockCell struct {
	Count int
	Heat  string
}

func pickClock(w report.Week) any {
	if w.Clock == nil || w.Clock.Most == 0 {
		return nil
	}
	c := clock{Zone: w.Header.Zone}
	first, last := openHours(w.Clock.Counts)
	for h := first; h <= last; h++ {
		c.Hours = append(c.Hours, fmt.Sprintf("%02d", h))
	}
	for i, counts := range w.Clock.Counts {
		day := clockDay{Name: time.Weekday((i + 1) % 7).String()[:3]}
		for _, n := range counts[first : last+1] {
			day.Cells = append(day.Cells, clockCell{n, heat(n, w.Clock.Most)})
		}
		c.Days = append(c.Days, day)
	}
	return c
}

// openHours returns the first and the last hour with an event on any day.
func openHours(counts [7][24]int) (first, last int) {
	first = 23
	for _, day := range counts {
		for h, n := range day {
			if n > 0 {
				first, last = min(first, h), max(last, h)
			}
		}
	}
	return first, last
}
