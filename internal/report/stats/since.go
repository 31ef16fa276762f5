package stats

import "math"

// Outcome is what happened to a tag since something was done about it.
type Outcome struct {
	// Rate compares the weeks since with what was usual before, by exposure. Its Verdict is
	// TooEarly where the tag has no exposures: counts alone do not tell fewer problems from fewer presses.
	Rate Finding
	// Share compares the tag with all others of the family together.
	Share Finding
	// Left are the weeks after the first of Rate's baseline that are no part of it, as they were not
	// usual: indices of Counts, oldest first.
	Left []int
	// Incident compares the weeks since with those right before.
	Incident Incident
	// Worked says that the rate is less and the share too, be it than usual or than in the incident:
	// a rate that fell with everybody else's is no merit of what was done about one tag.
	Worked bool
}

// Incident is a comparison with the weeks right before, where those were an episode of More of
// Settings.MinWeeks or more. Where they were not, both findings are TooEarly.
type Incident struct{ Rate, Share Finding }

// maxSinceP is the p up to which an Outcome's verdicts are given. Each answers one question
// that was asked beforehand, so nothing is corrected for and half of it is the chance of crediting what did nothing.
const maxSinceP = 0.05

// Since compares one tag of a family from week first on (an index of its Counts) with the weeks
// before, of which Settings.BaselineWeeks count at most and Settings.MinWeeks are needed; those that Judge and
// JudgeShares found to be More or Less in their time do not. Q is P, and Settings.MaxQ is asked for those only.
//
// A week that is partly before and partly after belongs to neither: cut it out of every series. All
// series have the tag's weeks; one that began later is shorter, as for Judge.
func Since(family []Series, tag, first int, settings Settings) Outcome {
	s := settings.filled()
	rate := hindsight{usual: untested(), incident: untested()}
	tested := len(family[tag].Counts) - first
	if family[tag].Exposures != nil {
		rate = since(rows(withTotal(family)), len(family), tag, tested, s)
	}
	share := since(shares(family), len(family), tag, tested, s)
	return Outcome{
		Rate: rate.usual, Share: share.usual, Left: rate.left,
		Incident: Incident{rate.incident, share.incident},
		Worked: rate.usual.Verdict == Less && share.usual.Verdict == Less ||
			rate.incident.Verdict == Less && share.incident.Verdict == Less,
	}
}

// withTotal adds the total to a family, as whoever judges its weeks does.
func withTotal(family []Series) []Series {
	all := rows(family)
	longest := 0
	for i, r := range all {
		if len(r.counts) > len(all[longest].counts) {
			longest = i
		}
	}
	total := Series{Counts: make([]int, len(all[longest].counts)), Exposures: all[longest].exposures}
	for _, r := range all {
		for i, n := range r.counts {
			total.Counts[len(total.Counts)-len(r.counts)+i] += n
		}
	}
	return append(family[:len(family):len(family)], total)
}

// hindsight is what one kind of rows says of the weeks since.
type hindsight struct {
	usual, incident Finding
	left            []int
}

// since compares a row's last weeks. Beside the first so many rows, which are compared with each other, a
// family may have a total: it was judged with them.
func since(family []row, tags, tag, tested int, s Settings) hindsight {
	h := hindsight{usual: untested(), incident: untested()}
	if tested < 1 {
		return h
	}
	known := newQuantiles()
	recall(family, tested, s, known)
	windows := make([]window, tags)
	for i := range windows {
		windows[i] = family[i].look(tested, s.BaselineWeeks)
	}
	h.usual = again(windows, tag, s, known)
	h.left = windows[tag].leftOut(family[tag])
	if p := family[tag].past; p.way == More && len(p.run) >= s.MinWeeks {
		windows[tag] = family[tag].beside(tested, backwards(p.run))
		h.incident = again(windows, tag, s, known)
	}
	return h
}

// recall judges the weeks before the last ones, as they were judged in their time.
func recall(family []row, tested int, s Settings, known *quantiles) {
	before := make([]row, len(family))
	for i, r := range family {
		before[i] = r.until(tested)
	}
	tests := follow(before, s, known)
	if s.EpisodeWeeks > 0 {
		remember(before, tests)
	}
	for i := range family {
		family[i].past = before[i].past
	}
}

// again tests one of some windows, for one question that was asked beforehand.
func again(windows []window, at int, s Settings, known *quantiles) Finding {
	dispersion, freedom := dispersions(windows, known)
	w := windows[at]
	t := planned{window: w, test: w.test(dispersion[at], freedom[at])}
	t.p = t.significance(1, s.MinWeeks, false)
	t.q = t.p
	t.verdict = t.decide(maxSinceP, s.MinChange)
	return t.finding(s)
}

// leftOut returns the weeks from the first of a window's baseline on that are known and no part
// of it.
func (w window) leftOut(r row) (left []int) {
	base := backwards(w.base)
	if len(base) == 0 {
		return nil
	}
	next := 0
	for i := base[0]; i < len(r.past.unlike); i++ {
		switch {
		case next < len(base) && base[next] == i:
			next++
		case r.exposures[i] > 0:
			left = append(left, i)
		}
	}
	return left
}

func untested() Finding {
	nan := math.NaN()
	return Finding{Expected: nan, Ratio: nan, Low: nan, High: nan, P: nan, Q: nan, Dispersion: 1, Freedom: math.Inf(1)}
}
