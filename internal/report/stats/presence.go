package stats

// Presence is when a series was there at all: facts, not tests.
type Presence struct {
	FirstSeen bool // counted in the last week and never before
	Returned  bool // counted in the last week and before, with at least QuietWeeks weeks without in between
	GoneQuiet bool // the last week is the QuietWeeks-th in a row without, after weeks with
	Silent    int  // weeks without in a row: those before the last week where that one counts, else up to it
}

// QuietWeeks is how many weeks without make a series quiet.
const QuietWeeks = 4

// Seen says when a series was there. Give it every week that is known, oldest first, not only the
// baseline: what came back after half a year is not new.
func Seen(counts []int) Presence {
	if len(counts) == 0 {
		return Presence{}
	}
	last := len(counts) - 1
	now := counts[last] > 0
	before := counts
	if now {
		before = counts[:last]
	}
	seen := len(before) // weeks up to the last one with a count, 0 where there is none
	for seen > 0 && before[seen-1] == 0 {
		seen--
	}
	silent := len(before) - seen
	return Presence{
		FirstSeen: now && seen == 0,
		Returned:  now && seen > 0 && silent >= QuietWeeks,
		GoneQuiet: !now && seen > 0 && silent == QuietWeeks,
		Silent:    silent,
	}
}
