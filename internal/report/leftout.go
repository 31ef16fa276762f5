package report

import (
	"fmt"
	"slices"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// weighed is a family by contacts only where these are known of enough of the weeks that
// counts alone would compare each of its series with: an incident whose weeks have contacts
// while those before it have none would else become what is usual.
func (f family) weighed(s stats.Settings) family {
	if f.exposures == nil || !f.lacksContacts() {
		return f
	}
	s.VerdictsOnly = true
	counted := f
	counted.exposures = nil
	for _, j := range stats.Judge(append(counted.tags(), counted.series(f.h.totals)), s) {
		have := 0
		for _, k := range j.Base {
			if f.exposures[f.weeks[k]] > 0 {
				have++
			}
		}
		if fewContacts(have, len(j.Base)) {
			return counted
		}
	}
	return f
}

// lacksContacts reports whether a week that a baseline may have in it has no contacts.
func (f family) lacksContacts() bool {
	const reach = baselineWeeks + episodeWeeks
	before := f.weeks[:len(f.weeks)-1]
	return slices.ContainsFunc(before[max(0, len(before)-reach):], func(i int) bool { return f.exposures[i] <= 0 })
}

// noteContacts says which weeks before are left out for their contacts, or that contacts
// are of too few of them.
func (b *builder) noteContacts(f family) {
	h, t := &b.history, &b.week.Total
	if t.Contacts == nil || t.Baseline == nil {
		return
	}
	var out []cx.Week
	if f.exposures != nil {
		out = t.Baseline.WithoutContacts
	} else {
		have, all := h.contactWeeks()
		b.addNote(fmt.Sprintf("Contacts are known of %d of the %s before: compared by counts a week", have, plural(all, "week", "weeks")))
		for i := h.last() - 1; i >= h.shown() && all > 0; i-- {
			if h.known[i] {
				all--
				if h.contacts[i] == nil && len(b.told[h.weeks[i]]) > 0 {
					out = append(out, h.weeks[i])
				}
			}
		}
		slices.Reverse(out)
	}
	out = slices.DeleteFunc(slices.Clone(out), func(w cx.Week) bool { return strings.Contains(b.contactsNote, w.String()) })
	if len(out) > 0 {
		b.addNote("Left out for their contacts: " + h.whyUnused(out))
	}
	t.ContactsNote = b.contactsNote
}

// whyUnused names weeks, the newest of many, and why their contacts are not used.
func (h *history) whyUnused(weeks []cx.Week) string {
	var parts []string
	for _, w := range slices.Backward(weeks) {
		if len(parts) == mostNamed {
			parts = append(parts, fmt.Sprintf("and %d more", len(weeks)-mostNamed))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", w, h.unused[slices.Index(h.weeks, w)]))
	}
	return strings.Join(parts, ", ")
}

// addNote adds a sentence, without its full stop, to what is to be known of the contacts.
func (b *builder) addNote(note string) {
	if b.contactsNote != "" {
		note = b.contactsNote + ". " + note
	}
	b.contactsNote = note
}
