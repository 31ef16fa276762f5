package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// phoneContacts tells the contacts of one channel in the last n weeks.
func (d desk) phoneContacts(t *testing.T, weeks, n int) {
	t.Helper()
	var all []cx.Contacts
	for i := range weeks {
		all = append(all, cx.Contacts{Week: week47.Add(-i), Channel: cx.ChannelPhone, Count: n})
	}
	if err := d.SetContacts(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

// strayed stores events of a week that say no channel.
func (d desk) strayed(t *testing.T, w cx.Week, n int) {
	t.Helper()
	for range n {
		stray := wednesday(w)
		stray[0].Event.Channel = ""
		d.put(t, stray)
	}
}

// Whoever begins to tell contacts loses no alarm: with contacts of a few weeks only, what
// is usual is by weeks, and the words say so.
func TestFewContacts(t *testing.T) {
	counts := []int{20, 18, 22, 19, 21, 20, 18, 22, 40}
	for name, test := range map[string]struct {
		weeks int // with contacts
		rates bool
		note  string
	}{
		"none":             {0, false, ""},
		"this week's":      {1, false, "Contacts are known of 0 of the 8 weeks before: compared by counts a week"},
		"and 2 before":     {3, false, "Contacts are known of 2 of the 8 weeks before: compared by counts a week"},
		"and half of them": {5, true, ""},
		"all":              {9, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{"bill": counts})
			d.phoneContacts(t, test.weeks, 400)
			w := d.build(t, nil)
			if v := find(t, w, "bill").Verdict; v.Code != report.More {
				t.Errorf("%q, want more than usual", v.Words)
			}
			if rates := w.Total.Baseline.Rate != nil; rates != test.rates || w.Total.ContactsNote != test.note {
				t.Errorf("by rates %t, %q; want %t, %q", rates, w.Total.ContactsNote, test.rates, test.note)
			}
			if (w.Total.Rate != nil) != (test.weeks > 0) {
				t.Errorf("rate %v, which this week's contacts give alone", w.Total.Rate)
			}
			if limits := strings.Join(w.Limits, " "); !strings.Contains(limits, test.note) {
				t.Errorf("limits %q, want %q", limits, test.note)
			}
		})
	}
}

// Contacts of an incident's weeks alone do not make it what is usual.
func TestContactsOfIncident(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(9, 20, 2), 41, 40, 42, 40), "late": wobble(13, 60, 4)})
	d.phoneContacts(t, 5, 1000)
	w := d.build(t, nil)
	if v := find(t, w, "bill").Verdict; v.Words != "still more, since W44" || w.Total.Baseline.Rate != nil {
		t.Errorf("%q, by rates %t; want it still more, by counts", v.Words, w.Total.Baseline.Rate != nil)
	}
}

// One press without a channel takes no rate away, whichever week it is of; more of them do,
// and the week that is left out for it is named.
func TestStrayPresses(t *testing.T) {
	for name, test := range map[string]struct {
		back, n int
		rate    bool
		without []cx.Week
		note    string
		noRate  string
	}{
		"one this week":   {0, 1, true, nil, "1 of 101 events is of no channel with contacts", ""},
		"five this week":  {0, 5, true, nil, "5 of 105 events are of no channel with contacts", ""},
		"many this week":  {0, 6, false, nil, "", "Contacts are known of phone only, and 6 of 106 events are not of there"},
		"one in between":  {2, 1, true, nil, "", ""},
		"many in between": {2, 9, true, []cx.Week{week47.Add(-2)}, "Left out for their contacts: 2026-W45 (9 of 109 events are of no channel with contacts)", ""},
		"many long ago":   {10, 9, true, nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{"bill": flat(13, 100)})
			d.phoneContacts(t, 13, 1000)
			d.strayed(t, week47.Add(-test.back), test.n)
			total := d.build(t, nil).Total
			if (total.Rate != nil) != test.rate || total.ContactsNote != test.note || total.NoRate != test.noRate {
				t.Errorf("rate %v, %q, %q; want %t, %q, %q", total.Rate, total.ContactsNote, total.NoRate, test.rate, test.note, test.noRate)
			}
			if diff := cmp.Diff(test.without, total.Baseline.WithoutContacts); diff != "" || total.Baseline.Weeks != 8 {
				t.Errorf("%d weeks, left out (-want +got):\n%s", total.Baseline.Weeks, diff)
			}
		})
	}
}

// Who has verdicts speak of less has less tolerated; who has them speak of more has not.
func TestStrayPressesByMinChange(t *testing.T) {
	for least, want := range map[float64]bool{0.03: false, 0.06: true, 0.9: true} {
		d := newDesk(t)
		d.add(t, plan{"bill": flat(13, 98)})
		d.phoneContacts(t, 13, 1000)
		d.strayed(t, week47, 2)
		if got := d.build(t, func(o *report.Options) { o.MinChange = least }).Total.Rate != nil; got != want {
			t.Errorf("2 of 100, least change %v: rate %t, want %t", least, got, want)
		}
	}
	d := newDesk(t)
	d.add(t, plan{"bill": flat(13, 90)})
	d.phoneContacts(t, 13, 1000)
	d.strayed(t, week47, 10)
	if d.build(t, func(o *report.Options) { o.MinChange = 0.9 }).Total.Rate != nil {
		t.Error("10 of 100 events without contacts, and there is a rate")
	}
}

// Weeks whose contacts nobody told are named where older ones stand in for them.
func TestContactsWithGap(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": flat(13, 100)})
	d.phoneContacts(t, 13, 1000)
	if err := d.RemoveContacts(t.Context(), []cx.ContactsKey{{Week: week47.Add(-3), Channel: cx.ChannelPhone}}); err != nil {
		t.Fatal(err)
	}
	if got, want := d.build(t, nil).Total.ContactsNote, "Left out for their contacts: 2026-W44 (not known)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What was told is a fact of the week, whether or not it makes a rate.
func TestFrozenContactsAreThoseTold(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": flat(13, 100)})
	d.phoneContacts(t, 13, 1000)
	d.freeze(t, d.build(t, nil))
	d.strayed(t, week47, 20)
	w := d.build(t, nil)
	if w.Total.Contacts != nil || w.Total.ContactsTold == nil || *w.Total.ContactsTold != 1000 {
		t.Fatalf("contacts %v, told %v; want 1000 told and none used", w.Total.Contacts, w.Total.ContactsTold)
	}
	moved := report.MoveWords(w.Header.Frozen.Moved)
	if strings.Contains(moved, "contacts") || !strings.Contains(moved, "events 100 → 120") {
		t.Errorf("moved %q, want the events alone", moved)
	}
}
