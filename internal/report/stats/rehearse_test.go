package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/report/stats"
)

// history is a year of four tags, about so many a week each and equally likely up to half as many more or fewer.
func history(volume float64) []stats.Series {
	random := rand.New(rand.NewPCG(9, 9))
	family := make([]stats.Series, 4)
	for tag := range family {
		for range 52 {
			count := volume + math.Sqrt(volume)*random.NormFloat64()
			family[tag].Counts = append(family[tag].Counts, int(max(0, count)))
		}
	}
	return family
}

func TestRehearse(t *testing.T) {
	r, err := stats.Rehearse(history(60), stats.Settings{}, stats.Rehearsal{Runs: 60, Seed: 1, Factors: []float64{2, 1.2, 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	if r.Weeks != 26 || r.FalseWeeks > 2.6 {
		t.Errorf("%.1f of %d weeks with a false verdict, want at most one in ten", r.FalseWeeks, r.Weeks)
	}
	double, fifth, half := r.Planted[0].All, r.Planted[1].All, r.Planted[2].All
	if double.Seen != 60 || double.MeanWeeks > 1.2 {
		t.Errorf("a doubling of 60 a week: %+v, want it seen at once", double)
	}
	if half.Seen != 60 || half.MeanWeeks > 1.6 {
		t.Errorf("a halving of 60 a week: %+v, want it seen in the first two weeks", half)
	}
	if fifth.Seen >= double.Seen || fifth.MeanWeeks < double.MeanWeeks {
		t.Errorf("+20 %%: %+v, want it seen less often and later than a doubling %+v", fifth, double)
	}
	runs := 0
	for _, tag := range r.Planted[0].Tags {
		runs += tag.Runs
	}
	if len(r.Planted[0].Tags) != 4 || runs != 60 {
		t.Errorf("%d runs of %d tags, want 60 of 4", runs, len(r.Planted[0].Tags))
	}
}

func TestRehearseRepeats(t *testing.T) {
	play := func(seed uint64) stats.Rehearsed {
		r, err := stats.Rehearse(history(10), stats.Settings{}, stats.Rehearsal{Runs: 20, Weeks: 8, Factors: []float64{1.5}, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if diff := cmp.Diff(play(3), play(3)); diff != "" {
		t.Errorf("the same seed again (-first +second):\n%s", diff)
	}
	if cmp.Equal(play(3), play(4)) {
		t.Error("another seed plays the same weeks")
	}
}

// A fiftieth of the presses shows nothing: that is what the lead is to learn.
func TestRehearseSmallVolume(t *testing.T) {
	r, err := stats.Rehearse(history(1), stats.Settings{}, stats.Rehearsal{Runs: 20, Weeks: 4, Factors: []float64{1.01}})
	if err != nil {
		t.Fatal(err)
	}
	if all := r.Planted[0].All; all.Seen > 2 || all.Seen == 0 && !math.IsNaN(all.MeanWeeks) {
		t.Errorf("1 %% more of 1 a week: %+v, want it unseen, without a mean", all)
	}
}

// Of a tag that is pressed every other week nobody sees a doubling soon: what chance put into single weeks of its
// history is no rate that doubles.
func TestRehearseRareTag(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	family := history(60)
	rare := stats.Series{}
	for range 52 {
		count := 0
		for range 50 { // half a press a week: binomial, as good as Poisson
			if random.Float64() < 0.01 {
				count++
			}
		}
		rare.Counts = append(rare.Counts, count)
	}
	r, err := stats.Rehearse(append(family, rare), stats.Settings{}, stats.Rehearsal{Runs: 250, Factors: []float64{2}, Weeks: 9})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Planted[0].Tags[4]; got.Runs != 50 || got.Seen > 8 {
		t.Errorf("a doubling of half a press a week: %+v, want it hardly ever seen", got)
	}
}

func TestRehearseTooShort(t *testing.T) {
	short := []stats.Series{{Counts: []int{1, 2, 3, 4, 5, 6, 7}}}
	if _, err := stats.Rehearse(short, stats.Settings{}, stats.Rehearsal{}); err == nil {
		t.Error("seven weeks of history are rehearsed, want an error")
	}
	if _, err := stats.Rehearse(nil, stats.Settings{}, stats.Rehearsal{}); err == nil {
		t.Error("no history is rehearsed, want an error")
	}
	mixed := append(history(20), stats.Series{Counts: []int{20, 21}})
	if _, err := stats.Rehearse(mixed, stats.Settings{}, stats.Rehearsal{Runs: 5, Weeks: 3}); err != nil {
		t.Errorf("a young tag among old ones: %v", err)
	}
}
