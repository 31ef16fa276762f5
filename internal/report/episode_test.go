package report_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// incident is a store in which one tag has had other weeks than the fourteen before them.
func incident(t *testing.T, weeks []int) desk {
	d := newDesk(t)
	n := 14 + len(weeks)
	d.add(t, plan{"bill": append(wobble(14, 100, 5), weeks...), "late": wobble(n, 200, 9), "how": wobble(n, 80, 4), "thanks": wobble(n, 60, 4)})
	return d
}

// An incident is one in its third week too, which is compared with the weeks before it
// began. After five it is what is usual.
func TestIncidentGoesOn(t *testing.T) {
	for name, test := range map[string]struct {
		weeks []int // of the incident, and after it
		want  string
		usual float64
	}{
		"first week":  {[]int{250}, "more than usual", 100},
		"second week": {[]int{250, 260}, "still more, since W46", 100},
		"third week":  {[]int{250, 260, 255}, "still more, since W45", 100},
		"fifth week":  {[]int{250, 260, 255, 250, 245}, "still more, since W43", 100},
		"over":        {[]int{250, 260, 255, 103}, "back to usual", 100},
		"long over":   {[]int{250, 260, 255, 103, 97, 104}, "within usual variation", 100},
		"one week":    {[]int{250, 103}, "back to usual", 100},
		"new level":   {[]int{250, 260, 255, 250, 245, 250}, "new level, since W42", 252},
		"for good":    {[]int{250, 260, 255, 250, 245, 250, 262, 250, 248, 253}, "within usual variation", 252.5},
	} {
		t.Run(name, func(t *testing.T) {
			got := find(t, incident(t, test.weeks).build(t, nil), "bill")
			if got.Verdict.Words != test.want || math.Abs(got.Baseline.Mean-test.usual) > 2 {
				t.Errorf("%q, usually %v; want %q, usually about %v", got.Verdict.Words, got.Baseline.Mean, test.want, test.usual)
			}
		})
	}
}

func TestIncidentInWords(t *testing.T) {
	for name, test := range map[string]struct {
		weeks []int
		want  []string
	}{
		"second week": {[]int{250, 260}, []string{"More presses in all (583, usually 440, since 2026-W46), most of it by the tags named here.", "Still more than usual: Bill not understood (260, usually 100, since 2026-W46)."}},
		"over":        {[]int{250, 260, 255, 103}, []string{"Back to usual: Bill not understood (103, usually 100)."}},
		"new level": {[]int{250, 260, 255, 250, 245, 250}, []string{
			"At a new level, which is now what is usual: Bill not understood (about 252 a week since 2026-W42).",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, incident(t, test.weeks).build(t, nil).Summary); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

// A tag that is gone is told as quiet, as still less, and then at its new level: it does not
// vanish from one week to the next.
func TestGoneForGood(t *testing.T) {
	for gone, want := range map[int]struct{ words, summary string }{
		4: {"gone quiet", "Gone quiet: thanks (last seen in 2026-W43)."},
		5: {"still less, since W43", "Still less than usual: thanks (0, usually 30, since 2026-W43)."},
		6: {"new level, since W42", "At a new level, which is now what is usual: thanks (none since 2026-W42)."},
		8: {"new level, since W40", "At a new level, which is now what is usual: thanks (none since 2026-W40)."},
	} {
		d := newDesk(t)
		d.add(t, plan{"thanks": append(wobble(14, 30, 2), flat(gone, 0)...), "bill": wobble(14+gone, 300, 15), "late": wobble(14+gone, 200, 9)})
		w := d.build(t, nil)
		if got := find(t, w, "thanks"); got.Verdict.Words != want.words || w.Summary[0] != want.summary {
			t.Errorf("%d weeks: %q, %q; want %q, %q", gone, got.Verdict.Words, w.Summary, want.words, want.summary)
		}
	}
}

// Weeks that are left out of a baseline are said.
func TestBaselineWithout(t *testing.T) {
	got := find(t, incident(t, []int{250, 260, 103, 98}).build(t, nil), "bill").Baseline
	want := []cx.Week{week47.Add(-3), week47.Add(-2)}
	if diff := cmp.Diff(want, got.Without); diff != "" || got.Weeks != 8 {
		t.Errorf("%d weeks, left out (-want +got):\n%s", got.Weeks, diff)
	}
}

// What a week's report said stays so, whatever came after it.
func TestVerdictStays(t *testing.T) {
	weeks := []int{250, 260, 255, 103, 240, 101, 98}
	d := incident(t, weeks)
	for _, back := range []int{1, 2, 3, 5} {
		then := incident(t, weeks[:len(weeks)-back])
		now, atTheTime := d.build(t, func(o *report.Options) { o.Week = week47.Add(-back) }), then.build(t, nil)
		if got, want := find(t, now, "bill").Verdict, find(t, atTheTime, "bill").Verdict; got.Code != want.Code {
			t.Errorf("%d weeks back: %q now, %q at the time", back, got.Words, want.Words)
		}
	}
}

// When everybody presses less for weeks, the first line says since when.
func TestFewerPressesForWeeks(t *testing.T) {
	d := newDesk(t)
	p := plan{}
	for tag, n := range map[string]int{"bill": 200, "late": 100, "how": 80, "thanks": 60} {
		p[tag] = append(wobble(11, n, n/14), n/2, n/2, n/2)
	}
	d.add(t, p)
	w := d.build(t, nil)
	want := []string{"Fewer presses in all: 220, where about 440 are usual, since 2026-W45. Fewer presses are not fewer problems: a tag is named here only where its share changed too."}
	if diff := cmp.Diff(want, w.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// When everybody has pressed less for so long that it is what is usual, that is one
// sentence with its caveat, and no tag is named.
func TestNewLevelOfAll(t *testing.T) {
	d := newDesk(t)
	p := plan{}
	for tag, n := range map[string]int{"bill": 200, "late": 100, "how": 80, "thanks": 60} {
		p[tag] = append(wobble(14, n, n/14), flat(6, n/2)...)
	}
	d.add(t, p)
	want := []string{"All presses are at a new level, which is now what is usual: about 220 a week since 2026-W42. Fewer presses are not fewer problems, and more are not more."}
	if diff := cmp.Diff(want, d.build(t, nil).Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// What all tags did is over for all of them: no tag is "back to usual" that no reader was
// told of. One that went its own way is.
func TestBackToUsualOfAll(t *testing.T) {
	for name, test := range map[string]struct {
		thanks []int // in the last two weeks
		want   []string
		words  string // of thanks
	}{
		"together": {[]int{30, 60}, []string{"As many presses as usual again (440, usually 440)."}, "within usual variation"},
		"one more": {[]int{5, 60}, []string{"As many presses as usual again (440, usually 440).", "Back to usual: thanks (60, usually 60)."}, "back to usual"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, plan{
				"bill": append(wobble(12, 200, 14), 100, 200), "late": append(wobble(12, 100, 7), 50, 100),
				"how": append(wobble(12, 80, 5), 40, 80), "thanks": append(wobble(12, 60, 4), test.thanks...),
			})
			w := d.build(t, nil)
			if diff := cmp.Diff(test.want, w.Summary); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
			for _, code := range []string{"bill", "late", "how"} {
				if v := find(t, w, code).Verdict; v.Words != "within usual variation" {
					t.Errorf("%s: %q, which no reader was told to be anything else", code, v.Words)
				}
			}
			if v := find(t, w, "thanks").Verdict; v.Words != test.words {
				t.Errorf("thanks: %q, want %q", v.Words, test.words)
			}
			if last := d.build(t, func(o *report.Options) { o.Week = week47.Add(-1) }); !last.Total.Everywhere {
				t.Errorf("the week before: %+v, want fewer presses of all", last.Summary)
			}
		})
	}
}
