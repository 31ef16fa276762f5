package report_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// Whatever the zone's clocks do, the weeks hold each event once, and every table of the
// week has the week's sum. The weeks are those around a year of 53.
func TestZones(t *testing.T) {
	week := cx.Week{Year: 2027, Number: 15} // its 26 weeks before have W53 and both changes of the clocks
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia",
	} {
		t.Run(name, func(t *testing.T) {
			zone := mustZone(name)
			d := newDesk(t)
			r := rand.New(rand.NewPCG(3, 4))
			first := week.Add(1 - report.SeriesWeeks)
			from, _ := first.Span(zone)
			begin, end := week.Span(zone)
			var events []store.New
			inWeek := 0
			add := func(at time.Time, tag string) {
				events = append(events, store.New{At: at, Event: event(tag)})
				if !at.Before(begin) {
					inWeek++
				}
			}
			for range 600 {
				add(from.Add(time.Duration(r.Int64N(int64(end.Sub(from))))).Truncate(time.Millisecond), tags[r.IntN(len(tags))].Code)
			}
			for w := first; !week.Before(w); w = w.Add(1) { // the edges
				from, to := w.Span(zone)
				add(from, "bill")
				add(to.Add(-time.Millisecond), "how")
			}
			d.put(t, events)
			w, err := report.Build(t.Context(), d, report.Options{Week: week, Zone: zone, Now: end.Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, c := range w.Columns {
				sum += c.Count
			}
			if sum != len(events) || w.Total.Count != inWeek {
				t.Errorf("%d events in all weeks, %d in the last; want %d and %d", sum, w.Total.Count, len(events), inWeek)
			}
			hours, byTag, cells := 0, 0, 0
			for _, day := range w.Clock.Counts {
				for _, n := range day {
					hours += n
				}
			}
			for _, tag := range w.Tags {
				byTag += tag.Count
			}
			for _, row := range w.Stages.Rows {
				for _, c := range row.Cells {
					cells += c.Count
				}
			}
			if got, want := []int{hours, byTag, cells}, []int{inWeek, inWeek, inWeek}; !cmp.Equal(got, want) {
				t.Errorf("by hour, by tag, by stage: %v, want %v", got, want)
			}
			sumParts(t, "channels", w.Channels, inWeek)
			sumParts(t, "domains", w.Domains, inWeek)
		})
	}
}

// Every report can be written as JSON, which has no infinity, and read again.
func TestJSON(t *testing.T) {
	for name, p := range map[string]plan{
		"nothing at all":   {},
		"first week":       {"bill": {3}},
		"from nothing":     {"bill": append(flat(13, 0), 9), "late": wobble(14, 40, 4)},
		"to nothing":       {"bill": append(wobble(13, 20, 3), 0), "late": wobble(14, 40, 4)},
		"one tag alone":    {"bill": wobble(14, 20, 3)},
		"always the same":  {"bill": flat(20, 7), "late": flat(20, 7)},
		"a week of nobody": {"bill": append(flat(13, 20), 0)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, p)
			w := d.build(t, nil)
			b, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			var again report.Week
			if err := json.Unmarshal(b, &again); err != nil {
				t.Fatal(err)
			}
			other, err := json.Marshal(again)
			if err != nil || string(other) != string(b) {
				t.Errorf("read and written again: %v\n%s\nwant\n%s", err, other, b)
			}
			if len(w.Summary) == 0 || len(w.Summary) > 3 {
				t.Errorf("%d sentences, want one to three: %q", len(w.Summary), w.Summary)
			}
		})
	}
}

// undone is a store in which events are taken back while the report asks.
type undone struct{ desk }

func (d undone) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	t, err := d.desk.Tally(ctx, q)
	if slices.Contains(q.By, cx.ByStage) {
		for i := range t.Rows {
			t.Rows[i].Count /= 2
		}
	}
	return t, err
}

// An open week may lose events between two questions; its report is still numbers.
func TestUndoneMeanwhile(t *testing.T) {
	d := newDesk(t)
	var events []store.New
	for i := range 52 {
		e := event("bill")
		e.Stage = cx.StagePay
		if i%4 == 0 {
			e.Tag, e.Stage = "late", cx.StageReceive
		}
		events = append(events, store.New{At: week47.Monday().Start(berlin).Add(time.Duration(9*3600+i) * time.Second), Event: e})
	}
	d.put(t, events)
	w, err := report.Build(t.Context(), undone{d}, report.Options{Zone: berlin, Now: nextWeek})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(w); err != nil {
		t.Error(err)
	}
}

// A week without any press in a busy shop is told as that, and as no fall of anything.
func TestSilentWeek(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(11, 60, 5), 0)})
	w := d.build(t, nil)
	if w.Total.Verdict.Code != report.Silent || w.Total.Change != nil {
		t.Errorf("total %+v, change %v; want silent and no change", w.Total.Verdict, w.Total.Change)
	}
	want := []string{"No press at all in this week: was anybody at work, and the agent running?"}
	if diff := cmp.Diff(want, w.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// A control chart says which kind it is: of counts or rates, and primed where the tag
// varies more than by chance.
func TestChartKinds(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(20, 100, 5), "late": wobble(20, 200, 90)})
	kinds := func() []string {
		w := d.build(t, nil)
		return []string{find(t, w, "bill").Chart.Kind, find(t, w, "late").Chart.Kind}
	}
	if diff := cmp.Diff([]string{"c", "c'"}, kinds()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	var contacts []cx.Contacts
	for i := range 20 {
		contacts = append(contacts, cx.Contacts{Week: week47.Add(-i), Count: 1000})
	}
	if err := d.SetContacts(t.Context(), contacts); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"u", "u'"}, kinds()); diff != "" {
		t.Errorf("rates (-want +got):\n%s", diff)
	}
}
