package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

const (
	// lookEvery is how often the disk is looked at while all is well, so that a full
	// one is known in less than five seconds and before it costs a press.
	lookEvery = 3 * time.Second
	// retryEvery is how often presses that wait are tried again.
	retryEvery = time.Second
	// remindEvery is how often the log repeats that nothing can be saved.
	remindEvery = 10 * time.Minute
)

// alarm is what was said of a database that takes no events.
type alarm struct {
	since    time.Time // zero: all is well
	reminded time.Time
	saved    int // presses stored since then that had to wait
}

// lamp is the key whose light answers when what waits of its device is stored.
type lamp struct {
	path string
	key  hid.Key
}

// keep stores what waits as soon as the disk takes it, and raises the alarm while it
// does not, until ctx ends.
func (a *Agent) keep(ctx context.Context) {
	a.lookAtClock(ctx)
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.desk.stirred:
			a.raise(a.Trouble())
		case <-timer.C:
			a.look(ctx)
		}
		if a.Trouble() != nil || len(a.desk.Left()) > 0 {
			timer.Reset(retryEvery)
		} else {
			timer.Reset(lookEvery)
		}
	}
}

// look looks at the disk, and tries whatever did not work.
func (a *Agent) look(ctx context.Context) {
	a.lookAtClock(ctx)
	disk := DiskTrouble(a.opts.DB)
	if disk == nil && a.Trouble() != nil && a.desk.settle(ctx) != nil {
		a.raise(a.Trouble())
		return
	}
	saved, err := a.desk.Retry(ctx)
	a.late(saved)
	if err == nil && disk != nil {
		a.desk.failed(disk)
	}
	a.raise(a.Trouble())
}

// lookAtClock says in the log when the clock is doubted, and when it is believed again.
func (a *Agent) lookAtClock(ctx context.Context) {
	doubted := a.desk.clock.judge(ctx) != cx.ClockOK
	switch {
	case doubted && !a.doubted:
		a.log.Warn("doubted the clock", "err", a.desk.clock.doubt())
	case a.doubted && !doubted:
		a.log.Warn("believed the clock again")
	}
	a.doubted = doubted
}

// raise says in the log when nothing can be saved, now and then that it goes on, and
// when it is over.
func (a *Agent) raise(t *api.Trouble) {
	now := time.Now() // by the clock that does not jump
	left := len(a.desk.Left())
	switch {
	case t == nil && a.alarm.since.IsZero():
	case t == nil:
		a.log.Warn("can save again", "stored", a.alarm.saved, "waiting", left, "lost", a.desk.counts.lost.Load(), "took_ms", millis(now.Sub(a.alarm.since)))
		a.alarm = alarm{}
	case a.alarm.since.IsZero():
		a.alarm = alarm{since: now, reminded: now}
		a.log.Error("cannot save", "err", t.Text, "waiting", left)
	case now.Sub(a.alarm.reminded) >= remindEvery:
		a.alarm.reminded = now
		a.log.Error("still cannot save", "err", t.Text, "waiting", left, "lost", a.desk.counts.lost.Load(), "took_ms", millis(now.Sub(a.alarm.since)))
	}
}

// late tells of presses that were stored after they had to wait. When none waits any
// more, each device that was told "not saved" blinks once.
func (a *Agent) late(saved []Outcome) {
	a.alarm.saved += len(saved)
	for _, o := range saved {
		a.record(o)
		if a.opts.Told != nil {
			a.opts.Told(o)
		}
	}
	if len(saved) == 0 || len(a.desk.Left()) > 0 {
		return
	}
	a.lampsMu.Lock()
	defer a.lampsMu.Unlock()
	for _, l := range a.lamps {
		a.listener.Light(l.path, l.key, hid.Stored)
	}
	clear(a.lamps)
}

// Trouble says what keeps the agent from storing events, nil for nothing.
func (a *Agent) Trouble() *api.Trouble { return a.desk.Trouble() }

// NotSavedError says how many presses an agent that stopped could not save.
type NotSavedError struct{ Presses int }

func (e *NotSavedError) Error() string {
	if e.Presses == 1 {
		return "stopped with a press that was not saved"
	}
	return fmt.Sprintf("stopped with %d presses that were not saved", e.Presses)
}

// leave tries once more to store what waits, and says of each press that it could
// not save which it was, so that somebody may log it again.
func (a *Agent) leave(ctx context.Context) error {
	saved, err := a.desk.Retry(ctx)
	a.late(saved)
	left := a.desk.Left()
	if len(left) == 0 {
		return nil
	}
	for _, p := range left {
		a.log.Error("lost a press", "tag", p.Action.Tag, "at", p.At.UTC().Format(api.TimeFormat), "device", p.Device, "key", p.Key)
	}
	return errors.Join(&NotSavedError{len(left)}, err)
}
