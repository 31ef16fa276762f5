package stats

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// world is a made-up desk: tags that are pressed independently, with more variation than chance if asked for.
type world struct {
	tags   int
	volume float64 // presses a week and tag
	cv     float64 // of a tag's own mean, from week to week
	busy   float64 // coefficient of variation of all tags' means together
	weeks  int
}

// play draws the weeks; change, if not nil, is the factor of a tag's mean in a week.
func (w world) play(random *rand.Rand, change func(tag, week int) float64) []Series {
	family := make([]Series, w.tags)
	for tag := range family {
		family[tag].Counts = make([]int, w.weeks)
	}
	for week := range w.weeks {
		all := lognormal(random, w.busy)
		for tag := range family {
			mean := w.volume * all * lognormal(random, w.cv)
			if change != nil {
				mean *= change(tag, week)
			}
			family[tag].Counts[week] = poisson(random, mean)
		}
	}
	return family
}

// lognormal draws a factor with mean 1.
func lognormal(random *rand.Rand, cv float64) float64 {
	if cv == 0 {
		return 1
	}
	s := math.Sqrt(math.Log1p(cv * cv))
	return math.Exp(s*random.NormFloat64() - s*s/2)
}

// until cuts a family after so many weeks.
func until(family []Series, weeks int) []Series {
	cut := make([]Series, len(family))
	for i, s := range family {
		cut[i] = Series{Counts: s.Counts[:weeks]}
	}
	return cut
}

// runs is the dose of the simulations: 2,000 and more prove something, the few of go test catch what breaks.
func runs(t *testing.T) int {
	text := os.Getenv("STATS_RUNS")
	if text == "" {
		return 100
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("STATS_RUNS is %q, want a number of runs", text)
	}
	return n
}

// atMost fails where a rate of hits is too high for the one that is allowed to be likely: three standard errors.
func atMost(t *testing.T, what string, hits, runs int, allowed float64) {
	t.Helper()
	rate, bound := float64(hits)/float64(runs), allowed+3*math.Sqrt(allowed*(1-allowed)/float64(runs))
	if rate > bound {
		t.Errorf("%s in %.1f %% of %d runs, and %.1f %% are allowed (%.1f %% with the luck of %d runs)", what, 100*rate, runs, 100*allowed, 100*bound, runs)
	}
}

// atLeast is atMost for what must happen.
func atLeast(t *testing.T, what string, hits, runs int, wanted float64) {
	t.Helper()
	atMost(t, "not: "+what, runs-hits, runs, 1-wanted)
}
