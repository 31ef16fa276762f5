package demo_test

import (
	"slices"
	"testing"
	"time"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
)

// lastWeek is the last of the year that most tests look at.
var lastWeek = cx.Week{Year: 2026, Number: 46}

// seeds are years that must all tell the story.
var seeds = []uint64{1, 2, 2026}

var zone = demo.Zone()

// catalogue returns the tags of a demo.
func catalogue(t *testing.T) cx.Catalogue {
	t.Helper()
	c, err := config.Load("demo.toml")
	if err != nil {
		t.Fatal(err)
	}
	return c.Catalogue
}

func yearOf(t *testing.T, seed uint64, last cx.Week) demo.Year {
	t.Helper()
	y, err := demo.NewYear(demo.Plan{Seed: seed, Last: last, Zone: zone}, catalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// weekly counts the events of a tag by weeks before the last one: at 0 is the last.
func weekly(t *testing.T, y demo.Year, tag string) []float64 {
	t.Helper()
	counts := make([]float64, demo.Weeks)
	for _, e := range y.Events {
		if e.Tag != tag || !e.Counts() {
			continue
		}
		counts[ago(t, e.At())]++
	}
	return counts
}

// weeksAgo are the weeks of that year, by how many weeks before the last they are.
var weeksAgo = func() map[cx.Week]int {
	all := make(map[cx.Week]int)
	for i := range demo.Weeks {
		all[lastWeek.Add(-i)] = i
	}
	return all
}()

// ago returns how many weeks before the last one an instant lies.
func ago(t *testing.T, at time.Time) int {
	t.Helper()
	i, ok := weeksAgo[cx.WeekOf(at, zone)]
	if !ok {
		t.Fatalf("an event at %s is not in the year", at)
	}
	return i
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func median(xs []float64) float64 {
	sorted := slices.Sorted(slices.Values(xs))
	return sorted[len(sorted)/2]
}

// between fails where a number is not within bounds.
func between(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if !(got >= low && got <= high) {
		t.Errorf("%s is %.3f, want %.3f to %.3f", what, got, low, high)
	}
}
