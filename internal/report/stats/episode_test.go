package stats_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/report/stats"
)

// steadily is two tags that stay as they are beside the one under test.
func steadily(counts []int) []stats.Series {
	a, b := make([]int, len(counts)), make([]int, len(counts))
	for i := range counts {
		a[i], b[i] = 200+9*(1-i%2*2), 80+4*(1-i%2*2)
	}
	return []stats.Series{{Counts: counts}, {Counts: a}, {Counts: b}}
}

func TestEpisode(t *testing.T) {
	before := []int{105, 95, 105, 95, 105, 95, 105, 95, 105, 95}
	for _, test := range []struct {
		name    string
		weeks   []int // since the first that was not as usual
		verdict stats.Verdict
		run     []int
		base    []int
	}{
		{"first_week", []int{250}, stats.More, nil, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"second_week", []int{250, 260}, stats.More, []int{10}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"third_week", []int{250, 260, 255}, stats.More, []int{10, 11}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"fifth_week", []int{250, 260, 255, 250, 245}, stats.More, []int{10, 11, 12, 13}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"new_level", []int{250, 260, 255, 250, 245, 252}, stats.Usual, nil, []int{10, 11, 12, 13, 14}},
		{"new_level_over", []int{250, 260, 255, 250, 245, 102}, stats.Less, nil, []int{10, 11, 12, 13, 14}},
		{"one_week", []int{250, 103}, stats.Usual, []int{10}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"over", []int{250, 260, 255, 103}, stats.Usual, []int{10, 11, 12}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"over_for_a_week", []int{250, 260, 255, 103, 98}, stats.Usual, nil, []int{3, 4, 5, 6, 7, 8, 9, 13}},
		{"less_after_more", []int{250, 30}, stats.Less, []int{10}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"again", []int{250, 103, 98, 101, 240}, stats.More, nil, []int{5, 6, 7, 8, 9, 11, 12, 13}},
		{"hardly_more_after_much_more", []int{250, 260, 118}, stats.Usual, []int{10, 11}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"more_after_much_more", []int{300, 310, 150, 152}, stats.More, []int{12}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
		// Two weeks together show what neither does; both belong to the episode.
		{"creeping", []int{126, 126, 101}, stats.Usual, []int{10, 11}, []int{2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		t.Run(test.name, func(t *testing.T) {
			counts := append(before[:len(before):len(before)], test.weeks...)
			j := stats.Judge(steadily(counts), stats.Settings{})[0]
			if j.Verdict != test.verdict {
				t.Errorf("verdict %v, want %v: %+v", j.Verdict, test.verdict, j)
			}
			if diff := cmp.Diff(test.run, j.Run); diff != "" {
				t.Errorf("running episode (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.base, j.Base); diff != "" {
				t.Errorf("weeks of the baseline (-want +got):\n%s", diff)
			}
		})
	}
}

// An episode that goes on needs no more certainty than one question asked beforehand; a new one does.
func TestEpisodeGoesOn(t *testing.T) {
	before := []int{105, 95, 105, 95, 105, 95, 105, 95}
	on := stats.Judge(steadily(append(before[:8:8], 135, 122)), stats.Settings{})[0]
	new := stats.Judge(steadily(append(before[:8:8], 100, 122)), stats.Settings{})[0]
	if on.Verdict != stats.More || on.Week.Q != on.Week.P {
		t.Errorf("122 after 135, usually 100: %+v, want that it goes on", on.Week)
	}
	if new.Verdict != stats.Usual || new.Week.Q <= new.Week.P {
		t.Errorf("122 after 100, usually 100: %+v, want Usual among all that is tested", new.Week)
	}
}

// A week that is not known neither ends an episode nor belongs to it.
func TestEpisodeOverUnknownWeek(t *testing.T) {
	counts := []int{105, 95, 105, 95, 105, 95, 105, 95, 250, 0, 260}
	family := steadily(counts)
	for i := range family {
		family[i].Exposures = []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1}
	}
	j := stats.Judge(family, stats.Settings{})[0]
	if diff := cmp.Diff([]int{8}, j.Run); diff != "" || j.Verdict != stats.More {
		t.Errorf("%v, running episode (-want +got):\n%s", j.Verdict, diff)
	}
}

func TestNoEpisodes(t *testing.T) {
	counts := []int{105, 95, 105, 95, 105, 95, 105, 95, 250, 260, 255}
	j := stats.Judge(steadily(counts), stats.Settings{EpisodeWeeks: -1})[0]
	if j.Run != nil || len(j.Base) != 8 || j.Base[7] != 9 {
		t.Errorf("without episodes: running %v, baseline %v; want none, and the weeks right before", j.Run, j.Base)
	}
}

// What a week was judged stays, whatever comes after it.
func TestEpisodeDoesNotLookAhead(t *testing.T) {
	counts := []int{105, 95, 105, 95, 105, 95, 105, 95, 250, 260, 255, 120, 100, 250, 98, 170, 171, 175, 100}
	for end := 3; end < len(counts); end++ {
		then := stats.Judge(steadily(counts[:end]), stats.Settings{})
		next := stats.Judge(steadily(counts[:end+1]), stats.Settings{})
		changed := then[0].Verdict == stats.More || then[0].Verdict == stats.Less
		ran := len(next[0].Run) > 0 && next[0].Run[len(next[0].Run)-1] == end-1
		if changed != ran && next[0].Level == then[0].Level {
			t.Errorf("week %d was judged %v, and the week after it says that the episode is %v", end-1, then[0].Verdict, next[0].Run)
		}
	}
}
