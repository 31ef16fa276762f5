package agent

import (
	"context"
	"errors"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// retainEvery is how often the agent looks whether there is something to drop: a
// day begins at another moment where the clock was set, or the computer slept.
const retainEvery = time.Hour

// retain drops what the configuration does not keep, at once and then each UTC day,
// until ctx ends.
func (a *Agent) retain(ctx context.Context) {
	ticker := time.NewTicker(retainEvery)
	defer ticker.Stop()
	var done struct {
		day  string
		keep config.Retention
	}
	for {
		today, keep := a.opts.Now().UTC().Format(time.DateOnly), a.desk.Config().Retention
		if done.day != today || done.keep != keep {
			if a.drop(ctx) {
				done.day, done.keep = today, keep
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// drop drops it once, and says so in one line. It reports whether that is done.
func (a *Agent) drop(ctx context.Context) bool {
	started := time.Now()
	p, err := a.desk.Purge(ctx, api.PurgeOrder{Retention: true}, nil)
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case err != nil:
		a.log.Warn("kept what is to be dropped", "err", err)
		return false
	case p.Compacted != nil:
		a.log.Info("dropped what is not kept", "notes", p.Notes, "events", p.Events, "days", p.Days,
			"bytes_before", p.Compacted.BytesBefore, "bytes_after", p.Compacted.BytesAfter, "took_ms", millis(time.Since(started)))
	}
	return true
}
