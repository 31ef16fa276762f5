package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"magicbutton/internal/cx"
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
			h.contacts[i] = nil
		}
	}
	return nil
}

// dropUncovered forgets the contacts of weeks with events at other sites or channels.
// Events of all tags tell: whether a tag was there too is chance.
func (b *builder) dropUncovered(ctx context.Context, covered []coverage) error {
	h := &b.history
	places := cx.Filter{Sites: b.Sites, Channels: b.Channels}
	t, err := b.reader.Tally(ctx, b.span(h.weeks[0], b.Week, places, cx.BySite, cx.ByChannel))
	if err != nil {
		return err
	}
	elsewhere, all := 0, 0
	for _, row := range t.Rows {
		i := slices.Index(h.weeks, row.Week)
		outside := covered[i] != nil && !covered[i].has(row.Values[0], cx.Channel(row.Values[1]))
		if outside {
			h.contacts[i] = nil
		}
		if i == h.last() {
			all += row.Count
			if outside {
				elsewhere += row.Count
			}
		}
	}
	if elsewhere > 0 {
		b.noRate = fmt.Sprintf("Contacts are known of %s only, and %d of %s not of there", covered[h.last()], elsewhere, plural(all, "event is", "events are"))
	}
	return nil
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

// exposures returns the contacts of all weeks, 0 for unknown, or nil where too few
// weeks have them to compare by.
func (h *history) exposures() []float64 {
	if h.contacts[h.last()] == nil {
		return nil
	}
	out, weeks := make([]float64, len(h.weeks)), 0
	for i, n := range h.contacts {
		if n == nil {
			continue
		}
		out[i] = float64(*n)
		if h.known[i] && i < h.last() {
			weeks++
		}
	}
	if weeks < minWeeks {
		return nil
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
