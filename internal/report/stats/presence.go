package stats

// Presence is when a series was there at all: facts, not tests.
type Presence struct {
	FirstSeen bool // counted in the last week and never before
	Returned  bool // counted in the last week, after at least QuietWeeks weeks without, and before those
	GoneQuiet bool // the last week is the QuietWeeks-th in a row without
	Silent    int  // weeks in a row without: before the last week where it was counted there, else with it
}

// QuietWeeks is how many weeks without make a series quiet.
const QuietWeeks = 4

// Seen says when a series was there. Give it all weeks that are known, not only the baseline.
func Seen(counts []int) Presence {
	return Presence{}
}
