package report_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// Fewer presses are not fewer problems: a prediction comes true where the tag became
// rarer beside the others, and per contact where those are known.
func TestPredictionCredit(t *testing.T) {
	const since = 5 // weeks
	halved := append(wobble(12, 100, 6), wobble(since, 50, 4)...)
	same := func(n int) []int { return wobble(12+since, n, n/16) }
	for name, test := range map[string]struct {
		plan     plan
		contacts []int // in all weeks before, and since
		want     string
	}{
		"halved":                      {plan{"bill": halved, "late": same(200), "how": same(80)}, nil, "came true"},
		"halved, with contacts":       {plan{"bill": halved, "late": same(200), "how": same(80)}, []int{2000, 2000}, "came true"},
		"everybody":                   {plan{"bill": halved, "late": halved, "how": halved}, nil, "cannot be told: everybody pressed less"},
		"everybody, with contacts":    {plan{"bill": halved, "late": halved, "how": halved}, []int{2000, 2000}, "cannot be told: everybody pressed less"},
		"half the contacts":           {plan{"bill": halved, "late": halved, "how": halved}, []int{2000, 1000}, "cannot be told: its share did not clearly change"},
		"half the contacts, not less": {plan{"bill": halved, "late": same(200), "how": same(80)}, []int{2000, 1000}, "cannot be told: it is not rarer per 100 contacts"},
		"as before":                   {plan{"bill": wobble(12+since, 58, 2), "late": same(200), "how": same(80)}, nil, "cannot be told: its share did not clearly change"},
		"alone":                       {plan{"bill": halved}, nil, "cannot be told: there is no other tag to hold it against"},
		"too many":                    {plan{"bill": same(100), "late": same(200), "how": same(80)}, nil, "did not come true"},
		"a young database":            {plan{"bill": halved[11:], "late": same(200)[11:], "how": same(80)[11:]}, nil, "cannot be told: too few weeks before it"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, test.plan)
			for i := range 12 + since {
				if test.contacts == nil {
					break
				}
				n := test.contacts[1]
				if i >= since {
					n = test.contacts[0]
				}
				if err := d.SetContacts(t.Context(), []cx.Contacts{{Week: week47.Add(-i), Count: n}}); err != nil {
					t.Fatal(err)
				}
			}
			_, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(1 - since).Monday(), Expect: new(60), By: week47})
			if err != nil {
				t.Fatal(err)
			}
			w := d.build(t, nil)
			p := w.Actions[0].Prediction
			want := map[string]report.Score{"came true": {Kept: 1}, "did not come true": {Missed: 1}}[test.want]
			if want == (report.Score{}) {
				want.Untold = 1
			}
			if p.Words != test.want || w.Score != want {
				t.Errorf("%q, score %+v; want %q, %+v", p.Words, w.Score, test.want, want)
			}
		})
	}
}

// Predictions are held against the week that they name, also those of actions that are
// long closed.
func TestPredictions(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": append(append(flat(4, 40), flat(33, 20)...), 10, 20, 11, 9), "late": flat(41, 200)})
	add := func(since cx.Week, expect int, by cx.Week) string {
		a, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: since.Monday(), Expect: &expect, By: by})
		if err != nil {
			t.Fatal(err)
		}
		return a.ID
	}
	old := add(week47.Add(-36), 25, week47.Add(-30))
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
		{Expect: 10, By: week47.Add(-1), Count: new(11), Kept: new(false), Words: "did not come true"},
		{Expect: 9, By: week47, Count: new(9), Kept: new(true), Words: "came true"},
		{Expect: 10, By: week47.Add(1), Words: "not over yet"},
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
	d.add(t, plan{"bill": append(flat(8, 60), 60, 60, 0, 20, 20), "late": append(flat(10, 200), 0, 200, 200)})
	for _, by := range []cx.Week{week47.Add(-2), week47.Add(-1)} {
		_, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Add(-2).Monday(), Expect: new(30), By: by})
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

// What began within the week that was named has no complete week to tell by.
func TestPredictionOfItsOwnWeek(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": wobble(12, 50, 4), "late": wobble(12, 200, 12)})
	if _, err := d.AddAction(t.Context(), cx.Action{Tag: "bill", Owner: "Kim", What: "new letter", Since: week47.Monday().Add(2), Expect: new(60), By: week47}); err != nil {
		t.Fatal(err)
	}
	if got, want := d.build(t, nil).Actions[0].Prediction.Words, "cannot be told: no complete week since"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
