package report

import (
	"context"
	"slices"

	"magicbutton/internal/cx"
)

// history is what was counted week by week, up to the reported week, which is the
// last one.
type history struct {
	weeks  []cx.Week
	totals []int
	// sums is the total of the report's tags: totals, but where it is narrowed to some.
	sums   []int
	tags   map[string][]int
	placed []int // events of all tags, stages and channels at the report's places
	// known and contacts are as in Column.
	known    []bool
	contacts []*int
	unused   []string // why a week's contacts are not in contacts
}

// leadWeeks is how many weeks before an action began are looked at, to tell those that were
// not usual: as many as a report of that time had, and one more that tells whether the
// first of them is whole.
const leadWeeks = SeriesWeeks + 1

// readHistory asks once for all weeks that the report needs: those that it shows, one
// more that tells whether the first of them is whole, and those that actions need.
func (b *builder) readHistory(ctx context.Context) error {
	first := b.Week.Add(-SeriesWeeks)
	if b.from != (cx.Week{}) && b.from.Before(first) {
		first = b.from.Add(-1)
	}
	for _, a := range b.actions {
		if begin := a.Since.Week().Add(-leadWeeks); begin.Before(first) { // By is never before Since
			first = begin
		}
	}
	h := &b.history
	h.tags = make(map[string][]int)
	for w := first; !b.Week.Before(w); w = w.Add(1) {
		h.weeks = append(h.weeks, w)
	}
	h.totals = make([]int, len(h.weeks))
	h.contacts = make([]*int, len(h.weeks))
	h.unused = make([]string, len(h.weeks))
	filter := b.Filter
	if b.beside() {
		// What is asked for first, so that all unknown words are named at once.
		if _, err := b.reader.Tally(ctx, b.span(b.Week, b.Week, filter)); err != nil {
			return err
		}
		filter.Tags = nil
	}
	t, err := b.reader.Tally(ctx, b.span(first, b.Week, filter, cx.ByTag))
	if err != nil {
		return err
	}
	at := 0
	for _, row := range t.Rows { // sorted by week
		for h.weeks[at] != row.Week {
			at++
		}
		counts := h.tags[row.Values[0]]
		if counts == nil {
			counts = make([]int, len(h.weeks))
			h.tags[row.Values[0]] = counts
		}
		counts[at] = row.Count
		h.totals[at] += row.Count
	}
	h.sums = h.totals
	if b.beside() {
		h.sums = make([]int, len(h.weeks))
		for _, code := range slices.Compact(slices.Sorted(slices.Values(b.Tags))) {
			for i, n := range h.of(code) {
				h.sums[i] += n
			}
		}
	}
	return b.readKnown(ctx)
}

// beside reports whether the report is narrowed to some tags and nevertheless judges them
// beside all others, so that it says of them what the whole report says. A tag that was
// merged into another is no tag to judge by itself.
func (b *builder) beside() bool {
	return b.whole && len(b.Tags) > 0 && !slices.ContainsFunc(b.Tags, func(code string) bool { return b.catalogue.Counted(code).Code != code })
}

// shows reports whether a tag is one of the report's.
func (b *builder) shows(code string) bool { return len(b.Tags) == 0 || slices.Contains(b.Tags, code) }

// of returns the counts of a tag.
func (h *history) of(code string) []int {
	if counts, ok := h.tags[code]; ok {
		return counts
	}
	return make([]int, len(h.weeks))
}

// last is the index of the reported week.
func (h *history) last() int { return len(h.weeks) - 1 }

// busyWeek is how many events a week has on average, at least, where one without any
// is a week that nobody was at work in, or no agent: chance leaves five out of less
// than one week in a hundred (Poisson).
const busyWeek = 5

// readKnown finds the weeks in which desks were at work. Events of all tags tell.
func (b *builder) readKnown(ctx context.Context) error {
	h := &b.history
	all, places := h.totals, cx.Filter{Desks: b.Desks, Sites: b.Sites}
	if len(b.Stages)+len(b.Channels) > 0 || len(b.Tags) > 0 && !b.beside() {
		t, err := b.reader.Tally(ctx, b.span(h.weeks[0], b.Week, places))
		if err != nil {
			return err
		}
		all = make([]int, len(h.weeks))
		for _, row := range t.Rows {
			all[slices.Index(h.weeks, row.Week)] = row.Count
		}
	}
	h.placed = all
	h.known = make([]bool, len(h.weeks))
	begun := slices.IndexFunc(all, func(n int) bool { return n > 0 })
	if begun < 0 {
		return nil
	}
	for i := begun + 1; i < len(all); i++ {
		h.known[i] = all[i] > 0 || !busy(all[begun:])
	}
	if !b.complete() {
		h.known[h.last()] = false
	}
	if begun == 0 { // of the first week asked for nobody knows what came before
		return nil
	}
	t, err := b.reader.Tally(ctx, b.span(h.weeks[begun], h.weeks[begun], places, cx.ByDay))
	if err != nil || len(t.Rows) == 0 {
		return err
	}
	monday := h.weeks[begun].Monday().String()
	h.known[begun] = t.Rows[0].Values[0] == monday && (begun < h.last() || b.complete())
	return nil
}

// busy reports whether weeks that have any event have many.
func busy(counts []int) bool {
	sum, weeks := 0, 0
	for _, n := range counts {
		if n > 0 {
			sum, weeks = sum+n, weeks+1
		}
	}
	return sum >= busyWeek*weeks
}

// columns are the weeks that the report shows.
func (b *builder) columns() []Column {
	h := &b.history
	out := make([]Column, 0, SeriesWeeks)
	for i := h.shown(); i < len(h.weeks); i++ {
		out = append(out, Column{Week: h.weeks[i], Count: h.sums[i], Contacts: h.contacts[i], Known: h.known[i]})
	}
	return out
}

// shown is the index of the first week that the report shows.
func (h *history) shown() int { return max(len(h.weeks)-SeriesWeeks, 0) }

// before returns last week's count, or nil where it is not known.
func (h *history) before(counts []int) *int {
	if i := h.last() - 1; h.known[i] {
		return &counts[i]
	}
	return nil
}

// earlier returns the last week before all others of the history in which each of some
// tags was counted.
func (b *builder) earlier(ctx context.Context, codes []string) (map[string]cx.Week, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	only := b.Filter
	only.Tags = codes
	to, _ := b.history.weeks[0].Span(b.Zone)
	t, err := b.reader.Tally(ctx, cx.Query{To: to, Zone: b.Zone, By: []cx.Dimension{cx.ByTag}, Filter: only})
	if err != nil {
		return nil, err
	}
	seen := make(map[string]cx.Week)
	for _, row := range t.Rows {
		seen[row.Values[0]] = row.Week
	}
	return seen, nil
}
