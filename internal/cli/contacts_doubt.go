package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"magicbutton/internal/cx"
)

// What is said of contacts that cannot be right. What contradicts what is known is
// refused; what is only unlikely is stored, and told.

// sitesExceed says in words which numbers contradict each other, nil for none.
func sitesExceed(excesses []cx.Excess) error {
	var errs []error
	for _, x := range excesses {
		of := x.Week.String()
		if x.Channel != "" {
			of += ", " + string(x.Channel)
		}
		errs = append(errs, fmt.Errorf("%s: the sites have %s together, and all sites only %d", of, plural(x.Sites, "contact"), x.All))
	}
	return errors.Join(errs...)
}

// mostDoubts is how many numbers are named that may be wrong.
const mostDoubts = 5

// doubtContacts says which numbers that were set look wrong beside the events, and which
// a report will not use. known is all of their weeks.
func (p place) doubtContacts(ctx context.Context, l ledger, set, known []cx.Contacts) {
	r, ok := l.(reader)
	if !ok || len(set) == 0 {
		return
	}
	var doubts []string
	for _, find := range []func(context.Context, reader, []cx.Contacts) ([]string, error){p.unknownSites, p.tooFew} {
		more, err := find(ctx, r, set)
		if err != nil { // they are stored, whatever can be said of them
			say(p.env.Stderr, "whether that is right beside the events could not be looked at: %v", err)
			return
		}
		doubts = append(doubts, more...)
	}
	for _, d := range doubts[:min(len(doubts), mostDoubts)] {
		say(p.env.Stderr, "%s", d)
	}
	if more := len(doubts) - mostDoubts; more > 0 {
		say(p.env.Stderr, "and %d more like these", more)
	}
	switch {
	case len(doubts) == 0:
	case len(set) > 1:
		sayHint(p.env.Stderr, "all was stored; magicbutton contacts list%s%s shows it", p.configFlag(), p.dbFlag())
	default:
		sayHint(p.env.Stderr, "it was stored; magicbutton contacts remove %s%s%s%s takes it away", set[0].Week, placeFlags(set[0]), p.configFlag(), p.dbFlag())
	}
	if weeks := cx.BesideTotal(known); len(weeks) > 0 {
		say(p.env.Stderr, "%s has a number of all sites and numbers of single ones: a report uses the first, with --site the others", weeks[0])
	}
}

// placeFlags are the flags that name what a number is of.
func placeFlags(c cx.Contacts) string {
	out := siteFlag(c.Site)
	if c.Channel != "" {
		out += " --channel " + string(c.Channel)
	}
	return out
}

// unknownSites names the sites that no event is of.
func (p place) unknownSites(ctx context.Context, r reader, set []cx.Contacts) ([]string, error) {
	var asked []string
	for _, c := range set {
		if c.Site != "" && c.Site != p.config.Desk.Site && !slices.Contains(asked, c.Site) {
			asked = append(asked, c.Site)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	t, err := r.Tally(ctx, cx.Query{By: []cx.Dimension{cx.BySite}})
	if err != nil || len(t.Rows) == 0 { // of no site is there one yet
		return nil, err
	}
	var known, doubts []string
	for _, row := range t.Rows {
		if site := row.Values[0]; site != "" && !slices.Contains(known, site) {
			known = append(known, site)
		}
	}
	for _, site := range asked {
		if slices.Contains(known, site) {
			continue
		}
		like := ""
		if near := cx.Nearest(site, known); near != "" {
			like = fmt.Sprintf(" (did you mean %q?)", near)
		}
		doubts = append(doubts, fmt.Sprintf("no event is of a site %q yet%s", site, like))
	}
	return doubts, nil
}

// tooFew names the numbers that are less than the conversations that were tagged.
func (p place) tooFew(ctx context.Context, r reader, set []cx.Contacts) ([]string, error) {
	first, last := set[0].Week, set[0].Week
	for _, c := range set {
		if c.Week.Before(first) {
			first = c.Week
		}
		if last.Before(c.Week) {
			last = c.Week
		}
	}
	zone := p.config.Desk.Zone
	from, _ := first.Span(zone)
	_, to := last.Span(zone)
	t, err := r.Tally(ctx, cx.Query{From: from, To: to, Zone: zone, By: []cx.Dimension{cx.BySite, cx.ByChannel}})
	if err != nil {
		return nil, err
	}
	var doubts []string
	for _, c := range cx.FewerThanTagged(set, t) {
		doubts = append(doubts, fmt.Sprintf("%s: %s, but %s %s tagged: one of the two is wrong",
			contactsOf(c.Contacts), plural(c.Count, "contact"), plural(c.Tagged, "conversation"), wasOrWere(c.Tagged)))
	}
	return doubts, nil
}

func wasOrWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
