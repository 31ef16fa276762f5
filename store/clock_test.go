package store

import (
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// jumps are instants at which a clock may stand that stood at epoch.
var jumps = map[string]time.Time{
	"an hour back":    epoch.Add(-time.Hour),
	"an hour ahead":   epoch.Add(time.Hour),
	"a day back":      epoch.AddDate(0, 0, -1),
	"a day ahead":     epoch.AddDate(0, 0, 1),
	"before 1970":     time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC),
	"1970":            time.Unix(0, 0),
	"2038":            time.Unix(1<<31, 0), // a signed 32-bit counter ends
	"2106":            time.Unix(1<<32, 0), // an unsigned one does
	"9999":            time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	"year 20000":      time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC),
	"as it should be": epoch,
}

// However the clock jumps: nothing is lost, numbers go up, each event can be read under
// its id, taken back and corrected, and what follows is as if nothing had been.
func TestClockJumps(t *testing.T) {
	for name, at := range jumps {
		t.Run(name, func(t *testing.T) {
			c := &clock{epoch}
			s := newStore(t, c)
			first := add(t, s, press(c.now, "praise"))
			c.now = at
			n := press(at, "idea")
			n.Event.Clock = cx.ClockSuspect
			odd := add(t, s, n)
			if _, err := s.Void(t.Context(), add(t, s, n).ID); err != nil {
				t.Error(err)
			}
			right := cx.ClockOK
			if e, err := s.Amend(t.Context(), add(t, s, n).ID, cx.Amendment{Clock: &right}); err != nil || !e.Counts() {
				t.Errorf("trusted: %+v, %v; want one that counts", e, err)
			}
			c.now = epoch.Add(time.Minute)
			last := add(t, s, press(c.now, "how-to"))
			for seq, e := range map[uint64]cx.Event{1: first, 2: odd, 5: last} {
				if got := get(t, s, e.ID); got != e || e.ID.Seq() != seq {
					t.Errorf("#%d is stored as %+v, want %+v", seq, got, e)
				}
			}
			if n := len(all(t, s, cx.EventQuery{Voided: true})); n != 5 {
				t.Errorf("%d events are stored, want 5", n)
			}
			e, ok, err := s.LastLive(t.Context(), LiveQuery{})
			if err != nil || !ok || e.ID != last.ID {
				t.Errorf("LastLive = %+v, %v, %v; want the one stored last", e, ok, err)
			}
		})
	}
}

// A ref holds over a jump of the clock and back, and one that was given while the clock
// was ahead does not hold for ever.
func TestRefsAndJumps(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	with := func(at time.Time, ref string, clock cx.Clock) (duplicate bool) {
		t.Helper()
		c.now = at
		n := press(at, "praise")
		n.Ref, n.Event.Clock = ref, clock
		got, err := s.Append(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return got[0].Duplicate
	}
	far := jumps["2038"]
	for _, step := range []struct {
		at    time.Time
		ref   string
		clock cx.Clock
		want  bool
	}{
		{epoch, "before", cx.ClockOK, false},
		{far, "ahead", cx.ClockSuspect, false},
		{far.Add(time.Second), "ahead", cx.ClockSuspect, true},
		{epoch.Add(time.Minute), "before", cx.ClockOK, true}, // was not forgotten in 2038
		{epoch.Add(48 * time.Hour), "ahead", cx.ClockOK, false},
	} {
		if got := with(step.at, step.ref, step.clock); got != step.want {
			t.Errorf("ref %q at %s: duplicate = %v, want %v", step.ref, step.at, got, step.want)
		}
	}
	// The retry may be the first thing after the clock is right again.
	if with(far, "retried", cx.ClockSuspect) || !with(epoch.Add(49*time.Hour), "retried", cx.ClockOK) {
		t.Error("a retry after a jump was stored twice")
	}
}

// The last trusted event is the last that was stored, whatever the clock said.
func TestLastTrusted(t *testing.T) {
	c := &clock{epoch}
	s := newStore(t, c)
	want := func(at time.Time, ok bool) {
		t.Helper()
		if got, gotOK, err := s.LastTrusted(t.Context()); !got.Equal(at) || gotOK != ok || err != nil {
			t.Errorf("LastTrusted = %s, %v, %v; want %s, %v", got, gotOK, err, at, ok)
		}
	}
	want(time.Time{}, false)
	add(t, s, press(epoch.Add(-time.Second), "praise"))
	want(epoch, true)
	c.now = jumps["2038"]
	add(t, s, press(epoch, "by-hand")) // dated by a person while the clock was wrong
	want(epoch, true)
	c.now = jumps["2038"]
	n := press(c.now, "idea")
	n.Event.Clock = cx.ClockSuspect
	odd := add(t, s, n)
	want(epoch, true)
	right := cx.ClockOK
	if _, err := s.Amend(t.Context(), odd.ID, cx.Amendment{Clock: &right}); err != nil {
		t.Fatal(err)
	}
	want(c.now, true)
	c.now = epoch.Add(time.Hour)
	add(t, s, press(c.now, "praise"))
	want(c.now, true)
}
