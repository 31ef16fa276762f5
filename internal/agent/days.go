package agent

import (
	"context"
	"time"
)

// daysEvery is how long to wait at most until the days that are over are looked
// for: a timer does not see that a computer slept or that its clock was set.
const daysEvery = time.Hour

// keepDays adds up the days that are over, so that tallies need not read their
// events: at the start, after each midnight UTC, and when a tally found one
// missing. Until ctx ends.
func (a *Agent) keepDays(ctx context.Context) {
	for {
		if err := a.store.BuildDays(ctx, nil); err != nil && ctx.Err() == nil {
			a.log.Warn("summaries of days not made", "err", err) // tallies are right without them
		}
		timer := time.NewTimer(min(max(a.store.DaysEnd().Sub(a.opts.Now()), time.Minute), daysEvery))
		select {
		case <-ctx.Done():
		case <-a.store.DaysMissing():
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}
