package store

import "time"

// Retention says how long what is stored is kept.
type Retention struct {
	// NotesDays and EventsDays are how many whole UTC days before today notes and
	// events are kept; 0 is for ever. What events count in tallies is always kept.
	NotesDays, EventsDays int
}

// At returns what is to be purged at an instant.
func (r Retention) At(now time.Time) (p Purging) {
	today := dayStart(utcDay(now))
	if r.NotesDays > 0 {
		p.NotesBefore = today.AddDate(0, 0, -r.NotesDays)
	}
	if r.EventsDays > 0 {
		p.EventsBefore = today.AddDate(0, 0, -r.EventsDays)
	}
	return p
}
