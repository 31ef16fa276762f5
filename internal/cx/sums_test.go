package cx

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const quarterHour = int64(15 * time.Minute / time.Millisecond)

// sumsZones are zones whose days, or changes of clocks, begin where others' do
// not, with a time of such a thing.
var sumsZones = []struct{ name, around string }{
	{"UTC", "2026-12-31T20:00:00Z"},
	{"Europe/Berlin", "2026-10-25T01:00:00Z"},
	{"Asia/Kolkata", "2026-03-01T00:00:00Z"},
	{"Asia/Kathmandu", "2026-03-01T00:00:00Z"},
	{"Pacific/Kiritimati", "2026-11-15T10:00:00Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"},     // a day that was left out
	{"America/St_Johns", "2010-11-07T02:31:00Z"}, // clocks changed at 00:01
	{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
	{"America/Santiago", "2026-09-06T04:00:00Z"},
	{"Africa/Monrovia", "1971-12-28T00:00:00Z"}, // 44½ minutes behind
	{"America/New_York", "1970-01-01T03:00:00Z"},
}

// sumsCase is a random question with random events.
type sumsCase struct {
	random  *rand.Rand
	events  []Event
	series  []Series
	places  []Place
	numbers map[ID][2]int // series and place of an event
}

func newSumsCase(random *rand.Rand, around time.Time) *sumsCase {
	c := &sumsCase{random: random, numbers: make(map[ID][2]int)}
	for _, tag := range []string{"praise", "refund", "old", "oldest", "unknown"} {
		for _, stage := range []Stage{"", StageUse, StagePay} {
			c.series = append(c.series, Series{tag, stage, oneOf(random, "", ChannelPhone, ChannelChat)})
		}
	}
	for _, desk := range []string{"", "d1", "d2", "d3"} {
		c.places = append(c.places, Place{desk, oneOf(random, "", "Bonn", "Köln")})
	}
	for i := range 300 {
		at := around.Add(time.Duration(random.Int64N(int64(20*24*time.Hour))) - 10*24*time.Hour)
		if random.IntN(3) == 0 {
			at = around.Add(time.Duration(random.Int64N(int64(4*time.Hour))) - 2*time.Hour)
		}
		if random.IntN(4) == 0 {
			at = at.Truncate(15 * time.Minute).Add(-time.Duration(random.IntN(2)) * time.Millisecond)
		}
		id := MakeID(at, Origin{1}, uint64(i+1))
		series, place := random.IntN(len(c.series)), random.IntN(len(c.places))
		s, p := c.series[series], c.places[place]
		e := Event{ID: id, Tag: s.Tag, Stage: s.Stage, Channel: s.Channel, Desk: p.Desk, Site: p.Site, Conversation: id}
		if i > 0 && random.IntN(3) == 0 {
			e.Conversation = c.events[i-1].ID
		}
		c.numbers[id] = [2]int{series, place}
		c.events = append(c.events, e)
	}
	return c
}

func oneOf[T any](random *rand.Rand, of ...T) T { return of[random.IntN(len(of))] }

func (c *sumsCase) query(zone *time.Location) Query {
	q := Query{Zone: zone, By: Dimensions()}
	c.random.Shuffle(len(q.By), func(i, j int) { q.By[i], q.By[j] = q.By[j], q.By[i] })
	q.By = q.By[:c.random.IntN(4)]
	instant := func() time.Time {
		at := c.events[c.random.IntN(len(c.events))].At()
		return oneOf(c.random, at, at.Truncate(time.Hour), DateOf(at, zone).Start(zone), at.Add(time.Microsecond), time.Time{})
	}
	q.From, q.To = instant(), instant()
	if c.random.IntN(3) == 0 {
		q.Tags = oneOf(c.random, []string{"refund"}, []string{"old", "praise"}, []string{"unknown", "none"})
	}
	if c.random.IntN(4) == 0 {
		q.Stages = []Stage{StageUse}
	}
	if c.random.IntN(4) == 0 {
		q.Channels = []Channel{ChannelPhone, ChannelSocial}
	}
	if c.random.IntN(4) == 0 {
		q.Desks = []string{"d1", "d2"}
	}
	if c.random.IntN(4) == 0 {
		q.Sites = []string{"Bonn"}
	}
	return q
}

// add counts an event as if it was made at another instant.
func (c *sumsCase) add(s *Sums, e Event, ms int64) {
	n := c.numbers[e.ID]
	if !s.NeedsPlaces() {
		n[1] = 0
	}
	s.Add(ms, n[0], n[1], 1, uint32(e.Conversations()))
}

// However events are added, one by one, in two halves, or by the days and
// quarter hours that they fall into, the sums are those of the reference.
func TestSumsCountAsCount(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	fits := make(map[Fit]int)
	for _, z := range sumsZones {
		t.Run(z.name, func(t *testing.T) {
			c := newSumsCase(random, at(t, z.around))
			zone := mustZone(t, z.name)
			for range 60 {
				q := c.query(zone)
				want := Count(slices.Values(c.events), testCatalogue(t), q)
				whole := NewSums(testCatalogue(t), q, c.series, c.places)
				fork, grid := whole.Fork(), whole.Fork()
				for i, e := range c.events {
					c.add(oneOf(random, whole, fork), e, e.At().UnixMilli())
					fits[c.addByDay(grid, c.events[i])]++
				}
				whole.Merge(fork)
				if diff := cmp.Diff(want, whole.Tally()); diff != "" {
					t.Fatalf("%+v by event (-Count +Sums):\n%s", q, diff)
				}
				if diff := cmp.Diff(want, grid.Tally()); diff != "" {
					t.Fatalf("%+v by day (-Count +Sums):\n%s", q, diff)
				}
			}
		})
	}
	for _, fit := range []Fit{FitWhole, FitSteps, FitEvents} {
		if fits[fit] == 0 {
			t.Errorf("no day fits as %d", fit)
		}
	}
}

// addByDay adds an event as a summary of its day could: at another instant of the
// day, or of the quarter hour, where it counts together with that.
func (c *sumsCase) addByDay(s *Sums, e Event) Fit {
	const day = 24 * 4 * quarterHour
	ms := e.At().UnixMilli()
	from := ms - ms%day
	fit := s.Fit(from, from+day, quarterHour)
	switch fit {
	case FitWhole:
		ms = from + c.random.Int64N(day)
	case FitSteps:
		ms -= ms % quarterHour
	}
	c.add(s, e, ms)
	return fit
}

// Where all cells of all buckets would take too much memory, only those in use
// are kept.
func TestSumsSparse(t *testing.T) {
	var places []Place
	for i := range 5000 {
		places = append(places, Place{Desk: fmt.Sprint(i)})
	}
	series := []Series{{Tag: "praise"}, {Tag: "refund"}}
	s := NewSums(Catalogue{}, Query{By: []Dimension{ByDay, ByTag, ByDesk}}, series, places)
	begin := at(t, "2026-01-01T00:00:00Z")
	for day := range 2000 {
		ms := begin.AddDate(0, 0, day).UnixMilli()
		s.Add(ms, day%2, day, 1, 0)
		s.Add(ms, day%2, day, 2, 0)
	}
	tally := s.Tally()
	if len(tally.Rows) != 2000 {
		t.Fatalf("%d rows, want 2000", len(tally.Rows))
	}
	for i, r := range tally.Rows {
		want := []string{begin.AddDate(0, 0, i).Format(time.DateOnly), series[i%2].Tag, fmt.Sprint(i)}
		if diff := cmp.Diff(want, r.Values); diff != "" || r.Count != 3 {
			t.Fatalf("row %d has %d (-want +got):\n%s", i, r.Count, diff)
		}
	}
}

func TestFilterCheck(t *testing.T) {
	series := []Series{{Tag: "only-events-have-it"}}
	places := []Place{{Desk: "north", Site: "Berlin"}}
	good := Filter{
		Tags: []string{"refund", "only-events-have-it"}, Stages: []Stage{StageUse}, Channels: []Channel{ChannelChat},
		Desks: []string{"north"}, Sites: []string{"Berlin"},
	}
	if err := good.Check(testCatalogue(t), series, places); err != nil {
		t.Errorf("Check() = %v", err)
	}
	bad := Filter{Tags: []string{"refnd"}, Stages: []Stage{"usw"}, Channels: []Channel{"x"}, Desks: []string{"nroth"}, Sites: []string{"x"}}
	want := `unknown tag "refnd" (did you mean "refund"?)
unknown stage "usw" (did you mean "use"?)
unknown channel "x" (known: phone, in-person, email, chat, sms, social)
unknown desk "nroth" (did you mean "north"?)
unknown site "x"`
	if err := bad.Check(testCatalogue(t), series, places); err == nil || err.Error() != want {
		t.Errorf("Check() = %v, want\n%s", err, want)
	}
}
