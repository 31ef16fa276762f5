package stats_test

import (
	"math"
	"testing"

	"magicbutton/internal/report/stats"
)

// steady is eight weeks that vary less than Poisson counts, and then the weeks under test.
func steady(underTest ...int) stats.Series {
	return stats.Series{Counts: append([]int{20, 22, 19, 21, 20, 18, 21, 19}, underTest...)}
}

func judgeOne(s stats.Series) stats.Judgement {
	return stats.Judge([]stats.Series{s}, stats.Settings{})[0]
}

func TestJudgeExactWhereNothingButChanceVaries(t *testing.T) {
	f := judgeOne(steady(20, 45)).Week
	want := stats.CompareRates(45, 1, 160-20+20, 8, 0.95)
	if f.Dispersion != 1 || !math.IsInf(f.Freedom, 1) {
		t.Errorf("dispersion %v with freedom %v, want an exact test", f.Dispersion, f.Freedom)
	}
	got := stats.Comparison{Ratio: f.Ratio, Low: f.Low, High: f.High, P: f.P}
	if f.Verdict != stats.More || got != want {
		t.Errorf("%+v, want More with %+v", f, want)
	}
	if f.Weeks != 8 || f.Count != 45 || f.BaseCount != 160 || f.Expected != 20 {
		t.Errorf("%+v, want 45 against 160 in 8 weeks", f)
	}
}

func TestJudgeVerdicts(t *testing.T) {
	big := func(last int) stats.Series {
		return stats.Series{Counts: []int{10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, last}}
	}
	contacts := steady(20, 40)
	contacts.Exposures = []float64{100, 100, 100, 100, 100, 100, 100, 100, 100, 200}
	unknown := steady(20, 60)
	unknown.Exposures = []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}
	for _, test := range []struct {
		name              string
		series            stats.Series
		verdict, week     stats.Verdict
		two               stats.Verdict
		weeksBefore, base int
	}{
		{"more", steady(20, 45), stats.More, stats.More, stats.More, 8, 160},
		{"less", steady(20, 3), stats.Less, stats.Less, stats.Less, 8, 160},
		{"usual", steady(20, 24), stats.Usual, stats.Usual, stats.Usual, 8, 160},
		{"two_weeks_show_what_one_does_not", steady(29, 29), stats.More, stats.Usual, stats.More, 8, 169},
		{"real_but_small", big(11400), stats.Usual, stats.Usual, stats.Usual, 8, 80000},
		{"real_and_15_%", big(11500), stats.More, stats.More, stats.Usual, 8, 80000},
		{"less_but_small", big(8600), stats.Usual, stats.Usual, stats.Usual, 8, 80000},
		{"15_%_less", big(8500), stats.Less, stats.Less, stats.Usual, 8, 80000},
		{"two_calm_weeks_prove_little", stats.Series{Counts: []int{1000, 1000, 1200}}, stats.Usual, stats.Usual, stats.TooEarly, 2, 2000},
		{"twice_the_contacts", contacts, stats.Usual, stats.Usual, stats.Usual, 8, 160},
		{"contacts_unknown", unknown, stats.TooEarly, stats.TooEarly, stats.TooEarly, 8, 160},
		{"no_week_before", stats.Series{Counts: []int{9}}, stats.TooEarly, stats.TooEarly, stats.TooEarly, 0, 0},
		{"one_week_before", stats.Series{Counts: []int{9, 40}}, stats.TooEarly, stats.TooEarly, stats.TooEarly, 1, 9},
		{"two_weeks_before", stats.Series{Counts: []int{9, 9, 60}}, stats.More, stats.More, stats.TooEarly, 2, 18},
		{"never_before", stats.Series{Counts: []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 4}}, stats.More, stats.More, stats.More, 8, 0},
		{"0_to_1", stats.Series{Counts: []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, stats.Usual, stats.Usual, stats.Usual, 8, 0},
		{"silent", stats.Series{Counts: make([]int, 10)}, stats.Usual, stats.Usual, stats.Usual, 8, 0},
		{"none", stats.Series{}, stats.TooEarly, stats.TooEarly, stats.TooEarly, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := judgeOne(test.series)
			if j.Verdict != test.verdict || j.Week.Verdict != test.week || j.TwoWeeks.Verdict != test.two {
				t.Errorf("verdicts %v, %v, %v, want %v, %v, %v\n%+v", j.Verdict, j.Week.Verdict, j.TwoWeeks.Verdict, test.verdict, test.week, test.two, j)
			}
			if j.Week.Weeks != test.weeksBefore || j.Week.BaseCount != test.base {
				t.Errorf("%d in %d weeks before, want %d in %d", j.Week.BaseCount, j.Week.Weeks, test.base, test.weeksBefore)
			}
			if early := j.Week.Verdict == stats.TooEarly; early != math.IsNaN(j.Week.P) || early != math.IsNaN(j.Week.Q) {
				t.Errorf("p %v, q %v with verdict %v", j.Week.P, j.Week.Q, j.Week.Verdict)
			}
		})
	}
}

// What is under test is in no baseline, not even as variation.
func TestJudgeBaselineExcludesWhatIsUnderTest(t *testing.T) {
	for _, last := range []int{0, 20, 500} {
		j := judgeOne(steady(30, last))
		if j.Week.BaseCount != 170 || j.Week.Weeks != 8 {
			t.Errorf("last week %d: %d in %d weeks before it, want 170 in 8", last, j.Week.BaseCount, j.Week.Weeks)
		}
		if j.TwoWeeks.BaseCount != 160 || j.TwoWeeks.Dispersion != 1 || j.TwoWeeks.Count != 30+last {
			t.Errorf("last week %d: two weeks %+v, want %d against 160 with dispersion 1", last, j.TwoWeeks, 30+last)
		}
	}
}

// A tag that varies widely by itself needs more than one that does not.
func TestJudgeOwnVariation(t *testing.T) {
	wild := stats.Series{Counts: []int{300, 120, 280, 90, 310, 150, 250, 100, 200, 340}}
	calm := stats.Series{Counts: []int{200, 205, 190, 210, 198, 202, 195, 200, 200, 340}}
	j := stats.Judge([]stats.Series{wild, calm, calm, calm}, stats.Settings{})
	if j[0].Verdict != stats.Usual || j[0].Week.Dispersion < 20 || j[0].Week.Freedom != 7 {
		t.Errorf("a tag between 90 and 310 at 340: %+v, want Usual, by its own variation", j[0].Week)
	}
	if j[1].Verdict != stats.More || j[1].Week.Dispersion > 1.5 {
		t.Errorf("a tag about 200 at 340: %+v, want More, whatever another tag does", j[1].Week)
	}
}

func TestJudgeSettings(t *testing.T) {
	family := []stats.Series{steady(20, 45)}
	for _, test := range []struct {
		name     string
		settings stats.Settings
		want     stats.Verdict
		weeks    int
	}{
		{"default", stats.Settings{}, stats.More, 8},
		{"larger_change", stats.Settings{MinChange: 2}, stats.Usual, 8},
		{"no_change_too_small", stats.Settings{MinChange: -1}, stats.More, 8},
		{"smaller_q", stats.Settings{MaxQ: 1e-9}, stats.Usual, 8},
		{"more_weeks_wanted", stats.Settings{MinWeeks: 10, BaselineWeeks: 12}, stats.TooEarly, 9},
		{"shorter_baseline", stats.Settings{BaselineWeeks: 4}, stats.More, 4},
	} {
		j := stats.Judge(family, test.settings)[0]
		if j.Week.Verdict != test.want || j.Week.Weeks != test.weeks {
			t.Errorf("%s: %v from %d weeks, want %v from %d", test.name, j.Week.Verdict, j.Week.Weeks, test.want, test.weeks)
		}
	}
	small := stats.Series{Counts: []int{10000, 10000, 10000, 10000, 10000, 10000, 10000, 10000, 9500}}
	if j := stats.Judge([]stats.Series{small}, stats.Settings{MinChange: -1})[0]; j.Verdict != stats.Less {
		t.Errorf("5 %% less of 10,000 where no change is too small: %v, want Less", j.Verdict)
	}
	wide := stats.Judge(family, stats.Settings{Level: 0.99})[0].Week
	if usual := judgeOne(family[0]).Week; wide.Low >= usual.Low || wide.High <= usual.High || wide.P != usual.P {
		t.Errorf("the 99 %% interval %v to %v does not contain the 95 %% one %v to %v", wide.Low, wide.High, usual.Low, usual.High)
	}
}

// The interval excludes 1 where p is below 1-level, for a dispersion that was estimated too.
func TestJudgeIntervalAgreesWithP(t *testing.T) {
	for last := range 120 {
		s := stats.Series{Counts: []int{30, 52, 41, 25, 60, 38, 47, 33, 40, last}}
		f := judgeOne(s).Week
		if f.Dispersion <= 1 {
			t.Fatalf("dispersion %v, want a series that varies more than chance", f.Dispersion)
		}
		if outside := f.Low > 1 || f.High < 1; outside != (f.P < 0.05) {
			t.Errorf("%d against about 40: p = %v and the interval is %v to %v", last, f.P, f.Low, f.High)
		}
	}
}

func TestJudgeShares(t *testing.T) {
	family := []stats.Series{steady(20, 10), steady(20, 10), steady(20, 10), steady(20, 30)}
	j := stats.JudgeShares(family, stats.Settings{})
	if j[0].Verdict != stats.Usual || j[3].Verdict != stats.More {
		t.Errorf("shares after all but one halved: %v and %v, want Usual for a half and More for the other", j[0].Verdict, j[3].Verdict)
	}
	if f := j[3].Week; f.Count != 30 || f.Exposure != 30 || f.Ratio != 3 {
		t.Errorf("%+v, want 30 beside 30 others, three times as much as before", f)
	}
	if rates := stats.Judge(family, stats.Settings{}); rates[0].Verdict != stats.Less {
		t.Errorf("rate of a tag that halved: %v, want Less", rates[0].Verdict)
	}
	if f := stats.JudgeShares([]stats.Series{steady(20, 20), steady(20, 20)}, stats.Settings{})[0].Week; f.Dispersion != 2 {
		t.Errorf("dispersion of one of two halves = %v, want 2: the other half varies too", f.Dispersion)
	}
	if alone := stats.JudgeShares(family[:1], stats.Settings{})[0]; alone.Verdict != stats.TooEarly {
		t.Errorf("a share of nothing else: %v, want no verdict", alone.Verdict)
	}
	young := stats.JudgeShares([]stats.Series{steady(20, 20), {Counts: []int{5, 6, 40}}}, stats.Settings{})
	if young[1].Week.Verdict != stats.More || young[1].Week.Weeks != 2 || young[1].Week.BaseExposure != 39 {
		t.Errorf("a tag that is three weeks old: %+v, want More beside the others' last weeks", young[1].Week)
	}
}

func TestSince(t *testing.T) {
	contacts := func(s stats.Series) stats.Series {
		s.Exposures = make([]float64, len(s.Counts))
		for i := range s.Exposures {
			s.Exposures[i] = 1000
		}
		return s
	}
	fell, stayed := steady(8, 9, 7), steady(20, 19, 21)
	family := []stats.Series{fell, stayed, stayed}
	o := stats.Since(family, 0, 8, stats.Settings{})
	if o.Worked || o.Rate.Verdict != stats.TooEarly || o.Share.Verdict != stats.Less {
		t.Errorf("a fall without contacts: %+v, want a smaller share and no more", o)
	}
	known := []stats.Series{contacts(fell), contacts(stayed), contacts(stayed)}
	o = stats.Since(known, 0, 8, stats.Settings{})
	if !o.Worked || o.Rate.Count != 24 || o.Rate.BaseCount != 160 || o.Rate.Weeks != 8 || o.Rate.Q != o.Rate.P {
		t.Errorf("a fall with contacts: %+v, want that it worked: 24 in 3 weeks after 160 in 8", o)
	}
	if o := stats.Since(known, 1, 8, stats.Settings{}); o.Worked || o.Rate.Verdict != stats.Usual {
		t.Errorf("a tag that stayed: %+v, want Usual", o.Rate)
	}
	if o := stats.Since(known, 0, 11, stats.Settings{}); o.Worked || o.Rate.Verdict != stats.TooEarly || !math.IsNaN(o.Share.P) {
		t.Errorf("no week since: %+v, want too early", o)
	}
	if o := stats.Since(known, 0, 1, stats.Settings{}); o.Rate.Verdict != stats.TooEarly || o.Rate.Weeks != 1 {
		t.Errorf("one week before: %+v, want too early", o.Rate)
	}
	known[0].Exposures[9] = 0
	if o := stats.Since(known, 0, 8, stats.Settings{}); o.Rate.Count != 15 || o.Rate.Exposure != 2000 {
		t.Errorf("a week since without contacts: %+v, want 15 in the two others", o.Rate)
	}
}
