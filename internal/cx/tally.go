package cx

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"
)

// Tally is the answer to a [Query].
type Tally struct {
	By []Dimension
	// Rows are sorted by week, then by the dimensions in their order. There are
	// none for what did not happen.
	Rows []Row
	// HasConversations says whether the rows count conversations too; see
	// [Query.CountsConversations].
	HasConversations bool
}

// Row is one line of a tally.
type Row struct {
	Week Week
	// Values has one value for each dimension of the tally; "" is not said.
	Values []string
	// Count is the number of events, 1 or more but for sums of nothing.
	Count int
	// Conversations is how many conversations began in the row; 0 where the
	// tally has none.
	Conversations int
}

// Count tallies events: the reference that anything faster is held against. It
// skips events outside the period or the filter, voided ones, and those with a
// suspect clock.
// A merged tag counts as its target.
func Count(events iter.Seq[Event], catalogue Catalogue, q Query) Tally {
	c := NewCounter(catalogue, q)
	for e := range events {
		c.Add(e)
	}
	return c.Tally()
}

// Counter tallies events one by one, for a caller that cannot hand over an
// iterator.
type Counter struct {
	query         Query
	conversations bool // see [Query.CountsConversations]
	catalogue     Catalogue
	calendar      calendar
	rows          map[string]*Row
	// What follows is used anew by each event.
	key      []byte
	values   []string
	unlisted Tag
}

// NewCounter returns a counter that has seen no event.
func NewCounter(catalogue Catalogue, q Query) *Counter {
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	return &Counter{
		query: q, catalogue: catalogue,
		conversations: q.CountsConversations(),
		calendar:      calendar{zone: q.Zone},
		rows:          make(map[string]*Row),
		values:        make([]string, len(q.By)),
	}
}

// Add counts one event, if it counts.
func (c *Counter) Add(e Event) {
	at := e.At()
	if !e.Counts() || !c.query.Contains(at) || !c.query.Passes(c.catalogue, e) {
		return
	}
	day := c.calendar.day(at).texts()
	c.key = append(c.key[:0], day.weekText...)
	for i, d := range c.query.By {
		c.values[i] = c.value(d, &e, at, day)
		c.key = append(append(c.key, 0), c.values[i]...)
	}
	row := c.rows[string(c.key)]
	if row == nil {
		row = &Row{Week: day.week, Values: slices.Clone(c.values)}
		c.rows[string(c.key)] = row
	}
	row.Count++
	if c.conversations {
		row.Conversations += e.Conversations()
	}
}

// Tally returns what was counted so far.
func (c *Counter) Tally() Tally {
	t := Tally{By: c.query.By, HasConversations: c.conversations}
	for _, r := range c.rows {
		t.Rows = append(t.Rows, *r)
	}
	t.sort()
	return t
}

// sort puts the rows in their order.
func (t Tally) sort() {
	slices.SortFunc(t.Rows, func(a, b Row) int {
		if n := cmp.Or(cmp.Compare(a.Week.Year, b.Week.Year), cmp.Compare(a.Week.Number, b.Week.Number)); n != 0 {
			return n
		}
		for i, d := range t.By {
			if n := d.compare(a.Values[i], b.Values[i]); n != 0 {
				return n
			}
		}
		return 0
	})
}

func (c *Counter) value(d Dimension, e *Event, at time.Time, day *calendarDay) string {
	switch d {
	case ByTag:
		return c.tag(e.Tag).Code
	case ByStage:
		return string(e.Stage)
	case ByChannel:
		return string(e.Channel)
	case ByDomain:
		return string(c.tag(e.Tag).Domain)
	case ByDriver:
		return string(c.tag(e.Tag).Driver)
	case ByKind:
		return string(c.tag(e.Tag).Kind)
	case ByDesk:
		return e.Desk
	case BySite:
		return e.Site
	case ByDay:
		return day.text
	case ByWeekday:
		return day.weekday
	case ByHour:
		return hours[at.In(c.query.Zone).Hour()]
	}
	return ""
}

// tag is [Catalogue.Counted] without its copy.
func (c *Counter) tag(code string) *Tag {
	if i, ok := c.catalogue.index[code]; ok {
		return &c.catalogue.tags[c.catalogue.counted[i]]
	}
	c.unlisted.Code = code
	return &c.unlisted
}

// weekdays are in the order of an ISO week, which begins on Monday.
var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

var hours = func() (h [24]string) {
	for i := range h {
		h[i] = string([]byte{byte('0' + i/10), byte('0' + i%10)})
	}
	return h
}()

// compare orders two values of a dimension: days of the week as they come, the
// rest as text, so that a script can sort the same way.
func (d Dimension) compare(a, b string) int {
	if d == ByWeekday {
		return cmp.Compare(slices.Index(weekdays, a), slices.Index(weekdays, b))
	}
	return strings.Compare(a, b)
}

// calendar finds the day of an instant, remembering the last two: events come
// in order of time, and finding a day's start asks for the zone's changes.
type calendar struct {
	zone         *time.Location
	last, before calendarDay
}

type calendarDay struct {
	from, to      int64 // Unix milliseconds, half-open
	date          Date
	week          Week
	weekdayNumber int8 // from Monday
	// The texts of the week, the day and its weekday.
	weekText, text, weekday string
}

func (c *calendar) day(at time.Time) *calendarDay {
	ms := at.UnixMilli()
	if ms >= c.last.from && ms < c.last.to {
		return &c.last
	}
	c.last, c.before = c.before, c.last
	if ms < c.last.from || ms >= c.last.to {
		date := DateOf(at, c.zone)
		from, to := date.Span(c.zone)
		c.last = calendarDay{
			from: from.UnixMilli(), to: to.UnixMilli(),
			date: date, week: date.Week(), weekdayNumber: int8(date.Weekday()+6) % 7,
		}
	}
	return &c.last
}

// texts fills in the texts, which not everybody needs.
func (d *calendarDay) texts() *calendarDay {
	if d.text == "" {
		d.weekText, d.text, d.weekday = d.week.String(), d.date.String(), weekdays[d.weekdayNumber]
	}
	return d
}
