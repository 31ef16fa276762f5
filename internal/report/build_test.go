package report_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// counted is what the tests count of the events that they store, with means of their
// own.
type counted struct {
	events, conversations, undone, suspect, notes int
	tags                                          map[string]int
	stages, channels                              map[string]int // "tag stage", channel
	clock                                         [7][24]int
	desks, devices                                map[string]bool
	switches                                      map[string][2]int // smooth and forced, by "tried channel"
}

// random stores events of week 47, and a few beside it, and counts those of the week.
func random(t *testing.T, d desk, n int) counted {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	c := counted{
		tags: map[string]int{}, stages: map[string]int{}, channels: map[string]int{},
		desks: map[string]bool{}, devices: map[string]bool{}, switches: map[string][2]int{},
	}
	monday := week47.Monday()
	counts := map[string]string{"slow": "late"} // what a tag counts as, if not itself
	stages := map[string]cx.Stage{"bill": cx.StagePay, "late": cx.StageReceive, "slow": cx.StageReceive, "how": cx.StageUse}
	var events []store.New
	for range n {
		day, hour := r.IntN(8)-1, r.IntN(24) // Sunday before to Sunday
		if day == 2 {
			continue // a Wednesday without any press
		}
		tag := []string{"bill", "late", "slow", "how", "thanks", "else", "gone"}[r.IntN(7)]
		e := cx.Event{
			Tag: tag, Desk: fmt.Sprint("desk ", r.IntN(3)), Site: "Berlin", Channel: cx.Channels()[r.IntN(3)], Stage: stages[tag],
			Source: cx.SourceDevice, Device: fmt.Sprint("pad ", r.IntN(2)), Key: "F13",
		}
		if r.IntN(3) == 0 {
			e.Stage = cx.StageReturn
		}
		if r.IntN(4) == 0 {
			e.Tried, e.Forced = cx.ChannelSocial, r.IntN(2) == 0
		}
		if r.IntN(5) == 0 {
			e.Note = fmt.Sprint("note ", len(events))
		}
		switch r.IntN(20) {
		case 0:
			e.Voided, e.Rev = true, 1
		case 1:
			e.Clock = cx.ClockSuspect
		}
		at := monday.Add(day).Start(berlin).Add(time.Duration(hour)*time.Hour + time.Duration(r.IntN(3600))*time.Second)
		e.ID = cx.MakeID(at, d.Origin(), uint64(len(events)+1))
		e.Conversation = e.ID
		events = append(events, store.New{Event: e})
		switch {
		case day < 0:
			continue
		case e.Voided:
			c.undone++
			continue
		case e.Clock != cx.ClockOK:
			c.suspect++
			continue
		}
		if to, ok := counts[tag]; ok {
			tag = to
		}
		c.events++
		c.conversations++
		c.tags[tag]++
		c.stages[tag+" "+string(e.Stage)]++
		c.channels[string(e.Channel)]++
		c.clock[day][hour]++
		c.desks[e.Desk], c.devices[e.Desk+e.Device] = true, true
		if e.Note != "" {
			c.notes++
		}
		if e.Tried != "" {
			s := c.switches["social "+string(e.Channel)]
			if e.Forced {
				s[1]++
			} else {
				s[0]++
			}
			c.switches["social "+string(e.Channel)] = s
		}
	}
	d.put(t, events)
	return c
}

// Every number of the report is that of the events, counted one by one.
func TestNumbers(t *testing.T) {
	d := newDesk(t)
	want := random(t, d, 3000)
	for range 3 {
		if err := d.Refuse(t.Context(), week47.Monday().Add(3).Start(time.UTC).Add(time.Hour), "pad 1", "F13"); err != nil {
			t.Fatal(err)
		}
	}
	w := d.build(t, func(o *report.Options) { o.CostPerHour, o.Currency = 40, "EUR" })
	got := counted{
		events: w.Total.Count, conversations: *w.Total.Conversations, undone: w.Health.Undone, suspect: w.Health.Suspect, notes: w.Health.Notes,
		tags: map[string]int{}, stages: map[string]int{}, channels: map[string]int{}, clock: w.Clock.Counts, switches: map[string][2]int{},
	}
	shares := 0.0
	for _, tag := range w.Tags {
		got.tags[tag.Code] = tag.Count
		shares += tag.Share
		if last := tag.Counts[len(tag.Counts)-1]; last != tag.Count {
			t.Errorf("%s: %d in its series, %d in the table", tag.Code, last, tag.Count)
		}
	}
	if last := w.Tags[len(w.Tags)-1].Cumulative; math.Abs(shares-1) > 1e-9 || last != 1 {
		t.Errorf("shares add up to %v, the last cumulative one is %v; want 1", shares, last)
	}
	for _, row := range w.Stages.Rows {
		for i, cell := range row.Cells {
			if cell.Count > 0 {
				got.stages[row.Code+" "+string(w.Stages.Stages[i])] = cell.Count
			}
			if cell.Expected < 5 && (cell.Mark != 0 || cell.Residual != nil) {
				t.Errorf("%s: a cell that expects %v is marked", row.Code, cell.Expected)
			}
		}
	}
	for _, p := range w.Channels {
		got.channels[p.Word] = p.Count
	}
	for _, s := range w.Switches {
		got.switches[string(s.Tried)+" "+string(s.Channel)] = [2]int{s.Smooth, s.Forced}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(counted{}), cmpopts.IgnoreFields(counted{}, "desks", "devices")); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if h := w.Health; h.Desks != len(want.desks) || h.Devices != len(want.devices) || h.Sites != 1 || h.Refused != 3 {
		t.Errorf("health = %+v, want %d desks, %d devices, 1 site, 3 refused", h, len(want.desks), len(want.devices))
	}
	if diff := cmp.Diff([]cx.Date{{Year: 2026, Month: 11, Day: 18}}, w.Health.SilentDays); diff != "" {
		t.Errorf("days without a press (-want +got):\n%s", diff)
	}
	hours := float64(want.tags["bill"])*6/60 + float64(want.tags["how"])*12/60
	if math.Abs(*w.Total.Hours-hours) > 1e-9 || math.Abs(*w.Total.Money-40*hours) > 1e-9 || *w.Total.PreventableHours != float64(want.tags["bill"])*6/60 {
		t.Errorf("%v hours, %v money, %v preventable; want %v hours at 40, the bill's preventable", *w.Total.Hours, *w.Total.Money, *w.Total.PreventableHours, hours)
	}
	sumParts(t, "domains", w.Domains, want.events)
	sumParts(t, "drivers", w.Drivers, want.events)
	sumParts(t, "kinds", w.Kinds, want.events)
}

func sumParts(t *testing.T, what string, parts []report.Part, want int) {
	t.Helper()
	got := 0
	for _, p := range parts {
		got += p.Count
	}
	if got != want {
		t.Errorf("%s add up to %d, want %d", what, got, want)
	}
}

// Whoever asks again reads the same notes, each once, in the order in which they were
// said, and none that was taken back.
func TestNotes(t *testing.T) {
	d := newDesk(t)
	var events []store.New
	for i, note := range []string{"one", "two", "two", "three", "four", "five", "taken back"} {
		e := event("slow")
		at := week47.Monday().Add(1).Start(berlin).Add(time.Duration(i) * time.Hour)
		e.ID = cx.MakeID(at, d.Origin(), uint64(i+1))
		e.Conversation, e.Note = e.ID, note
		if note == "taken back" {
			e.Voided, e.Rev = true, 1
		}
		events = append(events, store.New{Event: e})
	}
	d.put(t, events)
	got := find(t, d.build(t, nil), "late").Notes
	if len(got) != report.NotesPerTag {
		t.Fatalf("%d notes, want %d", len(got), report.NotesPerTag)
	}
	const order = "one two three four five"
	last := -1
	for _, n := range got {
		at := strings.Index(order, n)
		if at <= last {
			t.Errorf("notes %q, want each once, in the order %q", got, order)
		}
		last = at
	}
	if diff := cmp.Diff(got, find(t, d.build(t, nil), "late").Notes); diff != "" {
		t.Errorf("asked again (-before +after):\n%s", diff)
	}
}

// The terminal's report is a part of the whole one: no number differs.
func TestBriefIsAPart(t *testing.T) {
	d := newDesk(t)
	random(t, d, 500)
	whole := d.build(t, nil)
	brief := d.build(t, func(o *report.Options) { o.Brief = true })
	whole.Stages, whole.Domains, whole.Drivers, whole.Kinds, whole.Channels, whole.Switches, whole.Clock, whole.Health = nil, nil, nil, nil, nil, nil, nil, nil
	for i := range whole.Tags {
		whole.Tags[i].Notes = nil
	}
	if diff := cmp.Diff(whole, brief); diff != "" {
		t.Errorf("the brief report (-whole +brief):\n%s", diff)
	}
}

// A tag's cell far above what its row and column let expect is marked, worked out by
// hand for a table of two by two.
func TestStageMarks(t *testing.T) {
	d := newDesk(t)
	var events []store.New
	for _, c := range []struct {
		tag   string
		stage cx.Stage
		n     int
	}{{"bill", cx.StagePay, 40}, {"bill", cx.StageUse, 10}, {"how", cx.StagePay, 20}, {"how", cx.StageUse, 30}} {
		for range c.n {
			e := event(c.tag)
			e.Stage = c.stage
			at := week47.Monday().Start(berlin).Add(time.Duration(9*3600+len(events)) * time.Second)
			events = append(events, store.New{At: at, Event: e})
		}
	}
	d.put(t, events)
	s := d.build(t, nil).Stages
	// 60 of 100 at pay, 50 of each tag: 30 expected, sd = sqrt(30*0.5*0.4), 10 above.
	want := 10 / math.Sqrt(30*0.5*0.4)
	cell := s.Rows[0].Cells[0]
	if cell.Expected != 30 || cell.Residual == nil || math.Abs(math.Abs(*cell.Residual)-want) > 1e-9 || cell.Mark == 0 {
		t.Errorf("cell %+v, want 30 expected, a residual of ±%v, a mark", cell, want)
	}
}

func TestHeader(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": {3, 4}})
	w := d.build(t, func(o *report.Options) {
		o.Version, o.Currency = "v1", "EUR"
		o.Filter = cx.Filter{Tags: []string{"bill"}, Sites: []string{"Berlin"}}
	})
	want := report.Header{
		Week: week47, First: cx.Date{Year: 2026, Month: 11, Day: 16}, Last: cx.Date{Year: 2026, Month: 11, Day: 22}, Zone: "Europe/Berlin",
		State: report.Complete, Sites: []string{"Berlin"}, Filter: "tag bill", Version: "v1", MadeAt: nextWeek.UTC(), MinChange: 0.15,
	}
	if diff := cmp.Diff(want, w.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if w.Total.Conversations != nil {
		t.Errorf("%d conversations of one tag: a conversation may have others", *w.Total.Conversations)
	}
}

// Days without one tag are no days without a press, and a desk that moved is one desk.
func TestHealthOfOneTag(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"late": {5, 5}}) // Monday to Friday
	moved := wednesday(week47)
	moved[0].Event.Site = "Hamburg"
	before := wednesday(week47.Add(-1))
	before[0].Event.Site = "Hamburg"
	d.put(t, append(moved, before...))
	weekend := []cx.Date{week47.Monday().Add(5), week47.Monday().Add(6)}
	for _, f := range []cx.Filter{{}, {Tags: []string{"bill"}}} {
		h := d.build(t, func(o *report.Options) { o.Filter = f }).Health
		if diff := cmp.Diff(weekend, h.SilentDays); diff != "" {
			t.Errorf("%v: days without a press (-want +got):\n%s", f, diff)
		}
		if h.Desks != 1 || len(f.Tags) == 0 && (h.Sites != 2 || h.LastDesks == nil || *h.LastDesks != 1) {
			t.Errorf("%v: %+v, want one desk at two sites, one desk in the week before", f, h)
		}
	}
}
