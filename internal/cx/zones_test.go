package cx

import (
	"fmt"
	"slices"
	"sort"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
)

// TestZones holds weeks, days and tallies against the clocks of zones that do
// everything that clocks do: change at midnight, by half an hour, over a day
// left out, at one minute past. Each instant lies in exactly one week and one
// day, and nothing is counted twice or lost.
func TestZones(t *testing.T) {
	zones := []string{
		"UTC",
		"Europe/Berlin",
		"America/New_York",
		"America/Santiago",    // forward at midnight: days that begin at 01:00
		"America/St_Johns",    // at 00:01 until 2011: back over midnight
		"America/Havana",      // back at 01:00 to midnight
		"Asia/Kathmandu",      // +05:45
		"Australia/Lord_Howe", // by half an hour
		"Pacific/Apia",        // no 2011-12-30
		"Pacific/Chatham",     // +12:45 and +13:45
	}
	// Each has both clock changes; 2020, 2026 and 2032 have 53 weeks.
	stretches := []struct{ from, to string }{
		{"2010-12-20T00:00:00Z", "2012-01-15T00:00:00Z"},
		{"2020-01-01T00:00:00Z", "2021-01-15T00:00:00Z"},
		{"2026-01-01T00:00:00Z", "2027-01-15T00:00:00Z"},
		{"2031-12-20T00:00:00Z", "2033-01-15T00:00:00Z"},
	}
	for _, name := range zones {
		for _, s := range stretches {
			t.Run(name+"/"+s.from[:4], func(t *testing.T) {
				t.Parallel()
				zone := mustZone(t, name)
				instants := instantsOf(zone, at(t, s.from), at(t, s.to))
				checkCalendar(t, zone, instants)
				checkTallies(t, zone, instants)
			})
		}
	}
}

// instantsOf returns every full hour, and the milliseconds around each change
// of the zone's clocks and each UTC midnight as the zone's clocks show it.
func instantsOf(zone *time.Location, from, to time.Time) []time.Time {
	var out []time.Time
	around := func(t time.Time) {
		for d := -2 * time.Millisecond; d <= 2*time.Millisecond; d += time.Millisecond {
			out = append(out, t.Add(d))
		}
	}
	for t := from; t.Before(to); t = t.Add(time.Hour) {
		out = append(out, t)
	}
	for _, change := from.In(zone).ZoneBounds(); !change.IsZero() && change.Before(to); _, change = change.ZoneBounds() {
		around(change)
	}
	for d := civil(from); d.utc().Before(to); d = d.Add(1) {
		around(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone))
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// checkCalendar holds the week and the day of each instant against a clock that
// is only watched: the day is the latest that it has shown so far.
func checkCalendar(t *testing.T, zone *time.Location, instants []time.Time) {
	t.Helper()
	shown := ""
	var lastDate Date
	var lastWeek Week
	for i, at := range instants {
		shown = max(shown, at.In(zone).Format(time.DateOnly))
		date, week := DateOf(at, zone), WeekOf(at, zone)
		if date.String() != shown {
			t.Fatalf("DateOf(%v) = %v, want %s", at.In(zone), date, shown)
		}
		if want := thursdaysWeek(date); week != want {
			t.Fatalf("WeekOf(%v) = %v, want %v", at.In(zone), week, want)
		}
		if i > 0 && date == lastDate {
			continue // its spans are checked
		}
		from, to := date.Span(zone)
		checkInside(t, "day "+date.String(), at, from, to)
		if next, _ := date.Add(1).Span(zone); !next.Equal(to) {
			t.Errorf("day %v ends %v, and the next begins %v", date, to, next)
		}
		if i > 0 && from.Before(instants[i-1]) {
			t.Errorf("day %v begins %v, before %v of day %v", date, from, instants[i-1], lastDate)
		}
		from, to = week.Span(zone)
		checkInside(t, "week "+week.String(), at, from, to)
		if next, _ := week.Add(1).Span(zone); !next.Equal(to) {
			t.Errorf("week %v ends %v, and the next begins %v", week, to, next)
		}
		if hours := to.Sub(from).Hours(); hours < 144 || hours > 169 {
			t.Errorf("week %v has %v h", week, hours)
		}
		if i > 0 && week != lastWeek && week != lastWeek.Add(1) {
			t.Errorf("week %v follows %v", week, lastWeek)
		}
		lastDate, lastWeek = date, week
	}
}

func checkInside(t *testing.T, what string, at, from, to time.Time) {
	t.Helper()
	if at.Before(from) || !at.Before(to) {
		t.Errorf("%s is from %v to %v, without its instant %v", what, from, to, at)
	}
}

// thursdaysWeek finds an ISO week by its definition: the year of its Thursday,
// and which Thursday of that year it is.
func thursdaysWeek(d Date) Week {
	thursday := d
	for thursday.Weekday() != time.Thursday {
		if d.Weekday() == time.Sunday || d.Weekday() > time.Thursday {
			thursday = thursday.Add(-1)
		} else {
			thursday = thursday.Add(1)
		}
	}
	return Week{thursday.Year, (thursday.utc().YearDay()-1)/7 + 1}
}

// checkTallies counts an event at each instant.
func checkTallies(t *testing.T, zone *time.Location, instants []time.Time) {
	t.Helper()
	events := make([]Event, len(instants))
	for i, at := range instants {
		id := MakeID(at, Origin{1}, uint64(i+1))
		events[i] = Event{ID: id, Conversation: id, Tag: "other"}
	}
	// What the weeks should count: the instants between their ends.
	between := func(from, to time.Time) int {
		index := func(t time.Time) int {
			return sort.Search(len(instants), func(i int) bool { return !instants[i].Before(t) })
		}
		return index(to) - index(from)
	}
	want := map[Week]int{}
	for w := WeekOf(instants[0], zone); !WeekOf(instants[len(instants)-1], zone).Before(w); w = w.Add(1) {
		want[w] = between(w.Span(zone))
	}
	for _, by := range [][]Dimension{nil, {ByDay}, {ByWeekday}, {ByHour}, {ByDay, ByHour}, {ByWeekday, ByHour}} {
		tally := Count(slices.Values(events), Catalogue{}, Query{Zone: zone, By: by})
		got := map[Week]int{}
		for _, r := range tally.Rows {
			got[r.Week] += r.Count
			if r.Conversations != r.Count {
				t.Errorf("by %v: row %v: %d conversations", by, r, r.Conversations)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by %v: events of weeks (-want +got):\n%s", by, diff)
		}
	}
	// A query for one week counts what the whole tally says of that week.
	total := 0
	for w, n := range want {
		from, to := w.Span(zone)
		tally := Count(slices.Values(events), Catalogue{}, Query{From: from, To: to, Zone: zone})
		if diff := cmp.Diff([]Row{{Week: w, Values: []string{}, Count: n, Conversations: n}}, tally.Rows); diff != "" {
			t.Errorf("week %v alone (-want +got):\n%s", w, diff)
		}
		total += n
	}
	if total != len(instants) {
		t.Errorf("the weeks have %d events, want %d", total, len(instants))
	}
}

// All zones of the world and a century of days: spans touch, and the day that
// an instant lies in is the day whose span it lies in.
func FuzzDateOf(f *testing.F) {
	f.Add("America/St_Johns", int64(1_300_000_000_000))
	f.Add("Pacific/Kwajalein", int64(745_934_400_000)) // 1993-08-21 was left out
	f.Add("Asia/Manila", int64(-3_944_621_038_000))    // 1844-12-31 was left out
	f.Add("America/Juneau", int64(-3_225_223_727_000)) // 1867-10-18 came again
	f.Fuzz(func(t *testing.T, name string, ms int64) {
		zone, err := time.LoadLocation(name)
		if err != nil || zone == time.Local {
			t.Skip("no such zone")
		}
		const millennia = 8_000 * 365 * 24 * 3600 * 1000
		at := time.UnixMilli(ms % millennia)
		date, week := DateOf(at, zone), WeekOf(at, zone)
		from, to := date.Span(zone)
		checkInside(t, fmt.Sprintf("day %v", date), at, from, to)
		from, to = week.Span(zone)
		checkInside(t, fmt.Sprintf("week %v", week), at, from, to)
		if next := date.Add(1).Start(zone); next.Before(date.Start(zone)) {
			t.Errorf("day %v begins %v, and the next %v", date, date.Start(zone), next)
		}
	})
}
