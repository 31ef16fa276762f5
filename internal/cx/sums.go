package cx

import (
	"maps"
	"slices"
	"time"
)

// Sums tallies numbers of events that a store has added up already, or reads too
// many of to make an [Event] of each. What it counts is what [Count] counts; the
// events that do not count are the caller's to leave out. Series and places are
// named by their index in the lists that it was made with.
type Sums struct {
	query     Query
	catalogue Catalogue
	calendar  calendar
	// by says which of the dimensions of time divide the counts.
	byDay, byWeekday, byHour bool
	// A cell of a bucket is at the sum of what the series and the place stand
	// for; a negative sum is held back by the filter.
	series, places []int32
	seriesValues   [][]string // for each group of series its values, "" for those of other dimensions
	placeValues    [][]string
	buckets        map[bucketKey]*bucket
	spare          int // cells that may still be laid out in full
	now            span
	recent         [32]span // by the hour in which they were asked for
}

// bucketKey is a part of the time that is counted together.
type bucketKey struct {
	week    Week
	day     Date // zero but by day
	weekday int8 // from Monday, 0 but by weekday
	hour    int8 // 0 but by hour
}

// bucket has the counts of a part of the time: in full, or where that would take
// too much memory, only those that are not zero.
type bucket struct {
	full   []sum
	sparse map[int32]sum
}

type sum struct{ count, conversations uint32 }

// span is a stretch of time that belongs to one bucket.
type span struct {
	from, to int64   // Unix ms, half-open
	bucket   *bucket // nil outside the period
}

// fullCells bounds the memory for buckets that are laid out in full: 32 MB.
const fullCells = 1 << 22

const heldBack = -1 << 30

// NewSums returns sums of nothing.
func NewSums(catalogue Catalogue, q Query, series []Series, places []Place) *Sums {
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	s := &Sums{
		query: q, catalogue: catalogue, calendar: calendar{zone: q.Zone},
		byDay: slices.Contains(q.By, ByDay), byWeekday: slices.Contains(q.By, ByWeekday), byHour: slices.Contains(q.By, ByHour),
		buckets: make(map[bucketKey]*bucket), spare: fullCells,
	}
	s.groupPlaces(places)
	s.groupSeries(series)
	return s
}

// Fork returns sums of nothing that [Sums.Merge] can add to s: for a goroutine of
// its own.
func (s *Sums) Fork() *Sums {
	f := *s
	f.buckets, f.spare = make(map[bucketKey]*bucket), fullCells
	f.now, f.recent = span{}, [len(s.recent)]span{}
	return &f
}

// NeedsPlaces reports whether the answer depends on where events were made. Where
// it does not, any place will do that is in the list.
func (s *Sums) NeedsPlaces() bool {
	return s.query.filtersPlaces() || slices.Contains(s.query.By, ByDesk) || slices.Contains(s.query.By, BySite)
}

func (s *Sums) groupPlaces(places []Place) {
	s.places = make([]int32, len(places))
	if !s.NeedsPlaces() {
		s.placeValues = make([][]string, 1)
		return
	}
	g := newGroups(s.query.By)
	for i, p := range places {
		if !s.query.PassesPlace(p) {
			s.places[i] = heldBack
			continue
		}
		s.places[i] = g.of(func(d Dimension) string {
			switch d {
			case ByDesk:
				return p.Desk
			case BySite:
				return p.Site
			}
			return ""
		})
	}
	s.placeValues = g.values
}

// groupSeries numbers the groups in steps of the number of groups of places.
func (s *Sums) groupSeries(series []Series) {
	s.series = make([]int32, len(series))
	g := newGroups(s.query.By)
	for i, v := range series {
		if !s.query.PassesSeries(s.catalogue, v) {
			s.series[i] = heldBack
			continue
		}
		tag := s.catalogue.Counted(v.Tag)
		s.series[i] = int32(len(s.placeValues)) * g.of(func(d Dimension) string { return seriesValue(d, v, tag) })
	}
	s.seriesValues = g.values
}

func seriesValue(d Dimension, v Series, tag Tag) string {
	switch d {
	case ByTag:
		return tag.Code
	case ByStage:
		return string(v.Stage)
	case ByChannel:
		return string(v.Channel)
	case ByDomain:
		return string(tag.Domain)
	case ByDriver:
		return string(tag.Driver)
	case ByKind:
		return string(tag.Kind)
	}
	return ""
}

// groups numbers what has the same values in the dimensions asked for.
type groups struct {
	by     []Dimension
	values [][]string
	index  map[string]int32
	key    []byte // used anew by each
}

func newGroups(by []Dimension) *groups { return &groups{by: by, index: make(map[string]int32)} }

// of returns the number of what has some values.
func (g *groups) of(value func(Dimension) string) int32 {
	g.key = g.key[:0]
	for _, d := range g.by {
		g.key = append(append(g.key, 0), value(d)...)
	}
	n, ok := g.index[string(g.key)]
	if !ok {
		n = int32(len(g.values))
		g.index[string(g.key)] = n
		values := make([]string, len(g.by))
		for i, d := range g.by {
			values[i] = value(d)
		}
		g.values = append(g.values, values)
	}
	return n
}

// Add counts events of one series, one place and one instant, in Unix
// milliseconds; conversations is how many of them stand for theirs.
func (s *Sums) Add(ms int64, series, place int, count, conversations uint32) {
	if ms < s.now.from || ms >= s.now.to {
		s.now = s.spanOf(ms)
	}
	cell := s.series[series] + s.places[place]
	if cell < 0 || s.now.bucket == nil {
		return
	}
	if full := s.now.bucket.full; full != nil {
		c := &full[cell]
		c.count += count
		c.conversations += conversations
		return
	}
	s.now.bucket.add(cell, sum{count, conversations})
}

func (b *bucket) add(cell int32, v sum) {
	if b.full != nil {
		b.full[cell].count += v.count
		b.full[cell].conversations += v.conversations
		return
	}
	old := b.sparse[cell]
	b.sparse[cell] = sum{old.count + v.count, old.conversations + v.conversations}
}

// Merge adds what a fork counted.
func (s *Sums) Merge(fork *Sums) {
	for key, from := range fork.buckets {
		to := s.bucket(key)
		for cell, v := range from.all() {
			to.add(cell, v)
		}
	}
}

// all yields the sums that are not zero.
func (b *bucket) all() func(func(int32, sum) bool) {
	if b.full == nil {
		return maps.All(b.sparse)
	}
	return func(yield func(int32, sum) bool) {
		for i, v := range b.full {
			if v.count > 0 && !yield(int32(i), v) {
				return
			}
		}
	}
}

// Tally returns what was counted.
func (s *Sums) Tally() Tally {
	t := Tally{By: s.query.By, HasConversations: s.query.CountsConversations()}
	for key, b := range s.buckets {
		for cell, v := range b.all() {
			row := Row{Week: key.week, Values: s.values(key, int(cell)), Count: int(v.count)}
			if t.HasConversations {
				row.Conversations = int(v.conversations)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	t.sort()
	return t
}

func (s *Sums) values(key bucketKey, cell int) []string {
	series, place := s.seriesValues[cell/len(s.placeValues)], s.placeValues[cell%len(s.placeValues)]
	values := make([]string, len(s.query.By))
	for i, d := range s.query.By {
		switch d {
		case ByDay:
			values[i] = key.day.String()
		case ByWeekday:
			values[i] = weekdays[key.weekday]
		case ByHour:
			values[i] = hours[key.hour]
		case ByDesk, BySite:
			values[i] = place[i]
		default:
			values[i] = series[i]
		}
	}
	return values
}
