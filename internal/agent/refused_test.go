package agent

import (
	"context"
	"testing"
	"time"
)

// Presses that came too soon are counted by the day, over the socket and without.
func TestRefused(t *testing.T) {
	c := newClock()
	r := startWith(t, nil, "", Options{DB: dbPath(t), Now: c.Now})
	play(t, r.Desk(), c, "0s A F13 praise\n 0.5s A F13 praise\n 1s A F13 praise\n 1s A F14 idea\n 1.5s A F14 idea")
	day := epoch.Truncate(24 * time.Hour)
	for name, test := range map[string]struct {
		from, to time.Time
		want     int
	}{
		"always":         {time.Time{}, time.Time{}, 3},
		"that day":       {day, day.Add(24 * time.Hour), 3},
		"the day before": {day.Add(-24 * time.Hour), day, 0},
		"since":          {day.Add(time.Millisecond), time.Time{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for who, ask := range map[string]interface {
				Refused(ctx context.Context, from, to time.Time) (int, error)
			}{"desk": r.Desk(), "client": dial(t, r)} {
				if got, err := ask.Refused(t.Context(), test.from, test.to); err != nil || got != test.want {
					t.Errorf("%s: %d, %v; want %d", who, got, err, test.want)
				}
			}
		})
	}
}
