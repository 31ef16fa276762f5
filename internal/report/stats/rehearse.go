package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Rehearsal says what to rehearse. The zero value is the default.
type Rehearsal struct {
	Weeks   int       // played in each run; 0 is 26
	Runs    int       // for no change, and again for each factor, where the series take turns; 0 is 480
	Factors []float64 // changes to plant, in one tag at a time, from the first week on; nil is 2 and 1.2
	Seed    uint64
	// Progress is told how many runs are done; nil is nobody. Its error ends the rehearsal.
	Progress func(done, total int) error
}

// Rehearsed is what a family of these volumes can show.
type Rehearsed struct {
	Weeks, Runs int       // as played
	FalseWeeks  float64   // weeks with any verdict of More or Less though nothing changed, 0 to Weeks, on average
	Planted     []Planted // for each factor, in the order given
}

// Planted is how soon a planted change was seen.
type Planted struct {
	Factor float64
	All    Sighting
	Tags   []Sighting // for each series of the family
}

// Sighting counts the runs in which a change was seen.
type Sighting struct {
	Runs, Seen int     // Seen is how many of Runs gave the right verdict before all weeks that it is compared with changed too
	MeanWeeks  float64 // until then, over those that did: 1 is in the first week; NaN where none did
}

// RehearsalWeeks is how many weeks there must be to draw from: fewer hardly show how weeks differ.
const RehearsalWeeks = 8

// Rehearse plays weeks that are drawn with replacement from those of the family, whole weeks at a
// time so that busy ones stay busy for all, and judges each as Judge would have. The same arguments give the same result.
// A trend in the history is played as variation, and what one week does to the next is not played. Of a series whose
// week was judged More or Less another week is drawn: a rehearsal without any change contains no incident.
//
// The series are judged with their total, as a report judges them; changes are planted in the series only.
func Rehearse(family []Series, settings Settings, rehearsal Rehearsal) (Rehearsed, error) {
	longest := 0
	for i, s := range family {
		if len(s.Counts) == 0 {
			return Rehearsed{}, fmt.Errorf("rehearsing: series %d has no weeks", i)
		}
		longest = max(longest, len(s.Counts))
	}
	if longest < RehearsalWeeks {
		return Rehearsed{}, fmt.Errorf("rehearsing: there are %d complete weeks, and at least %d are needed", longest, RehearsalWeeks)
	}
	r := rehearsal.filled()
	stage := stage{
		history: rows(family), longest: longest, settings: settings.filled(), weeks: r.Weeks,
		random: rand.New(rand.NewPCG(r.Seed, 0)), known: newQuantiles(),
	}
	remember(stage.history, follow(stage.history, stage.settings, stage.known))
	result := Rehearsed{Weeks: r.Weeks, Runs: r.Runs}
	done := 0
	tell := func() error {
		done++
		if r.Progress == nil {
			return nil
		}
		return r.Progress(done, r.Runs*(1+len(r.Factors)))
	}
	for range r.Runs {
		result.FalseWeeks += float64(stage.falseWeeks()) / float64(r.Runs)
		if err := tell(); err != nil {
			return Rehearsed{}, err
		}
	}
	for _, factor := range r.Factors {
		planted, err := stage.plant(factor, r.Runs, tell)
		if err != nil {
			return Rehearsed{}, err
		}
		result.Planted = append(result.Planted, planted)
	}
	return result, nil
}

func (r Rehearsal) filled() Rehearsal {
	if r.Weeks == 0 {
		r.Weeks = 26
	}
	if r.Runs == 0 {
		r.Runs = 480
	}
	if r.Factors == nil {
		r.Factors = []float64{2, 1.2}
	}
	return r
}

// stage is where weeks are played.
type stage struct {
	history  []row
	longest  int
	settings Settings
	weeks    int
	random   *rand.Rand
	known    *quantiles
}

// lead is how many weeks are drawn before the first one that is judged: a whole baseline for the last two together.
func (s *stage) lead() int { return s.settings.BaselineWeeks + 1 }

// play draws the weeks of one run; its last row is the total.
func (s *stage) play() []row {
	run := make([]row, len(s.history)+1)
	total := s.lead() + s.weeks
	for i := range run {
		run[i] = row{counts: make([]int, total), exposures: make([]float64, total)}
	}
	sum := run[len(s.history)]
	for week := range total {
		back := s.random.IntN(s.longest)
		for i, h := range s.history {
			count, exposure := h.usual(back)
			run[i].counts[week], run[i].exposures[week] = count, exposure
			sum.counts[week] += count
			sum.exposures[week] = max(sum.exposures[week], exposure)
		}
	}
	return run
}

// usual returns the week so many weeks ago, or the first before it that was as usual. A younger series repeats its few weeks.
func (r row) usual(back int) (count int, exposure float64) {
	n := len(r.counts)
	at := n - 1 - back%n
	for tries := 0; r.past.unlike[at] && tries < n; tries++ {
		at = (at + n - 1) % n
	}
	return r.counts[at], r.exposures[at]
}

// judge looks at a run as it was at the end of a week, 0 to weeks-1, one after the other.
func (s *stage) judge(run []row, week int) []planned {
	if week == 0 {
		begin(run, s.settings)
	}
	seen := make([]row, len(run))
	for i, r := range run {
		seen[i] = r.until(s.weeks - 1 - week)
	}
	tests := plan(seen, s.settings, s.known, true)
	remember(seen, tests)
	return tests
}

func (s *stage) falseWeeks() int {
	run, weeks := s.play(), 0
	for week := range s.weeks {
		for _, test := range s.judge(run, week) {
			if test.verdict.change() {
				weeks++
				break
			}
		}
	}
	return weeks
}

// plant plays runs in each of which one tag changes by a factor.
func (s *stage) plant(factor float64, runs int, tell func() error) (Planted, error) {
	planted := Planted{Factor: factor, Tags: make([]Sighting, len(s.history))}
	for i := range runs {
		tag := i % len(s.history)
		weeks := s.sight(factor, tag)
		planted.All.add(weeks)
		planted.Tags[tag].add(weeks)
		if err := tell(); err != nil {
			return Planted{}, err
		}
	}
	planted.All.close()
	for i := range planted.Tags {
		planted.Tags[i].close()
	}
	return planted, nil
}

// sight returns the week in which a planted change is seen, from 1 on; 0 is never. Once all weeks that it is compared
// with have changed too, only chance sees anything.
func (s *stage) sight(factor float64, tag int) int {
	run := s.play()
	rate := s.history[tag].rate()
	for week := s.lead(); week < len(run[tag].counts); week++ {
		was := run[tag].counts[week]
		now := changed(s.random, was, rate*run[tag].exposures[week], factor)
		run[tag].counts[week] = now
		run[len(s.history)].counts[week] += now - was
	}
	want := More
	if factor < 1 {
		want = Less
	}
	for week := range min(s.weeks, s.lead()) {
		tests := s.judge(run, week)
		if tests[2*tag].verdict == want || tests[2*tag+1].verdict == want {
			return week + 1
		}
	}
	return 0
}

// rate is the row's mean count for an exposure of 1.
func (r row) rate() float64 {
	count, exposure := 0.0, 0.0
	for i, n := range r.counts {
		if r.exposures[i] > 0 && !r.past.unlike[i] {
			count, exposure = count+float64(n), exposure+r.exposures[i]
		}
	}
	return count / max(exposure, math.SmallestNonzeroFloat64)
}

// changed adds or takes away single events by chance, as a changed rate does; multiplying a count would multiply its
// noise too. A week in which there happened to be none of a rare tag is no week in which twice as many are none either: what is
// added goes by the usual count, and by the week's own the more, the more that tells (a gamma prior whose squared coefficient of variation is scatter).
func changed(random *rand.Rand, count int, usual, factor float64) int {
	if factor >= 1 {
		own := scatter * usual / (1 + scatter*usual)
		return count + poisson(random, (usual+own*(float64(count)-usual))*(factor-1))
	}
	kept := 0
	for range count {
		if random.Float64() < factor {
			kept++
		}
	}
	return kept
}

// add counts a run; until close, MeanWeeks is a sum.
func (s *Sighting) add(weeks int) {
	s.Runs++
	if weeks > 0 {
		s.Seen++
		s.MeanWeeks += float64(weeks)
	}
}

func (s *Sighting) close() {
	if s.Seen == 0 {
		s.MeanWeeks = math.NaN()
		return
	}
	s.MeanWeeks /= float64(s.Seen)
}
