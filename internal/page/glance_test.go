package page

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// TestGlanceRate: the counts are told at once, and then at most once a second; the
// last ones are right.
func TestGlanceRate(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		v := h.enter()
		read(v)
		time.Sleep(time.Minute + 2*glanceEvery) // past what the clock brings
		read(v)
		before := d.tallies
		var got []string
		const seconds = 5
		for range 100 * seconds {
			d.press("praise", cx.ID{})
			got = append(got, glances(read(v))...)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(glanceEvery)
		got = append(got, glances(read(v))...)
		if got[0] != fmt.Sprintf(`glance ["%s",1,1]`, cx.DateOf(d.now(), d.config.Desk.Zone)) {
			t.Errorf("first %s: want the first press at once", got[0])
		}
		if n := len(got); n != seconds+1 {
			t.Errorf("%d counts in %d seconds", n, seconds)
		}
		if want := fmt.Sprintf(`glance ["%s",500,500]`, cx.DateOf(d.now(), d.config.Desk.Zone)); got[len(got)-1] != want {
			t.Errorf("last %s, want %s", got[len(got)-1], want)
		}
		if n := d.tallies - before; n > 2*(seconds+2) {
			t.Errorf("%d tallies", n)
		}
	})
}

func glances(messages []string) (out []string) {
	for _, m := range messages {
		if len(cardsOf([]string{m})) == 0 {
			out = append(out, m)
		}
	}
	return out
}

// TestNewDay: at the desk's midnight the day is another one, without a press.
func TestNewDay(t *testing.T) {
	hubTest(t, func(t *testing.T, d *memoryDesk, h *hub) {
		// A bubble begins on Saturday 2000-01-01 at 01:00 in Berlin.
		d.press("praise", cx.ID{})
		v := h.enter()
		read(v)
		time.Sleep(23*time.Hour - time.Second)
		want(t, read(v))
		time.Sleep(time.Second)
		want(t, read(v), `glance ["2000-01-02",0,1]`)
		time.Sleep(24 * time.Hour)
		want(t, read(v), `glance ["2000-01-03",0,0]`)
	})
}

func TestGlanceCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, time.Now)
		time.Sleep(2 * 24 * time.Hour)                              // to Monday of 2000-W01
		d.store(cx.Event{Tag: "praise"}, d.now().Add(-2*time.Hour)) // Sunday in Berlin
		first := d.store(cx.Event{Tag: "praise"}, d.now().Add(-time.Minute))
		time.Sleep(24 * time.Hour)
		d.store(cx.Event{Tag: "refund-late", Conversation: first.ID}, d.now()) // merged into refund-slow
		d.store(cx.Event{Tag: "left", Clock: cx.ClockSuspect}, d.now())
		d.store(cx.Event{Tag: "left"}, d.now())
		got, err := countGlance(t.Context(), d, d.now())
		if err != nil {
			t.Fatal(err)
		}
		want := glance{
			Day:  counted{"2000-01-04", 2, 1},
			Week: counted{"2000-W01", 3, 2},
			Tags: []tagCount{
				{"refund-slow", "Refund: still </script> waiting", 1, 1},
				{"praise", "Praise", 0, 1},
				{"left", "left", 1, 1},
			},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// TestUntilTomorrow: the day is looked at when it ends, and every minute, as a computer
// that slept through midnight has timers that are late.
func TestUntilTomorrow(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		now  time.Time
		want time.Duration
	}{
		{time.Date(2026, 11, 22, 12, 0, 0, 0, zone), time.Minute},
		{time.Date(2026, 11, 22, 23, 59, 30, 0, zone), 30 * time.Second},
		{time.Date(2026, 11, 23, 0, 0, 0, 0, zone), time.Minute},
	} {
		if got := untilTomorrow(test.now, zone); got != test.want {
			t.Errorf("untilTomorrow(%v) = %v, want %v", test.now, got, test.want)
		}
	}
}
