package stats_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/report/stats"
)

// An incident is not what was usual before something was done: who ends it is credited for that, who did
// something else after it is not.
func TestSinceIncident(t *testing.T) {
	before := []int{105, 95, 105, 95, 105, 95, 105, 95, 105, 95}
	type outcome struct {
		usual, incident stats.Verdict // of the rate
		left            []int
		worked          bool
	}
	for name, test := range map[string]struct {
		incident, since []int
		together        bool // everybody has it
		want            outcome
	}{
		"ended":                  {[]int{300, 310, 290}, []int{102, 98, 101, 97}, false, outcome{stats.Usual, stats.Less, []int{10, 11, 12}, true}},
		"not all of it":          {[]int{300, 310, 290}, []int{151, 149, 152, 150}, false, outcome{stats.More, stats.Less, []int{10, 11, 12}, true}},
		"goes on":                {[]int{300, 310, 290}, []int{305, 295, 301, 300}, false, outcome{stats.More, stats.Usual, []int{10, 11, 12}, false}},
		"over before":            {[]int{300, 310, 290, 103, 98}, []int{102, 98, 101, 97}, false, outcome{stats.Usual, stats.TooEarly, []int{10, 11, 12}, false}},
		"over before, then less": {[]int{300, 310, 290, 103, 98}, []int{52, 48, 51, 47}, false, outcome{stats.Less, stats.TooEarly, []int{10, 11, 12}, true}},
		"one odd week":           {[]int{300}, []int{102, 98, 101, 97}, false, outcome{stats.Usual, stats.TooEarly, []int{10}, false}},
		"a level by then":        {[]int{300, 310, 290, 305, 295, 300}, []int{102, 98, 101, 97}, false, outcome{stats.Less, stats.TooEarly, nil, true}},
		"of everybody":           {[]int{300, 310, 290}, []int{102, 98, 101, 97}, true, outcome{stats.Usual, stats.Less, []int{10, 11, 12}, false}},
		"none":                   {nil, []int{102, 98, 101, 97}, false, outcome{stats.Usual, stats.TooEarly, nil, false}},
	} {
		t.Run(name, func(t *testing.T) {
			counts := append(append(before[:10:10], test.incident...), test.since...)
			family := steadily(counts)
			for i := range family {
				for week := range counts {
					if i > 0 && test.together {
						family[i].Counts[week] = counts[week] * i
					}
					family[i].Exposures = append(family[i].Exposures, 1000)
				}
			}
			o := stats.Since(family, 0, len(before)+len(test.incident), stats.Settings{})
			got := outcome{o.Rate.Verdict, o.Incident.Rate.Verdict, o.Left, o.Worked}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, o)
			}
		})
	}
}

// What only one question is asked of is tested with nothing else.
func TestJudgeLastAlone(t *testing.T) {
	family := steadily([]int{105, 95, 105, 95, 105, 95, 105, 95, 105, 140})
	both, alone := stats.Judge(family, stats.Settings{})[0], stats.Judge(family, stats.Settings{LastAlone: true})[0]
	if alone.TwoWeeks.Verdict != stats.TooEarly || alone.Week.P != both.Week.P || alone.Week.Q >= both.Week.Q {
		t.Errorf("q %v alone, %v with two weeks together; want less, and no two weeks: %+v", alone.Week.Q, both.Week.Q, alone.TwoWeeks)
	}
}
