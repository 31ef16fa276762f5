package stats

import "cmp"

// Series is what was counted of one thing, week by week.
type Series struct {
	// Counts of complete weeks, oldest first; the last one is the week under test.
	// Weeks in which nothing could have been counted (before the first event of the
	// file) do not belong here; a week in which nothing happened is 0.
	Counts []int
	// Exposures says, for each week, out of how much: contacts handled. nil is 1 for
	// every week. A week whose exposure is 0 is not known and takes part in nothing.
	Exposures []float64
}

// Settings say when a change is worth a word. The zero value is the default.
type Settings struct {
	MaxQ          float64 // a verdict needs at most this q; 0 is DefaultMaxQ
	MinChange     float64 // and at least this relative change, up or down; 0 is DefaultMinChange, negative is none
	BaselineWeeks int     // complete weeks before the ones under test, at most; 0 is DefaultBaselineWeeks
	EpisodeWeeks  int     // weeks in a row of More, or of Less, that no baseline contains; 0 is DefaultEpisodeWeeks, negative is none
	MinWeeks      int     // complete weeks before, at least; fewer are TooEarly. 0 and 1 are LeastWeeks
	Level         float64 // of the intervals; 0 is DefaultLevel
	LastAlone     bool    // the last two weeks are not tested together
	VerdictsOnly  bool    // intervals, which take a quarter of the time, are left out: NaN
}

// What Settings of zero mean.
const (
	// DefaultMaxQ lets one week in ten have a false verdict.
	DefaultMaxQ = 0.10
	// DefaultMinChange is what a change must be to be worth a word: below it nobody acts, however certain it is.
	DefaultMinChange = 0.15
	// DefaultBaselineWeeks is two months, so that the season does not change much.
	DefaultBaselineWeeks = 8
	// DefaultEpisodeWeeks is for how many weeks a change is compared with what was before it; one that lasts longer is what is usual.
	DefaultEpisodeWeeks = 4
	// LeastWeeks is how many weeks show any variation.
	LeastWeeks   = 2
	DefaultLevel = 0.95
)

// Verdict is what a test came to.
type Verdict int

// The verdicts. Usual is also that of a change which may be real and is too small or too
// uncertain to say so.
const (
	TooEarly Verdict = iota // fewer weeks before it than Settings.MinWeeks, or no exposure
	Usual
	More
	Less
)

// Finding is one comparison of one or two weeks with the weeks before.
type Finding struct {
	Verdict Verdict
	Weeks   int // weeks in the baseline, 0 to Settings.BaselineWeeks; the weeks under test are never among them

	Count        int     // in the weeks under test
	Exposure     float64 // of the weeks under test
	BaseCount    int     // in the baseline
	BaseExposure float64
	Expected     float64 // the count that the baseline's rate gives for Exposure

	// Ratio of the two rates, and its interval. Ratio is +Inf where the baseline is 0 and Count is
	// not, NaN where both are; High is +Inf where the baseline is 0.
	Ratio, Low, High float64

	P float64 // two-sided; NaN where TooEarly
	Q float64 // P among everything that was tested with it (Benjamini and Hochberg); NaN where TooEarly
	// Foreseen says that the week is nearer to the running episode than to the baseline: whether that goes on was asked
	// beforehand, so Q is P.
	Foreseen bool

	// Dispersion is the variance over that of a Poisson count; 1 is an exact test. Of a share it contains
	// that the others vary too.
	Dispersion float64
	// Freedom is the degrees of freedom behind Dispersion; +Inf for an exact test.
	Freedom float64
}

// Judgement is what there is to say about one series this week.
type Judgement struct {
	Verdict  Verdict // Week's, or TwoWeeks' where Week's is Usual
	Week     Finding // the last week against those before it
	TwoWeeks Finding // the last two weeks together against those before them; TooEarly while an episode runs

	Base []int // the weeks of Week's baseline, as indices of Counts
	// Run is the weeks right before that were all judged More, or all Less: the running episode, nil
	// where there is none. Still says that it goes on; else it is over, whatever Verdict is.
	Run   []int
	Still bool
	// Level is the first week of the present level, where an episode has become one; else 0.
	Level int
}

func (v Verdict) change() bool { return v == More || v == Less }

func (s Settings) filled() Settings {
	s.MaxQ = cmp.Or(s.MaxQ, DefaultMaxQ)
	s.MinChange = max(0, cmp.Or(s.MinChange, DefaultMinChange))
	s.BaselineWeeks = cmp.Or(s.BaselineWeeks, DefaultBaselineWeeks)
	s.EpisodeWeeks = cmp.Or(s.EpisodeWeeks, DefaultEpisodeWeeks)
	s.MinWeeks = max(LeastWeeks, s.MinWeeks)
	s.Level = cmp.Or(s.Level, DefaultLevel)
	return s
}
