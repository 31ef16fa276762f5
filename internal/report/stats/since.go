package stats

import "math"

// Outcome is what happened to a tag since something was done about it.
type Outcome struct {
	// Rate compares the weeks since with the weeks before, by exposure. Its Verdict is TooEarly
	// where the tag has no exposures: counts alone do not tell fewer problems from fewer presses.
	Rate Finding
	// Share compares the tag with all others of the family together.
	Share Finding
	// Worked says that the rate is less and the share too: a rate that fell with everybody else's
	// is no merit of what was done about one tag.
	Worked bool
}

// maxSinceP is the p up to which an Outcome's verdicts are given. Each answers one question
// that was asked beforehand, so nothing is corrected for and half of it is the chance of crediting what did nothing.
const maxSinceP = 0.05

// Since compares one tag of a family from week first on (an index of its Counts) with the weeks
// before, of which Settings.BaselineWeeks count at most and Settings.MinWeeks are needed. Q is P, and Settings.MaxQ is not asked for.
//
// A week that is partly before and partly after belongs to neither: cut it out of every series. All
// series have the tag's weeks; one that began later is shorter, as for Judge.
func Since(family []Series, tag, first int, settings Settings) Outcome {
	s := settings.filled()
	tested := len(family[tag].Counts) - first
	var outcome Outcome
	if family[tag].Exposures != nil {
		outcome.Rate = since(rows(family), tag, tested, s)
	} else {
		outcome.Rate = untested()
	}
	outcome.Share = since(shares(family), tag, tested, s)
	outcome.Worked = outcome.Rate.Verdict == Less && outcome.Share.Verdict == Less
	return outcome
}

func since(family []row, tag, tested int, s Settings) Finding {
	if tested < 1 {
		return untested()
	}
	windows := make([]window, len(family))
	for i, r := range family {
		windows[i] = r.look(tested, s.BaselineWeeks)
	}
	dispersion, freedom := dispersions(windows)
	w := windows[tag]
	t := planned{window: w, test: w.test(dispersion[tag], freedom[tag])}
	t.p = t.significance(1, s.MinWeeks)
	t.q = t.p
	t.verdict = t.decide(maxSinceP, s.MinChange)
	return t.finding(s.Level)
}

func untested() Finding {
	nan := math.NaN()
	return Finding{Expected: nan, Ratio: nan, Low: nan, High: nan, P: nan, Q: nan, Dispersion: 1, Freedom: math.Inf(1)}
}
