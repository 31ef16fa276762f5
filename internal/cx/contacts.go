package cx

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// MaxContacts is the most conversations that anybody can have handled in a week:
// more is a typing error.
const MaxContacts = 10_000_000

// Contacts is how many conversations were handled in a week: the denominator of
// a rate. What is not known has no Contacts at all.
type Contacts struct {
	// Week is one of the years 2000 to 2100, never zero.
	Week Week `json:"week"`
	// Site is the name of a site, "" for all of them, or the only one.
	Site string `json:"site,omitempty"`
	// Channel is "" for all channels together.
	Channel Channel `json:"channel,omitempty"`
	// Count is 0 to [MaxContacts]; 0 says that nobody was served.
	Count int `json:"count"`
	// SetAt is when somebody said so, in UTC to the millisecond; a store sets it.
	SetAt time.Time `json:"set_at,omitzero"`
}

// ContactsKey says what a number of contacts is about: there is one of each.
type ContactsKey struct {
	Week    Week
	Site    string
	Channel Channel
}

// Key returns what the number is about.
func (c Contacts) Key() ContactsKey { return ContactsKey{c.Week, c.Site, c.Channel} }

// Check returns every reason why the contacts may not be stored, joined, or nil.
func (c Contacts) Check() error {
	_, badChannel := ParseChannel(string(c.Channel))
	errs := []error{CheckWeek("week", c.Week), CheckName("site", c.Site), badChannel}
	if c.Count < 0 || c.Count > MaxContacts {
		errs = append(errs, fmt.Errorf("%d contacts are not between 0 and %d", c.Count, MaxContacts))
	}
	return errors.Join(errs...)
}

// CompareContacts orders contacts by week, then site, then channel in the order
// of [Channels], all channels together first.
func CompareContacts(a, b Contacts) int {
	return cmp.Or(
		a.Week.compare(b.Week),
		cmp.Compare(a.Site, b.Site),
		cmp.Compare(slices.Index(channels, a.Channel), slices.Index(channels, b.Channel)),
	)
}

// CheckWeek says whether a typed week lies in the years 2000 to 2100; what names
// it in the error.
func CheckWeek(what string, w Week) error {
	switch {
	case w == Week{}:
		return fmt.Errorf("%s is missing", what)
	case w.Year < MinAt.Year() || w.Year >= MaxAt.Year():
		return fmt.Errorf("%s %s is outside the years 2000 to 2100", what, w)
	case w.Number < 1 || w.Number > WeeksIn(w.Year):
		return fmt.Errorf("%s %s: %d has weeks 1 to %d", what, w, w.Year, WeeksIn(w.Year))
	}
	return nil
}

func (w Week) compare(v Week) int {
	return cmp.Or(cmp.Compare(w.Year, v.Year), cmp.Compare(w.Number, v.Number))
}
