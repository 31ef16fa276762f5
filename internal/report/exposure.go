package report

import (
	"context"
	"slices"

	"magicbutton/internal/cx"
)

// coverage is what the contacts of one week are about: for each site its channels,
// none for a number of all of them.
type coverage map[string][]cx.Channel

// readContacts finds the contacts of each week. A week counts only where they are of
// the same sites and channels as the reported week's: else more contacts might be more
// that is known.
func (b *builder) readContacts(ctx context.Context) error {
	if len(b.Desks) > 0 { // nobody says how many a desk handled
		return nil
	}
	all, err := b.reader.Contacts(ctx)
	if err != nil {
		return err
	}
	byWeek := make(map[cx.Week][]cx.Contacts)
	for _, c := range all {
		byWeek[c.Week] = append(byWeek[c.Week], c)
	}
	_, want, ok := b.contactsOf(byWeek[b.Week])
	if !ok {
		return nil
	}
	for i, w := range b.history.weeks {
		if n, covers, ok := b.contactsOf(byWeek[w]); ok && n > 0 && want.same(covers) {
			b.history.contacts[i] = &n
		}
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
