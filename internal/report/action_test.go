package report_test

import (
	"math"
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

func TestActions(t *testing.T) {
	const weeks = 16
	since := week47.Add(-5) // six weeks since, ten before
	halved := append(wobble(10, 100, 8), wobble(6, 50, 5)...)
	all := func(n int) []cx.Contacts {
		var out []cx.Contacts
		for i := range weeks {
			out = append(out, cx.Contacts{Week: week47.Add(-i), Count: n})
		}
		return out
	}
	for name, test := range map[string]struct {
		plan     plan
		since    cx.Date
		contacts []cx.Contacts
		want     string
		before   int
		after    int
	}{
		"half of it":         {plan{"bill": halved, "late": wobble(weeks, 200, 12)}, since.Monday(), nil, "a smaller share of presses", 8, 6},
		"per 100 contacts":   {plan{"bill": halved, "late": wobble(weeks, 200, 12)}, since.Monday(), all(1000), "fewer per 100 contacts", 8, 6},
		"as all tags":        {plan{"bill": halved, "late": halved}, since.Monday(), nil, "fewer, as all tags", 8, 6},
		"as all, per 100":    {plan{"bill": halved, "late": halved}, since.Monday(), all(1000), "fewer, as all tags", 8, 6},
		"the only tag":       {plan{"bill": halved}, since.Monday(), all(1000), "fewer per 100 contacts; there is no other tag to hold it against", 8, 6},
		"the only, no rates": {plan{"bill": halved}, since.Monday(), nil, "fewer presses; there is no other tag to hold it against", 8, 6},
		"others too few":     {plan{"bill": halved, "late": {0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1}}, since.Monday(), all(1000), "fewer per 100 contacts; its share did not clearly change", 8, 6},
		"no change":          {plan{"bill": wobble(weeks, 100, 8), "late": wobble(weeks, 200, 12)}, since.Monday(), nil, "within usual variation", 8, 6},
		"began on Wednesday": {plan{"bill": halved, "late": wobble(weeks, 200, 12)}, since.Monday().Add(2), nil, "a smaller share of presses", 8, 5},
		"last week":          {plan{"bill": halved, "late": wobble(weeks, 200, 12)}, week47.Monday(), nil, "too early to say: 1 of 2 weeks", 8, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, test.plan)
			if test.contacts != nil {
				if err := d.SetContacts(t.Context(), test.contacts); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: test.since}); err != nil {
				t.Fatal(err)
			}
			w := d.build(t, nil)
			if len(w.Actions) != 1 {
				t.Fatalf("%d actions, want 1", len(w.Actions))
			}
			a := w.Actions[0]
			if a.Verdict.Words != test.want || a.BeforeWeeks != test.before || a.AfterWeeks != test.after {
				t.Errorf("%q after %d and %d weeks, want %q after %d and %d; %+v", a.Verdict.Words, a.BeforeWeeks, a.AfterWeeks, test.want, test.before, test.after, a.ShareChange)
			}
		})
	}
}

// An action is compared with eight weeks before it, however long ago it began.
func TestActionLongAgo(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(40, 100, 8), wobble(40, 50, 5)...), "late": wobble(80, 200, 12)})
	if _, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(-39).Monday(), Expect: new(60), By: week47.Add(-39)}); err != nil {
		t.Fatal(err)
	}
	a := d.build(t, nil).Actions[0]
	if a.BeforeWeeks != 8 || a.AfterWeeks != 40 || a.Prediction.Count == nil {
		t.Errorf("%d weeks before, %d after, prediction %+v; want 8, 40 and a count", a.BeforeWeeks, a.AfterWeeks, a.Prediction)
	}
}

// The weeks after an action was closed are not its own, and what was closed later was
// open in the reported week.
func TestClosedAction(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(wobble(12, 100, 8), 50, 50, 50, 400, 400), "late": wobble(17, 200, 12)})
	a, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(-4).Monday()})
	if err != nil {
		t.Fatal(err)
	}
	closed := week47.Add(-2).Monday().Add(4)
	if _, err := d.CloseAction(t.Context(), a.ID, closed); err != nil {
		t.Fatal(err)
	}
	got := d.build(t, nil).Actions[0]
	if got.AfterWeeks != 3 || *got.After != 50 || got.Verdict.Code != report.SmallerShare || got.Closed != closed {
		t.Errorf("%d weeks after, %v a week, %+v, closed %v; want 3 of 50, a smaller share, %v", got.AfterWeeks, *got.After, got.Verdict, got.Closed, closed)
	}
	before := d.build(t, func(o *report.Options) { o.Week = week47.Add(-3) }).Actions[0]
	if before.Closed != (cx.Date{}) || before.AfterWeeks != 2 {
		t.Errorf("in the week before: closed %v, %d weeks after; want open, 2", before.Closed, before.AfterWeeks)
	}
	if w := d.build(t, func(o *report.Options) { o.Week = closed.Week().Add(1) }); w.Actions[0].AfterWeeks != 3 {
		t.Errorf("%d weeks after in the week after it was closed, want 3", w.Actions[0].AfterWeeks)
	}
}

// What was closed before its second week was over will never be told more of.
func TestActionClosedSoon(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(12, 100, 8), "late": wobble(12, 200, 12)})
	a, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(-3).Monday()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.CloseAction(t.Context(), a.ID, week47.Add(-3).Monday().Add(2)); err != nil {
		t.Fatal(err)
	}
	if got, want := d.build(t, nil).Actions[0].Verdict.Words, "too short to tell: 1 of 2 weeks"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// An action in an incident is held against it, and what was usual stands beside: the
// weeks of the incident never were.
func TestActionInIncident(t *testing.T) {
	for name, test := range map[string]struct {
		weeks  []int // of the incident, and since
		since  int
		want   string
		before float64
		usual  float64 // 0 is not said
		worked bool    // with contacts
	}{
		"ended it":        {[]int{300, 310, 290, 102, 98, 101, 97}, -3, "back to usual", 300, 100, true},
		"a part of it":    {[]int{300, 310, 290, 151, 149, 152, 150}, -3, "still more than usual", 300, 100, true},
		"did not end it":  {[]int{300, 310, 305, 295}, -1, "more", 100, 0, false},
		"later":           {[]int{300, 310, 290, 102, 98, 101, 97}, -2, "within usual variation", 100, 0, false},
		"later, and less": {[]int{300, 310, 290, 102, 51, 49, 50}, -2, "fewer", 100, 0, true},
	} {
		d := newDesk(t)
		n := 14 + len(test.weeks)
		d.add(t, plan{"bill": append(wobble(14, 100, 5), test.weeks...), "late": wobble(n, 120, 6), "how": wobble(n, 80, 4)})
		if _, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(test.since).Monday()}); err != nil {
			t.Fatal(err)
		}
		t.Run(name+", no contacts", func(t *testing.T) {
			share := strings.NewReplacer("fewer", "a smaller share", "more", "a larger share")
			want := test.want
			if !strings.Contains(want, "usual") {
				want = share.Replace(want)
			}
			checkAction(t, d.build(t, nil).Actions[0], want, test.before, test.usual, false)
		})
		var contacts []cx.Contacts
		for i := range n + 1 {
			contacts = append(contacts, cx.Contacts{Week: week47.Add(-i), Count: 1000})
		}
		if err := d.SetContacts(t.Context(), contacts); err != nil {
			t.Fatal(err)
		}
		t.Run(name+", with contacts", func(t *testing.T) {
			checkAction(t, d.build(t, nil).Actions[0], test.want, test.before/10, test.usual/10, test.worked)
		})
	}
}

// What is told is of one comparison: a tag that is less than usual, and beside the others too,
// is not told by an incident that ended for everybody.
func TestActionAfterIncidentOfAll(t *testing.T) {
	d := newDesk(t)
	incident := func(n int, since ...int) []int {
		return append(append(wobble(12, n, n/20), 3*n, 3*n, 3*n), since...)
	}
	d.add(t, plan{"bill": incident(100, 51, 49, 50, 50), "late": incident(120, 121, 119, 120, 118), "how": incident(80, 81, 79, 80, 80)})
	for i := range 20 {
		if err := d.SetContacts(t.Context(), []cx.Contacts{{Week: week47.Add(-i), Count: 2000}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(-3).Monday(), Expect: new(60), By: week47}); err != nil {
		t.Fatal(err)
	}
	a := d.build(t, nil).Actions[0]
	if a.Verdict.Words != "fewer per 100 contacts" || a.Verdict.WithAll || !a.Worked || a.Usual != nil || math.Abs(*a.Before-5) > 0.1 || a.Prediction.Words != "came true" {
		t.Errorf("%+v, worked %t, before %v, usually %v, %q; want fewer of its own than usual, all through", a.Verdict, a.Worked, *a.Before, a.Usual, a.Prediction.Words)
	}
	if want := "It comes up less: before in 5.0 of 100 conversations, since then in 2.5."; a.Came() != want {
		t.Errorf("%q, want %q", a.Came(), want)
	}
}

// checkAction holds an action in or after an incident against what is wanted of it.
func checkAction(t *testing.T, a report.Action, words string, before, usual float64, worked bool) {
	t.Helper()
	gotUsual := 0.0
	if a.Usual != nil {
		gotUsual = *a.Usual
	}
	if !strings.Contains(a.Verdict.Words, words) || math.Abs(*a.Before-before) > 0.03*before || math.Abs(gotUsual-usual) > 0.03*usual || a.Worked != worked {
		t.Errorf("%q, %v before, usually %v, worked %t; want %q, %v, %v, %t", a.Verdict.Words, *a.Before, gotUsual, a.Worked, words, before, usual, worked)
	}
	if len(a.Without) < 2 {
		t.Errorf("%v are left out of what was usual, want the incident", a.Without)
	}
	for _, w := range a.Without {
		if w.Before(week47.Add(-6)) || !w.Before(a.Since.Week()) {
			t.Errorf("%v is left out, which is no week of the incident", w)
		}
	}
}
