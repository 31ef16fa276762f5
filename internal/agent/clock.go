package agent

import (
	"context"
	"fmt"
	"sync"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// When an event's clock is suspect. A press is stored whatever the clock says, and kept
// out of tallies while it is suspect, until somebody has looked at it. The clock is
// doubted while it shows
//
//   - a moment before this program was written, or after the year 2100;
//   - while the agent runs: another moment than the last one that was right and the
//     time since then make, by more than clockSlack. That time is measured by a clock
//     that nobody sets and that goes on while the computer sleeps;
//   - when it starts: a moment before the last event that is not suspect was stored, by
//     more than clockSlack, or over longestOff after it. A database without such an
//     event believes a clock for the ten years after the program was written.
//
// It is believed again as soon as it shows the right moment, and what it shows counts
// as right when somebody trusts an event. One that is wrong by a day at most is also
// believed when it has gone on steadily for settleAfter: it was set right, most often.
// So one event of the year 2038 does not make those after it suspect.
const (
	// clockSlack is more than two machines that share a database differ by, and less
	// than any mistake with zones or an empty battery makes.
	clockSlack = 5 * time.Minute
	// settleAfter is longer than a clock that is set over the network takes to become
	// right after the computer starts.
	settleAfter = 10 * time.Minute
	settleMost  = 24 * time.Hour
	longestOff  = 366 * 24 * time.Hour
)

// The bounds of what a clock may show of itself. written is when this was.
var (
	written    = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	believable = written.AddDate(10, 0, 0)
)

// newDeskClock makes the clock of a desk. up is nil where only now can be asked.
func newDeskClock(st *store.Store, now func() time.Time, up func() time.Duration) *deskClock {
	c := &deskClock{now: now, up: up, stored: st.LastTrusted}
	if up == nil {
		begun := now()
		c.up, c.sleepless = func() time.Duration { return now().Sub(begun) }, true
	}
	return c
}

// deskClock tells whether the clock of the desk can be trusted.
type deskClock struct {
	now func() time.Time
	// up is how long the computer has run; it never jumps. sleepless says that it
	// stands still while the computer sleeps.
	up        func() time.Duration
	sleepless bool
	// stored returns when the last event that is not suspect was stored.
	stored func(context.Context) (time.Time, bool, error)

	mu    sync.Mutex
	asked bool   // stored was
	right moment // the last one that was right; its wall is zero for none
	runs  bool   // right is one of this run
	shown moment // when what the clock shows since began to be steady; wall is zero for none
	why   string // it is doubted; "" is not
}

// moment is one moment on the clock of the wall and on the one that never jumps.
type moment struct {
	wall time.Time
	up   time.Duration
}

// after is what the clock of the wall must show when the other one shows up.
func (m moment) after(up time.Duration) time.Time { return m.wall.Add(up - m.up) }

// judge looks at the clock.
func (c *deskClock) judge(ctx context.Context) cx.Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.asked {
		at, ok, err := c.stored(ctx)
		c.asked = err == nil // else next time
		if ok {
			c.right.wall = at
		}
	}
	now := moment{c.now().Round(0), c.up()}
	wrong, by := c.wrong(now)
	if wrong != "" && c.settled(now, by) {
		wrong = ""
	}
	if c.why = wrong; wrong != "" {
		return cx.ClockSuspect
	}
	c.right, c.runs, c.shown = now, true, moment{}
	return cx.ClockOK
}

// wrong says what is wrong with what the clock shows, "" for nothing, and by how much.
func (c *deskClock) wrong(now moment) (why string, by time.Duration) {
	at := now.wall.UTC().Format(time.DateTime)
	switch {
	case now.wall.Before(written) || cx.CheckAt(now.wall) != nil:
		return fmt.Sprintf("it shows %s", at), 1 << 62
	case c.right.wall.IsZero():
		if now.wall.After(believable) {
			return fmt.Sprintf("it shows %s", at), 1 << 62
		}
		return "", 0
	}
	least, most := c.right.wall, c.right.wall.Add(longestOff)
	if c.runs {
		least = c.right.after(now.up)
		if !c.sleepless {
			most = least.Add(clockSlack)
		}
	}
	switch {
	case now.wall.Before(least.Add(-clockSlack)):
		by = least.Sub(now.wall)
		return fmt.Sprintf("it shows %s, which is %s too early", at, by.Round(time.Second)), by
	case now.wall.After(most):
		by = now.wall.Sub(least)
		return fmt.Sprintf("it shows %s, which is %s later than it should", at, by.Round(time.Second)), by
	}
	return "", 0
}

// settled reports whether a clock that is not far off has gone on steadily for long
// enough to be believed.
func (c *deskClock) settled(now moment, by time.Duration) bool {
	if c.shown.wall.IsZero() || now.wall.Sub(c.shown.after(now.up)).Abs() > clockSlack {
		c.shown = now
		return false
	}
	return by <= settleMost && now.up-c.shown.up >= settleAfter
}

// trust makes what the clock shows right: somebody has looked.
func (c *deskClock) trust() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now().Round(0); cx.CheckAt(now) == nil && !now.Before(written) {
		c.right, c.runs, c.shown, c.why = moment{now, c.up()}, true, moment{}, ""
	}
}

// doubt says why the clock was doubted when it was looked at last, "" where it was not.
func (c *deskClock) doubt() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.why
}
