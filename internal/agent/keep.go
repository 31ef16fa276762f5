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
	late     uint64 // how many presses had been stored late before it
}

// lamp is the key whose light answers when what waits of its device is stored.
type lamp struct {
	path string
	key  hid.Key
}

// keep stores what waits as soon as the disk takes it, and raises the alarm while it
// does not, until ctx ends. A disk that hangs holds up whoever looks at it, not the
// alarm.
func (a *Agent) keep(ctx context.Context) {
	looking := begin(func() (struct{}, error) { a.lookAtClock(ctx); return struct{}{}, nil })
	looked := looking.done // nil while nobody looks
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			looking.within(a.desk.patience)
			return
		case <-a.desk.stirred:
		case <-looked:
			looked = nil
		case <-timer.C:
			if looked == nil {
				looking = begin(func() (struct{}, error) { a.look(ctx); return struct{}{}, nil })
				looked = looking.done
			}
		}
		a.raise(a.Trouble())
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
		return
	}
	saved, err := a.desk.Retry(ctx)
	a.late(saved)
	if err == nil && disk != nil {
		a.desk.failed(disk)
	}
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
	left, late := len(a.desk.Left()), a.desk.counts.late.Load()
	switch {
	case t == nil && (a.alarm.since.IsZero() || left > 0): // it is over when none waits
	case t == nil:
		a.log.Warn("can save again", "stored", late-a.alarm.late, "waiting", left, "lost", a.desk.counts.lost.Load(), "took_ms", millis(now.Sub(a.alarm.since)))
		a.alarm = alarm{}
	case a.alarm.since.IsZero():
		a.alarm = alarm{since: now, reminded: now, late: late}
		a.log.Error("cannot save", "err", t.Text, "waiting", left)
	case now.Sub(a.alarm.reminded) >= remindEvery:
		a.alarm.reminded = now
		a.log.Error("still cannot save", "err", t.Text, "waiting", left, "lost", a.desk.counts.lost.Load(), "took_ms", millis(now.Sub(a.alarm.since)))
	}
}

// late tells of presses that were stored after they had to wait. When none waits any
// more, each device that was told "not saved" blinks once.
func (a *Agent) late(saved []Outcome) {
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
	trying, cancel := context.WithTimeoutCause(ctx, a.desk.patience, errHangs)
	defer cancel()
	saved, err := a.desk.Retry(trying)
	if err != nil && trying.Err() != nil {
		err = context.Cause(trying)
	}
	a.late(saved)
	left := a.desk.Left()
	if len(left) == 0 {
		return nil
	}
	for _, p := range left {
		log := a.log.With("tag", p.Action.Tag, "at", p.At.UTC().Format(api.TimeFormat), "device", p.Device, "key", p.Key)
		if p.Unsure {
			log = log.With("err", "a write of it was under way: it may be there")
		}
		log.Error("lost a press")
	}
	return errors.Join(&NotSavedError{len(left)}, err)
}
