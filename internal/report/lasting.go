package report

import (
	"slices"

	"magicbutton/internal/report/stats"
)

// lastingWeeks is for how many weeks a change is told before it is what is usual.
const lastingWeeks = 4

// lasting judges once more the tags that changed in the weeks right before, without
// those weeks: else the third week of an incident would be compared with its first two,
// and found to be as usual. It returns nil for a tag whose change does not go on.
func (f family) lasting(s stats.Settings) []*stats.Judgement {
	out := make([]*stats.Judgement, len(f.codes))
	run := make([]changed, len(f.codes))
	for back := lastingWeeks; back >= 0; back-- {
		var plain, without []stats.Series
		for i, code := range f.codes {
			plain = append(plain, f.cut(code, back, 0))
			without = append(without, f.cut(code, back, run[i].weeks))
		}
		judged := stats.Judge(plain, s)
		again := judged
		if slices.ContainsFunc(run, func(c changed) bool { return c.weeks > 0 }) {
			again = stats.Judge(without, s)
		}
		for i := range f.codes {
			v, still := judged[i].Verdict, again[i].Week.Verdict
			goesOn := run[i].weeks > 0 && still == run[i].way
			out[i] = nil
			switch {
			case v == stats.More || v == stats.Less:
				run[i].add(v)
			case goesOn:
				run[i].add(still)
				out[i] = &again[i]
			default:
				run[i] = changed{}
			}
		}
	}
	return out
}

// changed is how many weeks in a row a tag was not as usual, and in which way.
type changed struct {
	weeks int
	way   stats.Verdict
}

func (c *changed) add(way stats.Verdict) {
	if c.way != way {
		*c = changed{way: way}
	}
	c.weeks = min(c.weeks+1, lastingWeeks)
}

// cut returns a tag's series as it was some weeks back, without the weeks right before
// the last one.
func (f family) cut(code string, back, without int) stats.Series {
	s := f.series(f.h.of(code))
	last := len(s.Counts) - 1 - back
	if last < 0 {
		return stats.Series{}
	}
	first := max(last-without, 0)
	s.Counts = slices.Concat(s.Counts[:first], s.Counts[last:last+1])
	if s.Exposures != nil {
		s.Exposures = slices.Concat(s.Exposures[:first], s.Exposures[last:last+1])
	}
	return s
}
