package cx

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tallyEvents are two conversations and what goes with them; each line is an
// instant, a tag, a stage, a channel, a desk, a site and the sequence number of
// the conversation's first event.
func tallyEvents(t *testing.T) []Event {
	t.Helper()
	lines := strings.Split(`
2026-11-15T22:59:59.999Z praise   -      phone d1 Berlin 1
2026-11-15T23:00:00Z     refund   pay    phone d1 Berlin 2
2026-11-15T23:00:10Z     old      return phone d1 Berlin 2
2026-11-17T09:30:00Z     oldest   pay    chat  d2 Bonn   4
2026-11-17T09:45:00Z     praise   -      -     d2 Bonn   5
2026-11-22T22:59:59.999Z unknown  use    phone d2 Bonn   6
2026-11-22T23:00:00Z     praise   use    phone d2 Bonn   7`[1:], "\n")
	or := func(s string) string { return strings.ReplaceAll(s, "-", "") }
	var events []Event
	for i, line := range lines {
		f := strings.Fields(line)
		first, err := strconv.Atoi(f[6])
		if err != nil {
			t.Fatal(err)
		}
		e := Event{
			ID: MakeID(at(t, f[0]), Origin{1}, uint64(i+1)), Tag: f[1],
			Stage: Stage(or(f[2])), Channel: Channel(or(f[3])), Desk: f[4], Site: f[5],
		}
		e.Conversation = e.ID
		if first != i+1 {
			e.Conversation = events[first-1].ID
		}
		events = append(events, e)
	}
	voided, suspect := events[1], events[1]
	voided.Voided, suspect.Clock = true, ClockSuspect
	return append(events, voided, suspect)
}

// table writes a tally as lines: week, values, count, conversations.
func table(tally Tally) string {
	var out strings.Builder
	for _, r := range tally.Rows {
		line := append([]string{r.Week.String()}, r.Values...)
		line = append(line, strconv.Itoa(r.Count))
		if tally.HasConversations {
			line = append(line, strconv.Itoa(r.Conversations))
		}
		out.WriteString(strings.Join(line, " ") + "\n")
	}
	return out.String()
}

var countTests = []struct{ by, want string }{
	{"", `
2026-W46 1 1
2026-W47 5 4
2026-W48 1 1
`},
	{"tag", `
2026-W46 praise 1
2026-W47 praise 1
2026-W47 refund 3
2026-W47 unknown 1
2026-W48 praise 1
`},
	{"stage", `
2026-W46  1
2026-W47  1
2026-W47 pay 2
2026-W47 return 1
2026-W47 use 1
2026-W48 use 1
`},
	{"channel", `
2026-W46 phone 1 1
2026-W47  1 1
2026-W47 chat 1 1
2026-W47 phone 3 2
2026-W48 phone 1 1
`},
	{"domain", `
2026-W46 service 1
2026-W47  1
2026-W47 experience 3
2026-W47 service 1
2026-W48 service 1
`},
	{"driver", `
2026-W46 friendly-service 1
2026-W47  1
2026-W47 easy-payment 3
2026-W47 friendly-service 1
2026-W48 friendly-service 1
`},
	{"kind", `
2026-W46 praise 1
2026-W47  1
2026-W47 praise 1
2026-W47 problem 3
2026-W48 praise 1
`},
	{"desk", `
2026-W46 d1 1 1
2026-W47 d1 2 1
2026-W47 d2 3 3
2026-W48 d2 1 1
`},
	{"site", `
2026-W46 Berlin 1 1
2026-W47 Berlin 2 1
2026-W47 Bonn 3 3
2026-W48 Bonn 1 1
`},
	{"day", `
2026-W46 2026-11-15 1 1
2026-W47 2026-11-16 2 1
2026-W47 2026-11-17 2 2
2026-W47 2026-11-22 1 1
2026-W48 2026-11-23 1 1
`},
	{"weekday", `
2026-W46 sun 1 1
2026-W47 mon 2 1
2026-W47 tue 2 2
2026-W47 sun 1 1
2026-W48 mon 1 1
`},
	{"hour", `
2026-W46 23 1 1
2026-W47 00 2 1
2026-W47 10 2 2
2026-W47 23 1 1
2026-W48 00 1 1
`},
	{"site,tag", `
2026-W46 Berlin praise 1
2026-W47 Berlin refund 2
2026-W47 Bonn praise 1
2026-W47 Bonn refund 1
2026-W47 Bonn unknown 1
2026-W48 Bonn praise 1
`},
}

func TestCount(t *testing.T) {
	catalogue, events := testCatalogue(t), tallyEvents(t)
	for _, tt := range countTests {
		t.Run("by "+tt.by, func(t *testing.T) {
			by, err := ParseDimensions(tt.by)
			if err != nil {
				t.Fatal(err)
			}
			q := Query{Zone: mustZone(t, "Europe/Berlin"), By: by}
			got := Count(slices.Values(events), catalogue, q)
			if diff := cmp.Diff(tt.want[1:], table(got)); diff != "" {
				t.Errorf("Count (-want +got):\n%s", diff)
			}
			slices.Reverse(events) // the order in which events come is no matter
			if again := Count(slices.Values(events), catalogue, q); !cmp.Equal(again, got) {
				t.Errorf("in another order (-want +got):\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func TestCountPeriod(t *testing.T) {
	q := Query{From: at(t, "2026-11-15T23:00:00Z"), To: at(t, "2026-11-22T23:00:00Z")}
	tests := []struct {
		name, zone string
		want       string
	}{
		{"Berlin's week", "Europe/Berlin", "2026-W47 5 4\n"},
		{"nil is UTC", "", "2026-W46 2 1\n2026-W47 3 3\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := q
			if tt.zone != "" {
				q.Zone = mustZone(t, tt.zone)
			}
			got := Count(slices.Values(tallyEvents(t)), Catalogue{}, q)
			if diff := cmp.Diff(tt.want, table(got)); diff != "" {
				t.Errorf("Count (-want +got):\n%s", diff)
			}
		})
	}
	if got := Count(slices.Values[[]Event](nil), Catalogue{}, q); len(got.Rows) != 0 {
		t.Errorf("nothing counts as %v", got.Rows)
	}
}

// Each weekday once: the rows come as the week does, not by the alphabet.
func TestWeekdaysInOrder(t *testing.T) {
	var events []Event
	for day := range 7 {
		id := MakeID(at(t, "2026-11-22T12:00:00Z").AddDate(0, 0, -day), Origin{1}, uint64(day+1))
		events = append(events, Event{ID: id, Tag: "other"})
	}
	var got []string
	for _, r := range Count(slices.Values(events), Catalogue{}, Query{By: []Dimension{ByWeekday}}).Rows {
		got = append(got, r.Values[0])
	}
	if diff := cmp.Diff([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, got); diff != "" {
		t.Errorf("weekdays (-want +got):\n%s", diff)
	}
}

// A tally is a picture of its moment: counting on does not change it.
func TestCounterGoesOn(t *testing.T) {
	events := tallyEvents(t)
	c := NewCounter(testCatalogue(t), Query{By: []Dimension{ByTag}})
	for _, e := range events[:2] {
		c.Add(e)
	}
	before := c.Tally()
	text := table(before)
	for _, e := range events[2:] {
		c.Add(e)
	}
	if diff := cmp.Diff(text, table(before)); diff != "" {
		t.Errorf("an old tally changed (-before +after):\n%s", diff)
	}
	want := Count(slices.Values(events), testCatalogue(t), Query{By: []Dimension{ByTag}})
	if diff := cmp.Diff(want, c.Tally()); diff != "" {
		t.Errorf("Counter against Count (-want +got):\n%s", diff)
	}
}
