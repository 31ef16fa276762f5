package store

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// zonesOfTests do what clocks do: change by an hour and by half an hour, in spring and
// in autumn of either half of the world, at midnight, or never, off the full hour.
var zonesOfTests = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Santiago",
	"America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
}

// winters are stretches of time over both changes of the clocks and the end of a year
// of 53 weeks.
var winters = []struct{ from, to time.Time }{
	{time.Date(2020, 8, 20, 0, 0, 0, 0, time.UTC), time.Date(2021, 4, 20, 0, 0, 0, 0, time.UTC)},
	{time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC), time.Date(2027, 4, 20, 0, 0, 0, 0, time.UTC)},
}

// Stored events are each in one week, and every dimension sums to the same, by the
// clocks of every zone: counted one by one, from the summaries of their days, and when
// nothing but the summaries is left.
func TestZones(t *testing.T) {
	c := &clock{time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}
	s := newStore(t, c)
	instants := storeWinters(t, s)
	zones := make([]*time.Location, len(zonesOfTests))
	for i, name := range zonesOfTests {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones[i] = zone
	}
	events := allEvents(t, s)
	counted := make([]map[string]cx.Tally, len(zones))
	for i, zone := range zones {
		counted[i] = checkZone(t, s, "event by event", zone, instants)
		checkReference(t, s, events, zone, counted[i])
	}
	if err := s.BuildDays(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	again := func(how string) {
		for i, zone := range zones {
			if now := checkZone(t, s, how, zone, instants); !reflect.DeepEqual(counted[i], now) {
				t.Errorf("%s, %v (-event by event +now):\n%s", how, zone, cmp.Diff(counted[i], now))
			}
		}
	}
	again("from summaries")
	done, err := s.Purge(t.Context(), Purging{EventsBefore: c.now}, nil)
	if err != nil || done.Events < len(instants) {
		t.Fatalf("purged %d events, want all: %v", done.Events, err)
	}
	again("purged")
}

// storeWinters stores an event every five hours, and one right before and one at each
// change of a zone's clocks and each Monday's midnight. It returns the instants of
// those that count.
func storeWinters(t *testing.T, s *Store) []time.Time {
	t.Helper()
	catalogue, err := cx.NewCatalogue([]cx.Tag{
		{Code: "praise", Kind: cx.KindPraise, Domain: cx.DomainService, Stage: cx.StageUse},
		{Code: "bill", MergedInto: "money"},
		{Code: "money", Driver: cx.DriverEasyPayment, Domain: cx.DomainExperience},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetCatalogue(t.Context(), catalogue); err != nil {
		t.Fatal(err)
	}
	all := make(map[time.Time]bool)
	for _, w := range winters {
		for at := w.from; at.Before(w.to); at = at.Add(5 * time.Hour) {
			all[at] = true
		}
		for _, name := range zonesOfTests {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			var edges []time.Time
			for _, change := w.from.In(zone).ZoneBounds(); !change.IsZero() && change.Before(w.to); _, change = change.ZoneBounds() {
				edges = append(edges, change)
			}
			for week := cx.WeekOf(w.from, zone).Add(1); week.Monday().Start(zone).Before(w.to); week = week.Add(1) {
				edges = append(edges, week.Monday().Start(zone))
			}
			for _, at := range edges {
				all[at.UTC()], all[at.UTC().Add(-time.Millisecond)] = true, true
			}
		}
	}
	instants := slices.SortedFunc(maps.Keys(all), time.Time.Compare)
	tags, stages := []string{"praise", "bill", "money", "long-gone"}, []cx.Stage{"", cx.StagePay, cx.StageUse}
	places := []cx.Place{{Desk: "north", Site: "Berlin"}, {Desk: "south", Site: "Bonn"}, {}}
	var rows []New
	for i, at := range instants {
		rows = append(rows, New{At: at, Event: cx.Event{
			Tag: tags[i%len(tags)], Stage: stages[i%len(stages)], Channel: cx.Channels()[i%5],
			Desk: places[i/7%3].Desk, Site: places[i/7%3].Site, Source: cx.SourceImport,
		}})
	}
	if _, err := s.Import(t.Context(), ImportBatch{Rows: rows, Done: true}); err != nil {
		t.Fatal(err)
	}
	return takeBack(t, s, instants)
}

// takeBack voids every hundredth event, and returns the instants of the others.
func takeBack(t *testing.T, s *Store, instants []time.Time) (left []time.Time) {
	t.Helper()
	var gone []cx.ID
	for i, e := range allEvents(t, s) {
		if !e.At().Equal(instants[i]) {
			t.Fatalf("event %d is at %v, want %v", i, e.At(), instants[i])
		}
		if i%100 == 99 {
			gone = append(gone, e.ID)
		} else {
			left = append(left, e.At())
		}
	}
	for _, id := range gone {
		if _, err := s.Void(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	return left
}

// checkZone counts by nothing, by each dimension and by some together, and holds each
// week's sum against the instants that the week spans.
func checkZone(t *testing.T, s *Store, how string, zone *time.Location, instants []time.Time) map[string]cx.Tally {
	t.Helper()
	want := make(map[cx.Week]int)
	total := 0
	for week := cx.WeekOf(instants[0], zone); !cx.WeekOf(instants[len(instants)-1], zone).Before(week); week = week.Add(1) {
		from, to := week.Span(zone)
		begin, _ := slices.BinarySearchFunc(instants, from, time.Time.Compare)
		end, _ := slices.BinarySearchFunc(instants, to, time.Time.Compare)
		if end > begin {
			want[week] = end - begin
		}
		total += end - begin
	}
	if total != len(instants) || want[cx.Week{Year: 2026, Number: 53}] < 7*4 {
		t.Fatalf("%v: the weeks span %d instants, want %d", zone, total, len(instants))
	}
	out := make(map[string]cx.Tally)
	groupings := [][]cx.Dimension{nil, {cx.ByTag, cx.ByStage}, {cx.ByDay, cx.ByHour}, {cx.ByWeekday, cx.BySite}}
	for _, d := range cx.Dimensions() {
		groupings = append(groupings, []cx.Dimension{d})
	}
	for _, by := range groupings {
		tally, err := s.Tally(t.Context(), cx.Query{Zone: zone, By: by})
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[cx.Week]int)
		var name strings.Builder
		name.WriteString("by")
		for _, d := range by {
			name.WriteString(" " + string(d))
		}
		for _, row := range tally.Rows {
			got[row.Week] += row.Count
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %v, %s: events of weeks (-want +got):\n%s", how, zone, name.String(), diff)
		}
		out[name.String()] = tally
	}
	return out
}

func allEvents(t *testing.T, s *Store) (all []cx.Event) {
	t.Helper()
	for e, err := range s.Events(t.Context(), cx.EventQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// checkReference holds tallies against those that the reference makes of the events.
func checkReference(t *testing.T, s *Store, events []cx.Event, zone *time.Location, tallies map[string]cx.Tally) {
	t.Helper()
	catalogue, err := s.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, tally := range tallies {
		want := cx.Count(slices.Values(events), catalogue, cx.Query{Zone: zone, By: tally.By})
		if !reflect.DeepEqual(want, tally) {
			t.Errorf("%v, %s (-reference +store):\n%s", zone, name, cmp.Diff(want, tally))
		}
	}
}
