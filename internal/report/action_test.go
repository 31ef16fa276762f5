package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
		"as all tags":        {plan{"bill": halved, "late": halved}, since.Monday(), nil, "within usual variation", 8, 6},
		"as all, per 100":    {plan{"bill": halved, "late": halved}, since.Monday(), all(1000), "fewer, as all tags", 8, 6},
		"the only tag":       {plan{"bill": halved}, since.Monday(), all(1000), "fewer per 100 contacts; there is no other tag to hold it against", 8, 6},
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

// Predictions are held against the week that they name, also those of actions that are
// long closed.
func TestPredictions(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(flat(40, 20), 9)})
	add := func(since cx.Week, expect int, by cx.Week) string {
		a, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: since.Monday(), Expect: &expect, By: by})
		if err != nil {
			t.Fatal(err)
		}
		return a.ID
	}
	old := add(week47.Add(-36), 25, week47.Add(-34))
	if _, err := d.CloseAction(t.Context(), old, week47.Add(-30).Monday()); err != nil {
		t.Fatal(err)
	}
	add(week47.Add(-4), 10, week47.Add(-1))
	add(week47.Add(-4), 9, week47)
	add(week47.Add(-4), 10, week47.Add(1))
	add(week47.Add(1), 10, week47.Add(3)) // not begun as of week 47
	w := d.build(t, nil)
	if want := (report.Score{Kept: 2, Missed: 1, Open: 1}); w.Score != want {
		t.Errorf("score = %+v, want %+v", w.Score, want)
	}
	early := d.build(t, func(o *report.Options) { o.Week, o.Now = week47, week47.Monday().Add(2).Start(berlin) })
	if want := (report.Score{Kept: 1, Missed: 1, Open: 2}); early.Score != want {
		t.Errorf("score before the week is over = %+v, want %+v", early.Score, want)
	}
	var got []report.Prediction
	for _, a := range w.Actions {
		got = append(got, *a.Prediction)
	}
	want := []report.Prediction{
		{Expect: 10, By: week47.Add(-1), Count: new(20), Kept: new(false)},
		{Expect: 9, By: week47, Count: new(9), Kept: new(true)},
		{Expect: 10, By: week47.Add(1)},
	}
	byWeek := cmpopts.SortSlices(func(a, b report.Prediction) bool { return a.By.Before(b.By) })
	if diff := cmp.Diff(want, got, byWeek); diff != "" {
		t.Errorf("predictions of the actions that are shown (-want +got):\n%s", diff)
	}
}

// None in a week in which nobody was at work is no promise kept; nor is what one site
// has, where all were meant.
func TestPredictionOfUnknown(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(flat(10, 20), 0, 20, 20)})
	for _, by := range []cx.Week{week47.Add(-2), week47.Add(-1)} {
		_, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(-4).Monday(), Expect: new(30), By: by})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		filter cx.Filter
		want   report.Score
	}{
		"all":      {cx.Filter{}, report.Score{Kept: 1}},
		"its tag":  {cx.Filter{Tags: []string{"bill"}}, report.Score{Kept: 1}},
		"one site": {cx.Filter{Sites: []string{"Berlin"}}, report.Score{}},
		"channel":  {cx.Filter{Channels: []cx.Channel{cx.ChannelPhone}}, report.Score{}},
		"desk":     {cx.Filter{Desks: []string{"north"}}, report.Score{}},
	} {
		t.Run(name, func(t *testing.T) {
			w := d.build(t, func(o *report.Options) { o.Filter = test.filter })
			if w.Score != test.want || len(w.Actions) != 2 {
				t.Errorf("score %+v of %d actions, want %+v of 2", w.Score, len(w.Actions), test.want)
			}
			for _, a := range w.Actions {
				if p := a.Prediction; p.By == week47.Add(-2) && (p.Count != nil || p.Kept != nil) {
					t.Errorf("of a week of nobody: count %v, kept %v", *p.Count, *p.Kept)
				}
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
}
