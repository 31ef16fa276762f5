package report_test

import (
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// A rate is of events and contacts at the same places: Hamburg's contacts say nothing of
// what was pressed in Berlin.
func TestContactsOfOtherPlaces(t *testing.T) {
	phone, chat := cx.ChannelPhone, cx.ChannelChat
	for name, test := range map[string]struct {
		contacts []cx.Contacts // of each week
		filter   cx.Filter
		rate     float64 // of 45 events in Berlin, all by phone; 0 is none
		why      string  // in the limits
	}{
		"the whole company":    {contacts: []cx.Contacts{{Count: 900}}, rate: 5},
		"this site":            {contacts: []cx.Contacts{{Site: "Berlin", Count: 900}}, rate: 5},
		"no event is from one": {contacts: []cx.Contacts{{Site: "Berlin", Count: 900}, {Site: "Hamburg", Count: 100}}, rate: 5, why: "100 contacts of Hamburg left out: no event is from there."},
		"a part of the total":  {contacts: []cx.Contacts{{Count: 900}, {Site: "Berlin", Count: 500}}, rate: 5, why: "Contacts are those of all sites; those of Berlin are taken for a part of them."},
		"more than the total":  {contacts: []cx.Contacts{{Count: 900}, {Site: "Berlin", Channel: phone, Count: 901}}, why: "Contacts of Berlin (901) are more than those of all sites (900): counts only, no rates."},
		"a channel's are part": {contacts: []cx.Contacts{{Channel: phone, Count: 900}, {Site: "Berlin", Count: 950}}, filter: cx.Filter{Channels: []cx.Channel{phone}}, rate: 5},
		"more than a channel":  {contacts: []cx.Contacts{{Channel: phone, Count: 900}, {Site: "Berlin", Channel: phone, Count: 901}}, why: "Contacts by phone of Berlin (901) are more than those of all sites (900): counts only"},
		"fewer than tagged":    {contacts: []cx.Contacts{{Count: 20}}, why: "Contacts are known as 20, which is fewer than the 45 conversations that were tagged: counts only, no rates."},
		"nobody was served":    {contacts: []cx.Contacts{{Count: 0}}, why: "Contacts are known as 0, which is fewer than"},
		"fewer, and a tag":     {contacts: []cx.Contacts{{Count: 80}}, filter: cx.Filter{Tags: []string{"bill"}}, rate: 56.25},
		"another site":         {contacts: []cx.Contacts{{Site: "Hamburg", Count: 20}}, why: "Contacts are known of Hamburg only, and 45 of 45 events are not of there: counts only, no rates."},
		"this channel":         {contacts: []cx.Contacts{{Channel: phone, Count: 900}}, rate: 5},
		"another channel":      {contacts: []cx.Contacts{{Channel: chat, Count: 20}}, why: "Contacts are known of chat only, and 45 of 45 events are not of there: counts only, no rates."},
		"another of this site": {contacts: []cx.Contacts{{Site: "Berlin", Channel: chat, Count: 20}}, why: "Contacts are known of Berlin (chat) only, and"},
		"narrowed to a site":   {contacts: []cx.Contacts{{Site: "Berlin", Count: 900}, {Site: "Hamburg", Count: 20}}, filter: cx.Filter{Sites: []string{"Berlin"}}, rate: 5},
		"narrowed to a tag":    {contacts: []cx.Contacts{{Site: "Hamburg", Count: 20}}, filter: cx.Filter{Tags: []string{"bill"}}, why: "Contacts are known of Hamburg only"},
		"narrowed too far":     {contacts: []cx.Contacts{{Count: 900}}, filter: cx.Filter{Sites: []string{"Berlin"}}, why: "not of just what this is narrowed to: counts only"},
		"narrowed to a desk":   {contacts: []cx.Contacts{{Count: 900}}, filter: cx.Filter{Desks: []string{"north"}}, why: "not of desks: counts only"},
		"nothing is known":     {why: "magicbutton contacts set tells."},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{"bill": flat(6, 45)})
			var all []cx.Contacts
			for i := range 6 {
				for _, c := range test.contacts {
					c.Week = week47.Add(-i)
					all = append(all, c)
				}
			}
			if err := d.SetContacts(t.Context(), all); err != nil {
				t.Fatal(err)
			}
			w := d.build(t, func(o *report.Options) { o.Filter = test.filter })
			got := 0.0
			if w.Total.Rate != nil {
				got = *w.Total.Rate
			}
			if got != test.rate || (test.rate == 0) != (w.Total.Contacts == nil) || test.rate == 0 && w.Total.Tagged != nil {
				t.Errorf("rate %v of %v contacts, tagged %v; want %v", got, w.Total.Contacts, w.Total.Tagged, test.rate)
			}
			if limits := strings.Join(w.Limits, "\n"); !strings.Contains(limits, test.why) {
				t.Errorf("limits %q, want %q", limits, test.why)
			}
		})
	}
}

// One is not "1 events".
func TestOneEventElsewhere(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(5, 50, 6), 1)})
	for _, test := range []struct {
		contacts cx.Contacts
		want     string
	}{
		{cx.Contacts{Site: "Hamburg", Count: 9}, "Contacts are known of Hamburg only, and 1 of 1 event is not of there"},
		{cx.Contacts{Count: 0}, "Contacts are known as 0, which is fewer than the 1 conversation that was tagged"},
	} {
		test.contacts.Week = week47
		if err := d.SetContacts(t.Context(), []cx.Contacts{test.contacts}); err != nil {
			t.Fatal(err)
		}
		if got := d.build(t, nil).Total.NoRate; got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
		if err := d.RemoveContacts(t.Context(), []cx.ContactsKey{test.contacts.Key()}); err != nil {
			t.Fatal(err)
		}
	}
}

// Events elsewhere take the contacts of their week, not those of others.
func TestContactsOfWeekWithOthers(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(6, 50, 6)})
	for range 3 {
		other := wednesday(week47.Add(-2))
		other[0].Event.Site = "Hamburg"
		d.put(t, other)
	}
	var all []cx.Contacts
	for i := range 6 {
		all = append(all, cx.Contacts{Week: week47.Add(-i), Site: "Berlin", Count: 900})
	}
	if err := d.SetContacts(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	w := d.build(t, nil)
	n := len(w.Columns)
	if w.Columns[n-3].Contacts != nil || w.Columns[n-2].Contacts == nil || w.Total.Rate == nil || w.Total.NoRate != "" {
		t.Errorf("contacts %v and %v, rate %v, %q; want none only of the week with an event in Hamburg", w.Columns[n-3].Contacts, w.Columns[n-2].Contacts, w.Total.Rate, w.Total.NoRate)
	}
}

// Contacts of a week before that cannot be are no baseline, and that is said.
func TestContactsTooFewBefore(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(6, 50, 6)})
	for i, n := range []int{900, 900, 40, 900, 900, 900} {
		if err := d.SetContacts(t.Context(), []cx.Contacts{{Week: week47.Add(-i), Count: n}}); err != nil {
			t.Fatal(err)
		}
	}
	w := d.build(t, nil)
	want := "Contacts of 2026-W45 are left out: they are fewer than the conversations that were tagged"
	if c := w.Columns[len(w.Columns)-3].Contacts; c != nil || w.Total.ContactsNote != want || w.Total.Rate == nil || w.Total.Baseline.Weeks != 4 || len(w.Total.Baseline.Without) > 0 {
		t.Errorf("contacts %v, %q, rate %v, %+v; want none, %q", c, w.Total.ContactsNote, w.Total.Rate, w.Total.Baseline, want)
	}
}
