package stats_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/report/stats"
)

func TestSeen(t *testing.T) {
	for _, test := range []struct {
		name   string
		counts []int
		want   stats.Presence
	}{
		{"no_weeks", nil, stats.Presence{}},
		{"never", []int{0, 0, 0, 0, 0, 0}, stats.Presence{Silent: 6}},
		{"always", []int{3, 1, 2}, stats.Presence{}},
		{"first_week_of_all", []int{1}, stats.Presence{FirstSeen: true}},
		{"first_seen", []int{0, 0, 1}, stats.Presence{FirstSeen: true, Silent: 2}},
		{"first_seen_after_long", []int{0, 0, 0, 0, 0, 2}, stats.Presence{FirstSeen: true, Silent: 5}},
		{"back_too_soon", []int{1, 0, 0, 0, 2}, stats.Presence{Silent: 3}},
		{"returned", []int{1, 0, 0, 0, 0, 2}, stats.Presence{Returned: true, Silent: 4}},
		{"not_quiet_yet", []int{5, 0, 0, 0}, stats.Presence{Silent: 3}},
		{"gone_quiet", []int{5, 0, 0, 0, 0}, stats.Presence{GoneQuiet: true, Silent: 4}},
		{"quiet_is_news_once", []int{5, 0, 0, 0, 0, 0}, stats.Presence{Silent: 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, stats.Seen(test.counts)); diff != "" {
				t.Errorf("Seen(%v) (-want +got):\n%s", test.counts, diff)
			}
		})
	}
}
