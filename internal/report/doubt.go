package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"magicbutton/internal/cx"
)

// doubtSites looks at contacts that were told by site: beside a total they are a part
// of it, and those of a site that no event is from are of none of the events.
func (b *builder) doubtSites(ctx context.Context) error {
	if len(b.Sites) > 0 {
		return nil // those that were asked for
	}
	h := &b.history
	t, err := b.reader.Tally(ctx, b.span(h.weeks[0], b.Week, cx.Filter{Channels: b.Channels}, cx.BySite))
	if err != nil {
		return err
	}
	known := make(map[string]bool)
	for _, row := range t.Rows {
		known[row.Values[0]] = true
	}
	for i, w := range h.weeks {
		noRate, note := b.doubtWeek(w, known)
		if noRate != "" {
			h.unused[i] = "more of its sites than of all"
		}
		if w == b.Week {
			b.noRate, b.contactsNote = noRate, note
		}
	}
	return nil
}

// doubtWeek takes out of a week's contacts what cannot be, and says so.
func (b *builder) doubtWeek(w cx.Week, known map[string]bool) (noRate, note string) {
	if excess := cx.SitesExceed(b.told[w]); len(excess) > 0 {
		x := excess[0]
		of := sitesOf(b.told[w], func(c cx.Contacts) bool { return x.Channel == "" || c.Channel == x.Channel })
		b.told[w] = nil
		return fmt.Sprintf("Contacts%s of %s (%d) are more than those of all sites (%d)", by(x.Channel), list(of), x.Sites, x.All), ""
	}
	sites := sitesOf(b.told[w], func(cx.Contacts) bool { return true })
	if len(cx.BesideTotal(b.told[w])) > 0 {
		return "", fmt.Sprintf("Contacts are those of all sites; those of %s are taken for a part of them", list(sites))
	}
	strange := func(c cx.Contacts) bool { return c.Site != "" && !known[c.Site] }
	unknown := 0
	for _, c := range b.told[w] {
		if strange(c) {
			unknown += c.Count
		}
	}
	others := sitesOf(b.told[w], strange)
	if unknown == 0 || len(others) == len(sites) {
		return "", ""
	}
	b.told[w] = slices.DeleteFunc(b.told[w], strange)
	return "", plural(unknown, "contact", "contacts") + " of " + list(others) + " left out: no event is from there"
}

// sitesOf returns the single sites of those contacts that pass.
func sitesOf(all []cx.Contacts, passes func(cx.Contacts) bool) []string {
	var out []string
	for _, c := range all {
		if c.Site != "" && passes(c) {
			out = append(out, c.Site)
		}
	}
	return out
}

// by is " by chat", "" for all channels.
func by(channel cx.Channel) string {
	if channel == "" {
		return ""
	}
	return " by " + string(channel)
}

// list names some things once each, and not too many of them.
func list(names []string) string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if more := len(names) - mostNamed; more > 0 {
		names = append(names[:mostNamed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// dropTooFew forgets contacts that are fewer than the conversations that were tagged in
// their week: a part of something cannot be more than it.
func (b *builder) dropTooFew(ctx context.Context) error {
	h := &b.history
	first := 0
	for first < len(h.weeks) && !h.fewerThanEvents(first) {
		first++
	}
	if first == len(h.weeks) {
		return nil
	}
	t, err := b.reader.Tally(ctx, b.span(h.weeks[first], b.Week, cx.Filter{Sites: b.Sites, Channels: b.Channels}))
	if err != nil {
		return err
	}
	var weeks []string
	for _, row := range t.Rows {
		i := slices.Index(h.weeks, row.Week)
		n := h.contacts[i]
		if n == nil || row.Conversations <= *n {
			continue
		}
		tagged := plural(row.Conversations, "conversation that was", "conversations that were") + " tagged"
		h.contacts[i], h.unused[i] = nil, fmt.Sprintf("%d, fewer than the %s", *n, tagged)
		if i == h.last() {
			b.noRate = fmt.Sprintf("Contacts are known as %d, which is fewer than the %s", *n, tagged)
		} else if i >= h.shown() {
			weeks = append(weeks, row.Week.String())
		}
	}
	if len(weeks) > 0 && b.noRate == "" && b.contactsNote == "" {
		b.contactsNote = "Contacts of " + list(weeks) + " are left out: they are fewer than the conversations that were tagged"
	}
	return nil
}

// fewerThanEvents reports whether a week's contacts are fewer than its events, of which
// a conversation has one at least.
func (h *history) fewerThanEvents(i int) bool {
	return h.contacts[i] != nil && *h.contacts[i] < h.placed[i]
}

// noRateOf says why two runs of weeks are not compared per contact, "" where contacts are
// known of none.
func (b *builder) noRateOf(runs ...[]int) string {
	if b.noRate != "" {
		return b.noRate
	}
	h := &b.history
	all, told := 0, 0
	for _, i := range slices.Concat(runs...) {
		all++
		switch why := h.unused[i]; {
		case why == notTold || len(b.told[h.weeks[i]]) == 0 && why == "":
			continue
		case why == toldElsewhere:
			return "Contacts are not of the same sites and channels in all weeks"
		case why != "":
			return fmt.Sprintf("Contacts of %s cannot be used: %s", h.weeks[i], why)
		}
		told++
	}
	if told == 0 {
		return ""
	}
	return fmt.Sprintf("Contacts are known of %d of %d weeks only", told, all)
}
