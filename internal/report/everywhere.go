package report

import (
	"slices"

	"magicbutton/internal/report/stats"
)

// asTold is the verdict that a week's report gives.
func asTold(j stats.Judgement) stats.Verdict { return j.Verdict }

// everywhere reports whether all tags together moved: the total did, and does so too
// without the tags that moved the same way by themselves, as their share shows, and
// without its largest tag. Few presses of a second tag show no share, and are not
// everybody. The total is the last one of the judged.
func everywhere(tags []stats.Series, judged, shares []stats.Judgement, s stats.Settings, of func(stats.Judgement) stats.Verdict) bool {
	all := of(judged[len(tags)])
	if all != stats.More && all != stats.Less {
		return false
	}
	largest := 0
	for i := range tags {
		if judged[i].Week.BaseCount > judged[largest].Week.BaseCount {
			largest = i
		}
	}
	moved := func(i int) bool { return of(judged[i]) == all && of(shares[i]) == all }
	for _, left := range []func(int) bool{moved, func(i int) bool { return i == largest }} {
		rest := without(tags, left)
		if rest.Counts == nil || of(stats.Judge([]stats.Series{rest}, s)[0]) != all {
			return false
		}
	}
	return true
}

// without adds up all tags but some; Counts are nil where none is left.
func without(tags []stats.Series, left func(int) bool) stats.Series {
	var rest stats.Series
	for i, tag := range tags {
		if left(i) {
			continue
		}
		if rest.Counts == nil {
			rest = stats.Series{Counts: make([]int, len(tag.Counts)), Exposures: tag.Exposures}
		}
		for k, n := range tag.Counts {
			rest.Counts[k] += n
		}
	}
	return rest
}

// then is how the tags were judged in an earlier week.
type then struct {
	judged, shares []stats.Judgement
	everywhere     bool
}

// judgedThen judges up to a week of the family, as its report did.
func (f family) judgedThen(week int, s stats.Settings) then {
	f.weeks = f.weeks[:week+1]
	s.VerdictsOnly = true
	tags := f.tags()
	t := then{
		judged: stats.Judge(append(slices.Clip(tags), f.series(f.h.totals)), s),
		shares: stats.JudgeShares(tags, s),
	}
	t.everywhere = everywhere(tags, t.judged, t.shares, s, asTold)
	return t
}

// forgetUntold makes what is over of a tag as usual where no reader was told of it as the
// tag's own: it was what all tags did. It reports whether those were told to do it.
func (f family) forgetUntold(judged []stats.Judgement, s stats.Settings) (together bool) {
	weeks := make(map[int]then)
	total := judged[len(f.codes)]
	for i := range judged {
		j := &judged[i]
		if j.Verdict != stats.Usual || len(j.Run) == 0 {
			continue
		}
		last := j.Run[len(j.Run)-1]
		if total.Level == 0 && !slices.Contains(total.Run, last) {
			continue // all together were as usual then
		}
		t, ok := weeks[last]
		if !ok {
			t = f.judgedThen(last, s)
			weeks[last] = t
		}
		if i == len(f.codes) {
			together = t.everywhere
			continue
		}
		if t.everywhere && t.judged[i].Verdict == t.judged[len(f.codes)].Verdict && t.shares[i].Verdict != t.judged[i].Verdict {
			j.Run = nil
		}
	}
	return together
}
