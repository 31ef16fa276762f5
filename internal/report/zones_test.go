package report_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// A report says the same whether its days were counted before or event by event, in
// every zone, and it freezes the same numbers. The week is the one after a year of 53
// weeks, in whose half year before the clocks of either half of the world change.
func TestZonesSummarised(t *testing.T) {
	week := cx.Week{Year: 2027, Number: 15}
	now := time.Date(2027, 5, 3, 9, 0, 0, 0, time.UTC)
	s, err := store.Open(filepath.Join(t.TempDir(), "desk.db"), store.Options{Create: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := desk{s}
	var events []store.New
	for at := week.Add(-report.SeriesWeeks - 1).Monday().Start(time.UTC); at.Before(now); at = at.Add(95 * time.Minute) {
		e := event(tags[len(events)%len(tags)].Code)
		e.Stage = cx.Stages()[len(events)%4]
		events = append(events, store.New{At: at, Event: e})
	}
	d.put(t, events)
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "Pacific/Chatham"}
	build := func(name string) (report.Week, string) {
		w, err := report.Build(t.Context(), d, report.Options{Week: week, Zone: mustZone(name), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.MarshalIndent(w, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return w, string(b)
	}
	before, frozen := make(map[string]string), make(map[string]bool)
	for _, name := range zones {
		w, text := build(name)
		before[name] = text
		frozen[string(report.Numbers(w))] = true
		checkColumns(t, w, mustZone(name), events)
	}
	if len(frozen) != len(zones) {
		t.Errorf("%d zones freeze %d different numbers", len(zones), len(frozen))
	}
	if err := d.BuildDays(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range zones {
		w, text := build(name)
		if diff := cmp.Diff(before[name], text); diff != "" {
			t.Errorf("%s (-event by event +from summaries):\n%s", name, diff)
		}
		if !frozen[string(report.Numbers(w))] {
			t.Errorf("%s: other numbers are frozen from summaries:\n%s", name, report.Numbers(w))
		}
	}
}

// checkColumns counts the events of each week of a report, one by one.
func checkColumns(t *testing.T, w report.Week, zone *time.Location, events []store.New) {
	t.Helper()
	if len(w.Columns) != report.SeriesWeeks {
		t.Errorf("%v: %d weeks, want %d", zone, len(w.Columns), report.SeriesWeeks)
	}
	for i, c := range w.Columns {
		from, to := c.Week.Span(zone)
		want, tags := 0, 0
		for _, e := range events {
			if !e.At.Before(from) && e.At.Before(to) {
				want++
			}
		}
		for _, tag := range w.Tags {
			tags += tag.Counts[i]
		}
		if c.Count != want || tags != want {
			t.Errorf("%v, %s: %d events, %d by tag; want %d", zone, c.Week, c.Count, tags, want)
		}
	}
}
