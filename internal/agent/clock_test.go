package agent

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// two is a clock that tests set, and one that they can only let go on.
type two struct {
	*clock
	up time.Duration
}

func (c *two) pass(d time.Duration) {
	c.up += d
	c.set(c.Now().Add(d))
}

// on returns a desk of a database with these clocks.
func (c *two) on(t *testing.T, db string) (*Desk, *store.Store) {
	t.Helper()
	st, err := store.Open(db, store.Options{Create: true, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d := makeDesk(st, c.Now, func() time.Duration { return c.up })
	return d, st
}

// The clock of each press of a script: "tick D" lets time pass, "set D" sets the clock
// that far ahead or back, "date D" sets it, "restart" is the agent's, "trust" trusts the
// last event. After each step but "restart" comes a press.
func TestClock(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"goes on", "tick 1s; tick 1h; tick 100h", "..."},
		{"drifts", "set 4m; tick 1h; set -4m; set 4m", "...."},
		{"an hour ahead, and back", "tick 1h; set 1h; tick 1m; set -1h; tick 1m", ".??.."},
		{"an hour back, and ahead", "tick 1h; set -1h; tick 1m; set 1h; tick 1m", ".??.."},
		{"a day ahead, and back", "tick 1h; set 24h; tick 1m; set -24h; tick 1m", ".??.."},
		{"a day back, and ahead", "tick 1h; set -24h; tick 1m; set 24h; tick 1m", ".??.."},
		{"set right for good", "tick 1h; set 1h; tick 9m; tick 2m; tick 1h", ".??.."},
		{"jumps again and again", "tick 1h; set 1h; tick 9m; set 1h; tick 9m; set -1h; tick 9m", ".??????"},
		{"steadily wrong by days", "tick 1h; set 72h; tick 1h; tick 100h", ".???"},
		{"trusted by somebody", "tick 1h; set 72h; trust; tick 1h; set -72h; tick 1h", ".?..??"},
		{"1970", "tick 1h; date 1970-01-01; tick 90m; date 2026-11-16", ".??."},
		{"2038", "date 2038-01-19; tick 1h; date 2026-11-16; tick 1h", "??.."},
		{"2106", "date 2106-02-07; tick 1h; date 2026-11-16; tick 1h", "??.."},
		{"9999", "date 9999-12-31; tick 1h; date 2026-11-16; tick 1h", "??.."},
		{"restarted in 2038", "tick 1h; date 2038-01-19; restart; tick 1h; restart; date 2026-11-16; tick 1h; restart; tick 1h", ".??..."},
		{"off for ten months", "tick 1h; restart; date 2027-09-16; tick 1h", "..."},
		{"off for two years", "tick 1h; restart; date 2028-11-16; tick 1h; trust; tick 1h", ".??.."},
		{"restarted a month back", "tick 1h; restart; date 2026-10-16; tick 1h; date 2026-11-17", ".??."},
		{"restarted an hour back, for good", "tick 2h; restart; set -1h; tick 5m; tick 6m", ".??."},
		{"a new database in 2038", "date 2038-01-19; restart; tick 1h; date 2026-11-17", "??."},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &two{clock: newClock()}
			if got := c.play(t, test.script); got != test.want {
				t.Errorf("clocks = %s, want %s", got, test.want)
			}
		})
	}
}

func (c *two) play(t *testing.T, script string) (clocks string) {
	t.Helper()
	db := dbPath(t)
	d, st := c.on(t, db)
	if err := d.Configure(t.Context(), parseConfig(t, "")); err != nil {
		t.Fatal(err)
	}
	var last cx.Event
	for step := range strings.SplitSeq(script, ";") {
		what, arg, _ := strings.Cut(strings.TrimSpace(step), " ")
		span, _ := time.ParseDuration(arg)
		switch what {
		case "tick":
			c.pass(span)
		case "set":
			c.set(c.Now().Add(span))
		case "date":
			day, err := time.Parse(time.DateOnly, arg)
			if err != nil {
				t.Fatal(err)
			}
			c.set(day.Add(12 * time.Hour))
		case "trust":
			right := cx.ClockOK
			if _, err := d.Amend(t.Context(), last.ID, cx.Amendment{Clock: &right}); err != nil {
				t.Fatal(err)
			}
		case "restart":
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			c.up = 0
			d, st = c.on(t, db)
			if err := d.Configure(t.Context(), parseConfig(t, "")); err != nil {
				t.Fatal(err)
			}
			continue
		default:
			t.Fatalf("no step %q", what)
		}
		o := d.Press(t.Context(), Press{Source: cx.SourceDevice, Device: "A", Key: fmt.Sprint(len(clocks)), At: c.Now(), Action: config.Action{Tag: "praise"}})
		if o.Result != Stored {
			t.Fatalf("%s: %s, %v", step, resultNames[o.Result], o.Err)
		}
		last = o.Event
		clocks += map[cx.Clock]string{cx.ClockOK: ".", cx.ClockSuspect: "?"}[o.Event.Clock]
	}
	checkStore(t, st)
	return clocks
}

// An undo goes by the time that has passed, whatever the clock shows, and a restarted
// agent by what the clock showed.
func TestUndoAndJumps(t *testing.T) {
	for _, test := range []struct {
		name  string
		set   time.Duration
		pass  time.Duration
		again bool // the agent was restarted
		want  bool
	}{
		{"in time", 0, 9 * time.Minute, false, true},
		{"too late", 0, 11 * time.Minute, false, false},
		{"an hour ahead", time.Hour, time.Minute, false, true},
		{"an hour back", -time.Hour, time.Minute, false, true},
		{"too late, an hour back", -time.Hour, 11 * time.Minute, false, false},
		{"after a restart", 0, 9 * time.Minute, true, true},
		{"too late after a restart", 0, 11 * time.Minute, true, false},
		{"after a restart, an hour back", -time.Hour, time.Minute, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &two{clock: newClock()}
			db := dbPath(t)
			d, st := c.on(t, db)
			if err := d.Configure(t.Context(), parseConfig(t, "")); err != nil {
				t.Fatal(err)
			}
			if o := d.Press(t.Context(), step{0, "A", "F13", "praise"}.press()); o.Result != Stored {
				t.Fatal(o.Err)
			}
			c.set(c.Now().Add(test.set))
			c.pass(test.pass)
			if test.again {
				if err := st.Close(); err != nil {
					t.Fatal(err)
				}
				d, _ = c.on(t, db)
			}
			if _, err := d.Undo(t.Context(), api.Undo{}); (err == nil) != test.want {
				t.Errorf("Undo = %v, want it done: %v", err, test.want)
			}
		})
	}
}
