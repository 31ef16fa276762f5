package stats

import (
	"math"
	"slices"
)

// Judge compares the last week of each series, and its last two weeks together, with the weeks
// before. All tests of the family are corrected together: where nothing changed, at most
// Settings.MaxQ of all weeks have any verdict of More or Less. The result has the family's order.
//
// Weeks that were judged More or Less themselves do not show what is usual: they are left out of the
// baselines of later weeks, up to Settings.EpisodeWeeks; one more of them in a row makes a new level.
// For that all weeks are judged, the oldest first.
//
// Series may begin at different times but end in the same week.
func Judge(family []Series, settings Settings) []Judgement {
	return judge(rows(family), settings.filled())
}

// JudgeShares is Judge for each series against all others of the family together, whatever their
// exposures: how often everybody presses moves no share.
func JudgeShares(family []Series, settings Settings) []Judgement {
	return judge(shares(family), settings.filled())
}

func judge(family []row, s Settings) []Judgement {
	tests := follow(family, s, newQuantiles())
	judgements := make([]Judgement, len(family))
	for i := range judgements {
		week, two := tests[2*i].finding(s), tests[2*i+1].finding(s)
		verdict := week.Verdict
		if !verdict.change() && two.Verdict.change() {
			verdict = two.Verdict
		}
		p := family[i].past
		judgements[i] = Judgement{Verdict: verdict, Week: week, TwoWeeks: two, Base: backwards(tests[2*i].window.base), Run: p.run, Still: verdict.change() && tests[2*i].on, Level: p.level}
	}
	return judgements
}

// backwards returns weeks the other way round.
func backwards(weeks []int) []int {
	turned := slices.Clone(weeks)
	slices.Reverse(turned)
	return turned
}

// planned is a test that was done, with all that its finding will say.
type planned struct {
	window  window
	test    rateTest
	p, q    float64
	on      bool // the running episode goes on, if the verdict is its way
	verdict Verdict
}

// plan tests each row's last week and last two weeks, in this order. Rough is for who wants verdicts only: the p that cannot make
// one, nor change another's, is 1.
func plan(family []row, s Settings, known *quantiles, rough bool) []planned {
	tests := make([]planned, 2*len(family))
	p := make([]float64, len(tests))
	for tested := 1; tested <= 2; tested++ {
		windows := make([]window, len(family))
		for i, r := range family {
			windows[i] = r.look(tested, s.BaselineWeeks)
		}
		dispersion, freedom := dispersions(windows, known)
		for i, w := range windows {
			at := 2*i + tested - 1
			tests[at] = planned{window: w, test: w.test(dispersion[i], freedom[i])}
			p[at] = tests[at].significance(tested, s.MinWeeks, rough && s.MaxQ <= unremarkable)
			if tested == 2 && (s.LastAlone || family[i].running()) { // or the week before was told already
				p[at] = math.NaN()
			}
		}
	}
	q := BenjaminiHochberg(p)
	for i := range tests {
		tests[i].p, tests[i].q = p[i], q[i]
		if tests[i].on = family[i/2].goesOn(tests[i].window); tests[i].on {
			tests[i].q = p[i] // whether an episode goes on is one question, asked beforehand
		}
		tests[i].verdict = tests[i].decide(s.MaxQ, s.MinChange)
	}
	return tests
}

// significance is the test's p, NaN where fewer weeks than these are known. Rough is 1 for a p that is unremarkable.
func (t planned) significance(minTested, minWeeks int, rough bool) float64 {
	switch {
	case t.window.tested < minTested, t.window.weeks < minWeeks:
		return math.NaN()
	case t.window.count+t.window.baseCount == 0:
		return 1
	case rough && math.Abs(t.test.deviation()) <= calm:
		return 1
	}
	return t.test.p()
}

func (t planned) decide(maxQ, minChange float64) Verdict {
	ratio := t.test.ratio()
	switch {
	case math.IsNaN(t.q):
		return TooEarly
	case t.q <= maxQ && ratio >= 1+minChange:
		return More
	case t.q <= maxQ && ratio <= 1-minChange:
		return Less
	}
	return Usual
}

func (t planned) finding(s Settings) Finding {
	w := t.window
	f := untested()
	f.Verdict, f.Weeks = t.verdict, w.weeks
	f.Count, f.Exposure = int(w.count), w.exposure
	f.BaseCount, f.BaseExposure = int(w.baseCount), w.baseExposure
	f.P, f.Q, f.Foreseen = t.p, t.q, t.on
	f.Dispersion, f.Freedom = t.test.dispersion, t.test.freedom
	if w.baseExposure > 0 && w.exposure > 0 {
		f.Expected = w.baseCount / w.baseExposure * w.exposure
		f.Ratio = t.test.ratio()
		if !s.VerdictsOnly {
			f.Low, f.High = t.test.interval(s.Level)
		}
	}
	return f
}
