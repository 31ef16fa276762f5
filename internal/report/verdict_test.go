package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

func TestVerdicts(t *testing.T) {
	steady := wobble(12, 100, 8) // of the other tags, so that the total says nothing
	for name, test := range map[string]struct {
		counts []int // of the tag, up to the week under test
		others []int
		want   string
		since  cx.Week
	}{
		"as ever":              {append(wobble(11, 20, 3), 22), steady, "within usual variation", cx.Week{}},
		"doubled":              {append(wobble(11, 20, 3), 44), steady, "more than usual", cx.Week{}},
		"halved":               {append(wobble(11, 40, 5), 14), steady, "less than usual", cx.Week{}},
		"creeping for 2 weeks": {append(wobble(10, 20, 3), 31, 31), steady, "more, two weeks long", cx.Week{}},
		"first seen":           {append(flat(11, 0), 1), steady, "first seen", cx.Week{}},
		"first seen in number": {append(flat(11, 0), 9), steady, "first seen", cx.Week{}},
		"returned":             {[]int{4, 5, 4, 5, 4, 5, 0, 0, 0, 0, 0, 3}, steady, "returned (5 weeks)", week47.Add(-6)},
		"rare, and here again": {[]int{1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, steady, "within usual variation", cx.Week{}},
		"gone quiet":           {[]int{4, 5, 4, 5, 4, 5, 4, 5, 0, 0, 0, 0}, steady, "gone quiet", week47.Add(-4)},
		"one week before":      {[]int{20, 30}, []int{100, 100}, "too early to say: 1 of 2 weeks", cx.Week{}},
		"none before":          {[]int{30}, []int{100}, "too early to say: 0 of 2 weeks", cx.Week{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{"bill": test.counts, "late": test.others})
			got := find(t, d.build(t, nil), "bill")
			if got.Verdict.Words != test.want || got.Verdict.Since != test.since {
				t.Errorf("%v: %q since %v, want %q since %v; change %+v", test.counts, got.Verdict.Words, got.Verdict.Since, test.want, test.since, got.Change)
			}
			if got.Count != test.counts[len(test.counts)-1] {
				t.Errorf("count = %d, want %d", got.Count, test.counts[len(test.counts)-1])
			}
			if n := len(test.counts); n > 1 && (got.Last == nil || *got.Last != test.counts[n-2]) {
				t.Errorf("last week %v, want %d", got.Last, test.counts[n-2])
			}
		})
	}
}

// A tag that was there longer ago than the series reach is no new one.
func TestReturnedAfterLong(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append([]int{2}, append(flat(39, 0), 3)...), "late": wobble(41, 50, 5)})
	got := find(t, d.build(t, nil), "bill").Verdict
	want := report.Verdict{Code: report.Returned, Words: "returned (39 weeks)", Since: week47.Add(-40)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
}

// From nothing to one there is no percentage.
func TestNoRatioToNothing(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(flat(9, 0), 1), "late": wobble(10, 50, 5)})
	got := find(t, d.build(t, nil), "bill")
	if got.Change != nil && (got.Change.Ratio != nil || got.Change.High != nil) {
		t.Errorf("change = %+v, want no ratio and no upper bound", got.Change)
	}
}

// When everybody presses half as often no tag has become rarer, and the first sentence
// says what happened.
func TestFewerPresses(t *testing.T) {
	d := newDesk(t)
	p := plan{
		"bill": append(wobble(11, 200, 14), 101), "late": append(wobble(11, 100, 9), 50),
		"how": append(wobble(11, 80, 8), 41), "thanks": append(wobble(11, 60, 7), 62),
	}
	d.add(t, p)
	w := d.build(t, nil)
	want := []string{
		"Fewer presses in all: 254, where about 440 are usual. Fewer presses are not fewer problems: a tag is named here only where its share changed too.",
		"A larger share of presses: thanks (62, usually 60).",
	}
	if diff := cmp.Diff(want, w.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	for _, code := range []string{"bill", "late", "how"} {
		if v := find(t, w, code).Verdict; v.Words != "less, as all tags" || !v.WithAll || v.Moved() {
			t.Errorf("%s: %+v, want less, as all tags", code, v)
		}
	}
}

// Twice the contacts and twice the presses is the same rate.
func TestContacts(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(11, 50, 6), 100), "late": append(wobble(11, 100, 9), 200)})
	var contacts []cx.Contacts
	for i := range 12 {
		n := 1000
		if i == 0 {
			n = 2000
		}
		contacts = append(contacts, cx.Contacts{Week: week47.Add(-i), Count: n})
	}
	if err := d.SetContacts(t.Context(), contacts); err != nil {
		t.Fatal(err)
	}
	w := d.build(t, nil)
	bill := find(t, w, "bill")
	if bill.Verdict.Code != report.Usual || bill.Rate == nil || *bill.Rate != 5 {
		t.Errorf("bill: %+v, rate %v, want within usual variation at 5 per 100", bill.Verdict, bill.Rate)
	}
	if bill.Baseline.Expected < 98 || bill.Baseline.Expected > 102 {
		t.Errorf("expected %v, want about 100: 50 a week at half the contacts", bill.Baseline.Expected)
	}
	if tagged := w.Total.Tagged; tagged == nil || *tagged != 0.15 {
		t.Errorf("tagged = %v, want 0.15", tagged)
	}
	if diff := cmp.Diff([]string{"Nothing beyond usual variation."}, w.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// Contacts of other sites or channels than this week's are not the same denominator.
func TestContactsOfOtherCoverage(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(6, 50, 6)})
	err := d.SetContacts(t.Context(), []cx.Contacts{
		{Week: week47, Channel: cx.ChannelPhone, Count: 500},
		{Week: week47, Channel: cx.ChannelChat, Count: 100},
		{Week: week47.Add(-1), Channel: cx.ChannelPhone, Count: 450}, // chat is missing
		{Week: week47.Add(-2), Count: 590},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []*int
	for _, c := range d.build(t, nil).Columns[report.SeriesWeeks-3:] {
		got = append(got, c.Contacts)
	}
	if diff := cmp.Diff([]*int{new(590), nil, new(600)}, got); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
}

func TestWeekThatIsNotOver(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(11, 20, 3), 2), "late": append(wobble(11, 100, 9), 10)})
	w := d.build(t, func(o *report.Options) {
		o.Week, o.Now = week47, nextWeek.Add(-5*24*time.Hour)
	})
	bill := find(t, w, "bill")
	if w.Header.State != report.SoFar || bill.Verdict.Code != report.Open {
		t.Errorf("state %q, verdict %+v; want so far", w.Header.State, bill.Verdict)
	}
	if bill.Last != nil || bill.Baseline != nil || bill.Change != nil || w.Total.Last != nil || w.Total.Baseline != nil || w.Total.Change != nil {
		t.Errorf("a week that is not over is compared: %+v", bill)
	}
}

// The week in which counting began on a Wednesday, and the week of the holidays, are no
// weeks to compare with.
func TestWeeksLeftOut(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": {50, 0, 52, 48, 55}})
	d.put(t, wednesday(week47.Add(-5)))
	w := d.build(t, nil)
	var known, used []string
	for _, c := range w.Columns {
		if c.Known {
			known = append(known, c.Week.String())
		}
		if c.Baseline {
			used = append(used, c.Week.String())
		}
	}
	if diff := cmp.Diff([]string{"2026-W43", "2026-W45", "2026-W46", "2026-W47"}, known); diff != "" {
		t.Errorf("known weeks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2026-W43", "2026-W45", "2026-W46"}, used); diff != "" {
		t.Errorf("weeks of the baseline (-want +got):\n%s", diff)
	}
	if b := w.Total.Baseline; b.Weeks != 3 || b.Count != 150 {
		t.Errorf("baseline = %+v, want 150 events in 3 weeks", b)
	}
}

// One tag that doubles moves the total too, which then says nothing of everybody.
func TestTotalMovedByOneTag(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(11, 30, 3), 75), "late": append(wobble(11, 80, 4), 79), "thanks": append(wobble(11, 20, 2), 22)})
	w := d.build(t, nil)
	if w.Total.Verdict.Code != report.More || w.Total.Everywhere {
		t.Errorf("total: %+v, everywhere %t; want more, and not everywhere", w.Total.Verdict, w.Total.Everywhere)
	}
	want := []string{"More presses in all (176, usually 130), most of it by the tags named here.", "More than usual: Bill not understood (75, usually 30)."}
	if diff := cmp.Diff(want, w.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// One tag is not all tags: of a report on it alone, as of a desk with one key, nobody can
// tell whether everybody presses more.
func TestOneTagIsNotEverybody(t *testing.T) {
	for name, p := range map[string]plan{
		"one key":          {"bill": append(wobble(11, 20, 2), 60)},
		"narrowed to it":   {"bill": append(wobble(11, 20, 2), 60), "late": append(wobble(11, 100, 8), 103)},
		"a few of another": {"bill": append(wobble(11, 20, 2), 60), "late": {0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0}},
		"others long gone": {"bill": append(wobble(31, 20, 2), 60), "late": append([]int{3, 2}, flat(30, 0)...)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, p)
			w := d.build(t, func(o *report.Options) {
				if name == "narrowed to it" {
					o.Tags = []string{"bill"}
				}
			})
			if v := find(t, w, "bill").Verdict; v.Words != "more than usual" || !v.Moved() || w.Total.Everywhere {
				t.Errorf("%+v, everywhere %t; want more than usual, of the tag", v, w.Total.Everywhere)
			}
			want := []string{"More than usual: Bill not understood (60, usually 20)."}
			if name == "a few of another" {
				want = slices.Insert(want, 0, "More presses in all (60, usually 20), most of it by the tags named here.")
			}
			if diff := cmp.Diff(want, w.Summary); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(8, 20, 2), 60, 60, 60)})
	c, err := d.compare(t, run(-10, -3), run(-2, 0))
	if err != nil {
		t.Fatal(err)
	}
	if v := c.Tags[0].Verdict; v.Words != "clearly more" || c.Everywhere {
		t.Errorf("compared: %+v, everywhere %t; want clearly more", v, c.Everywhere)
	}
}

// A tag that was there in a week that is compared with nothing is no new one: in the
// first, which was not whole, or in one that only an old action asks for.
func TestNotFirstSeen(t *testing.T) {
	for name, test := range map[string]struct {
		bill, late []int
		once       cx.Week // when bill was counted on a Wednesday
		action     bool
		want       string
		since      cx.Week
	}{
		"in the first week":      {append(flat(5, 0), 3), wobble(6, 50, 5), week47.Add(-6), false, "returned (5 weeks)", week47.Add(-6)},
		"in the first, just now": {[]int{0, 0, 4}, wobble(3, 50, 5), week47.Add(-3), false, "more than usual", cx.Week{}},
		"before what is shown":   {append(flat(28, 0), 3), wobble(40, 50, 5), week47.Add(-29), true, "returned (28 weeks)", week47.Add(-29)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{"bill": test.bill, "late": test.late})
			d.put(t, wednesday(test.once))
			if test.action {
				if _, err := d.AddAction(t.Context(), cx.Action{Tag: "late", Owner: "Kim", What: "new carrier", Since: week47.Add(-28).Monday()}); err != nil {
					t.Fatal(err)
				}
			}
			got := find(t, d.build(t, nil), "bill").Verdict
			if got.Words != test.want || got.Since != test.since {
				t.Errorf("%q since %v, want %q since %v", got.Words, got.Since, test.want, test.since)
			}
		})
	}
}

// A press or two may be a wrong key: no headline, and the table says when it was first seen.
func TestFirstSeenFew(t *testing.T) {
	for _, test := range []struct {
		n    int
		want string
	}{{1, "Nothing beyond usual variation."}, {2, "Nothing beyond usual variation."}, {3, "First seen: Bill not understood (3)."}} {
		d := newDesk(t)
		d.add(t, plan{"bill": append(flat(11, 0), test.n), "late": wobble(12, 100, 8)})
		w := d.build(t, nil)
		if v := find(t, w, "bill").Verdict; w.Summary[0] != test.want || v.Words != "first seen" || v.Moved() != (test.n > 2) {
			t.Errorf("%d presses: %q, %+v, moved %t; want %q", test.n, w.Summary, v, v.Moved(), test.want)
		}
	}
}

// Of a few presses nobody can tell by how much they changed.
func TestVague(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{
		"bill": append(flat(11, 0), 1), "how": {0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1},
		"late": wobble(12, 100, 8), "thanks": append(wobble(11, 20, 3), 0),
	})
	w := d.build(t, nil)
	for code, want := range map[string]bool{"bill": true, "how": true, "late": false, "thanks": false} {
		if c := find(t, w, code).Change; c.Vague != want {
			t.Errorf("%s: vague %t of %v to %v, want %t", code, c.Vague, c.Low, c.High, want)
		}
	}
}

// A report on some tags says of them what the whole report says.
func TestTagsBesideOthers(t *testing.T) {
	halved := func(n int) []int { return append(wobble(20, n, n/12), n/2) }
	for name, p := range map[string]plan{
		"an incident": {"bill": append(wobble(14, 100, 5), 250, 260, 120, 103, 98, 104), "late": wobble(20, 200, 9), "how": wobble(20, 80, 12), "thanks": wobble(20, 12, 4)},
		"everybody":   {"bill": halved(100), "late": halved(200), "how": halved(80), "thanks": append(wobble(20, 60, 4), 60)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, p)
			whole := d.build(t, nil)
			for _, only := range [][]string{{"bill"}, {"bill", "bill"}, {"thanks"}, {"bill", "how"}} {
				w := d.build(t, func(o *report.Options) { o.Tags = only })
				sum := 0
				for _, got := range w.Tags {
					want := find(t, whole, got.Code)
					want.Share, want.Cumulative = got.Share, got.Cumulative // of these tags
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s of %v (-whole +narrowed):\n%s", got.Code, only, diff)
					}
					sum += got.Count
				}
				if w.Total.Count != sum || w.Columns[len(w.Columns)-1].Count != sum {
					t.Errorf("%v: %d in all, want the %d of these tags", only, w.Total.Count, sum)
				}
				if all := strings.Contains(w.Summary[0], "Fewer presses of all tags"); all != (name == "everybody") || w.Total.Everywhere {
					t.Errorf("%v: %q, everywhere %t", only, w.Summary, w.Total.Everywhere)
				}
			}
		})
	}
}
