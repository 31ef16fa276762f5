package report_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// The week of most tests, in a zone whose clocks changed three weeks before.
var (
	week47   = cx.Week{Year: 2026, Number: 47}
	berlin   = mustZone("Europe/Berlin")
	nextWeek = time.Date(2026, 11, 23, 9, 0, 0, 0, berlin)
)

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// tags are the catalogue of the tests.
var tags = []cx.Tag{
	{Code: "bill", Label: "Bill not understood", Stage: cx.StagePay, Domain: cx.DomainExperience, Driver: cx.DriverEasyPayment, Kind: cx.KindProblem, Preventable: new(true), Minutes: 6},
	{Code: "late", Label: "Delivery late", Stage: cx.StageReceive, Domain: cx.DomainExperience, Kind: cx.KindProblem, Preventable: new(true)},
	{Code: "how", Label: "How do I use it?", Stage: cx.StageUse, Domain: cx.DomainSuccess, Kind: cx.KindQuestion, Minutes: 12, Preventable: new(false)},
	{Code: "thanks", Domain: cx.DomainService, Driver: cx.DriverFriendly, Kind: cx.KindPraise},
	{Code: "slow", Label: "Slow", MergedInto: "late"},
	{Code: "else", Label: "Something else", Kind: cx.KindOther},
}

// desk is a store as a report asks it.
type desk struct{ *store.Store }

// Refused adds up the refusals.
func (d desk) Refused(ctx context.Context, from, to time.Time) (int, error) {
	all, err := d.Refusals(ctx, from, to)
	n := 0
	for _, r := range all {
		n += r.Count
	}
	return n, err
}

// newDesk makes a store with the tests' tags, which is checked when the test ends.
func newDesk(t testing.TB) desk {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "desk.db"), store.Options{Create: true, Now: func() time.Time { return nextWeek }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r, err := s.Check(context.WithoutCancel(t.Context()), nil)
		if err != nil || !r.OK() {
			t.Errorf("check: %v, %q", err, r.Damage)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := cx.NewCatalogue(tags)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetCatalogue(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return desk{s}
}

// put stores events.
func (d desk) put(t testing.TB, events []store.New) {
	t.Helper()
	_, err := d.Import(t.Context(), store.ImportBatch{Rows: events, Done: true, Again: true})
	if err != nil {
		t.Fatal(err)
	}
}

// plan is how many events each tag has in the weeks up to week 47, which is the last.
type plan map[string][]int

// add stores events as planned, spread over the days from Monday to Friday.
func (d desk) add(t testing.TB, p plan) {
	t.Helper()
	var events []store.New
	for tag, counts := range p {
		for i, n := range counts {
			monday := week47.Add(i + 1 - len(counts)).Monday()
			for k := range n {
				at := monday.Add(k % 5).Start(berlin).Add(8*time.Hour + time.Duration(k)*time.Second)
				events = append(events, store.New{At: at, Event: event(tag)})
			}
		}
	}
	d.put(t, events)
}

func event(tag string) cx.Event {
	return cx.Event{Tag: tag, Desk: "north", Site: "Berlin", Channel: cx.ChannelPhone, Source: cx.SourceImport}
}

// build makes the report of week 47.
func (d desk) build(t testing.TB, change func(*report.Options)) report.Week {
	t.Helper()
	o := report.Options{Zone: berlin, Now: nextWeek}
	if change != nil {
		change(&o)
	}
	w, err := report.Build(t.Context(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// find returns a tag of a report.
func find(t testing.TB, w report.Week, code string) report.Tag {
	t.Helper()
	for _, tag := range w.Tags {
		if tag.Code == code {
			return tag
		}
	}
	t.Fatalf("the report has no tag %q", code)
	return report.Tag{}
}

// flat is n weeks of the same count.
func flat(n, count int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = count
	}
	return out
}

// wobble is n weeks around a count, as chance has it: one spread up, one down.
func wobble(n, count, spread int) []int {
	out := flat(n, count)
	for i := range out {
		out[i] += spread * (1 - 2*(i%2))
	}
	return out
}

// wednesday is one event in the middle of a week.
func wednesday(w cx.Week) []store.New {
	return []store.New{{At: w.Monday().Add(2).Start(berlin).Add(10 * time.Hour), Event: event("bill")}}
}
