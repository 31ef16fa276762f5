package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// coverage is what the contacts of one week are about: for each site its channels,
// none for a number of all of them.
type coverage map[string][]cx.Channel

// partial reports whether it leaves out a site or a channel of the company.
func (c coverage) partial() bool {
	channels, company := c[""]
	return !company || len(channels) > 0
}

// has reports whether the contacts are of this site and channel too.
func (c coverage) has(site string, channel cx.Channel) bool {
	channels, told := c[""]
	if !told {
		channels, told = c[site]
	}
	return told && (len(channels) == 0 || slices.Contains(channels, channel))
}

// String names the sites and channels.
func (c coverage) String() string {
	var names []string
	for _, site := range slices.Sorted(maps.Keys(c)) {
		name := strings.Join(texts(c[site]), ", ")
		if site != "" && name != "" {
			name = " (" + name + ")"
		}
		names = append(names, site+name)
	}
	if more := len(names) - mostNamed; more > 0 {
		names = append(names[:mostNamed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// readContacts finds the contacts of each week. A week counts only where they are of
// the same sites and channels as the reported week's, else more contacts might be more
// that is known, and as the week's events: those of one site say nothing of another's.
func (b *builder) readContacts(ctx context.Context) error {
	all, err := b.reader.Contacts(ctx)
	if err != nil {
		return err
	}
	b.told = make(map[cx.Week][]cx.Contacts)
	sites := false
	for _, c := range all {
		b.told[c.Week] = append(b.told[c.Week], c)
		sites = sites || c.Site != ""
	}
	if len(b.told[b.Week]) == 0 {
		return nil
	}
	if len(b.Desks) > 0 {
		b.noRate = "Contacts are known of sites and channels, not of desks"
		return nil
	}
	if n, _, ok := b.contactsOf(b.told[b.Week]); ok {
		b.toldContacts = &n
	}
	b.history.markUntold(b.told)
	if sites {
		if err := b.doubtSites(ctx); err != nil || b.noRate != "" {
			return err
		}
	}
	_, want, ok := b.contactsOf(b.told[b.Week])
	if !ok {
		b.noRate = "Contacts are known, but not of just what this is narrowed to"
		return nil
	}
	h := &b.history
	covered := make([]coverage, len(h.weeks))
	partial := false
	for i, w := range h.weeks {
		if n, covers, ok := b.contactsOf(b.told[w]); ok && want.same(covers) {
			h.contacts[i], covered[i] = &n, covers
			partial = partial || covers.partial()
		} else if h.unused[i] == "" {
			h.unused[i] = toldElsewhere
		}
	}
	if partial {
		if err := b.dropUncovered(ctx, covered); err != nil {
			return err
		}
	}
	if err := b.dropTooFew(ctx); err != nil {
		return err
	}
	for i, n := range h.contacts { // nobody was served: no rate
		if n != nil && *n == 0 {
			h.contacts[i], h.unused[i] = nil, "nobody was served"
		}
	}
	return nil
}

// Why a week's contacts are not used though nothing contradicts them.
const (
	notTold       = "not known"
	toldElsewhere = "of other sites or channels"
)

// markUntold remembers of which weeks nobody told any contacts.
func (h *history) markUntold(told map[cx.Week][]cx.Contacts) {
	for i, w := range h.weeks {
		if len(told[w]) == 0 {
			h.unused[i] = notTold
		}
	}
}

// uncovered is how many times the events without contacts must go into the least change that
// a verdict speaks of, 15 % if nobody says otherwise: a rate is off by a third of it at most.
const uncovered = 3

// dropUncovered forgets the contacts of weeks with events at other sites or channels, but
// for a few, which move no rate by as much as a verdict speaks of. Events of all tags tell:
// whether a tag was there too is chance.
func (b *builder) dropUncovered(ctx context.Context, covered []coverage) error {
	h := &b.history
	places := cx.Filter{Sites: b.Sites, Channels: b.Channels}
	t, err := b.reader.Tally(ctx, b.span(h.weeks[0], b.Week, places, cx.BySite, cx.ByChannel))
	if err != nil {
		return err
	}
	all, outside := make([]int, len(h.weeks)), make([]int, len(h.weeks))
	for _, row := range t.Rows {
		i := slices.Index(h.weeks, row.Week)
		all[i] += row.Count
		if covered[i] != nil && !covered[i].has(row.Values[0], cx.Channel(row.Values[1])) {
			outside[i] += row.Count
		}
	}
	least := min(b.MinChange, stats.DefaultMinChange)
	for i, n := range outside {
		if n == 0 {
			continue
		}
		of := fmt.Sprintf("%d of %s of no %s with contacts", n, plural(all[i], "event is", "events are"), covered[i].what())
		if n == 1 {
			of = fmt.Sprintf("1 of %s is of no %s with contacts", plural(all[i], "event", "events"), covered[i].what())
		}
		switch few := uncovered*float64(n) <= least*float64(all[i]); {
		case few && i == h.last():
			b.addNote(of)
		case few:
		case i == h.last():
			b.noRate = fmt.Sprintf("Contacts are known of %s only, and %d of %s not of there", covered[i], n, plural(all[i], "event is", "events are"))
			fallthrough
		default:
			h.contacts[i], h.unused[i] = nil, of
		}
	}
	return nil
}

// what is what it tells apart.
func (c coverage) what() string {
	_, company := c[""]
	switch {
	case company:
		return "channel"
	case slices.ContainsFunc(slices.Collect(maps.Values(c)), func(of []cx.Channel) bool { return len(of) > 0 }):
		return "site or channel"
	}
	return "site"
}

// contactsOf adds up one week's contacts as far as the report's filter asks for
// them. A number of the whole company stands for all sites.
func (b *builder) contactsOf(week []cx.Contacts) (sum int, covers coverage, ok bool) {
	company := slices.ContainsFunc(week, func(c cx.Contacts) bool { return c.Site == "" })
	covers = make(coverage)
	for _, c := range week {
		switch {
		case len(b.Sites) == 0 && company && c.Site != "":
			continue
		case len(b.Sites) > 0 && !slices.Contains(b.Sites, c.Site):
			continue
		case len(b.Channels) > 0 && !slices.Contains(b.Channels, c.Channel):
			continue
		}
		sum += c.Count
		if c.Channel == "" {
			covers[c.Site] = nil
		} else {
			covers[c.Site] = append(covers[c.Site], c.Channel)
		}
	}
	for _, site := range b.Sites {
		if _, told := covers[site]; !told {
			return 0, nil, false
		}
	}
	for site := range covers {
		slices.Sort(covers[site])
		if len(covers[site]) < len(b.Channels) {
			return 0, nil, false
		}
	}
	return sum, covers, len(covers) > 0
}

// same reports whether two weeks' contacts are about the same. One number for all
// channels of a site is as good as one for each.
func (c coverage) same(d coverage) bool {
	if len(c) != len(d) {
		return false
	}
	for site, channels := range c {
		others, ok := d[site]
		if !ok || len(channels) > 0 && len(others) > 0 && !slices.Equal(channels, others) {
			return false
		}
	}
	return true
}

// enoughContacts is how many of the baseline's weeks must have contacts, at least, where
// there are as many: a tag of 15 a week that doubles is found within two weeks in 73 of 100
// cases with four weeks before and in 40 with two, while counts alone, of eight, find 87
// (package stats). With fewer, who begins to tell contacts would lose what counts show.
const enoughContacts = 4

// contactWeeks is how many weeks counts alone would be compared with, were all usual, and
// of how many of these the contacts can be used.
func (h *history) contactWeeks() (have, all int) {
	for i := h.last() - 1; i >= h.shown() && all < baselineWeeks; i-- {
		if h.known[i] {
			all++
			if h.contacts[i] != nil {
				have++
			}
		}
	}
	return have, all
}

// fewContacts reports whether contacts are of too few weeks to compare by.
func fewContacts(have, all int) bool { return have < max(minWeeks, min(enoughContacts, all)) }

// exposures returns the contacts of all weeks, 0 for unknown, or nil where too few
// weeks have them to compare by.
func (h *history) exposures() []float64 {
	if h.contacts[h.last()] == nil || fewContacts(h.contactWeeks()) {
		return nil
	}
	out := make([]float64, len(h.weeks))
	for i, n := range h.contacts {
		if n != nil {
			out[i] = float64(*n)
		}
	}
	return out
}

// rate returns events per 100 contacts, or nil where those are not known.
func rate(count int, contacts *int) *float64 {
	if contacts == nil || *contacts == 0 {
		return nil
	}
	return new(100 * float64(count) / float64(*contacts))
}
