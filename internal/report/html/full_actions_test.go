package html

import (
	"strings"
	"testing"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

func TestScore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		score report.Score
		want  string
	}{
		{report.Score{}, ""},
		{report.Score{Kept: 3, Missed: 1}, "3 of 4 predictions came true."},
		{report.Score{Missed: 1}, "The one prediction that could be checked did not come true."},
		{report.Score{Kept: 1, Open: 2}, "The one prediction that could be checked came true. 2 cannot be checked yet."},
		{report.Score{Open: 1}, "1 cannot be checked yet."},
	} {
		t.Run(tt.want, func(t *testing.T) {
			if got := score(tt.score); got != tt.want {
				t.Errorf("score(%+v) = %q, want %q", tt.score, got, tt.want)
			}
		})
	}
}

// billing is an action after which there is less, as contacts tell.
func billing() report.Action {
	return report.Action{
		Tag: "bill", TagName: "Bill not understood", Owner: "Billing", What: "A page that explains it",
		Since: cx.Date{Year: 2026, Month: 9, Day: 14}, Closed: cx.Date{Year: 2026, Month: 10, Day: 12},
		Before: new(6.33), After: new(4.09), PerContacts: true, BeforeWeeks: 8, AfterWeeks: 1,
		Verdict:    report.Verdict{Code: report.Less, Words: "fewer per 100 contacts"},
		Worked:     true,
		Prediction: &report.Prediction{Expect: 125, By: cx.Week{Year: 2026, Number: 40}, Count: new(83), Kept: new(true)},
	}
}

func TestActionRow(t *testing.T) {
	t.Parallel()
	row := newActionRow(billing())
	if want := "6.3 per 100 contacts before (8 weeks), 4.1 since (1 week)"; row.Measured != want {
		t.Errorf("measured %q, want %q", row.Measured, want)
	}
	if want := "14 September 2026 to 12 October 2026"; row.When != want {
		t.Errorf("when %q, want %q", row.When, want)
	}
	if want := "predicted: at most 125 in 2026-W40; 83, came true"; row.Predicted.Words != want {
		t.Errorf("predicted %q, want %q", row.Predicted.Words, want)
	}
	early := billing()
	early.Before, early.Prediction.Kept, early.Closed = nil, nil, cx.Date{}
	row = newActionRow(early)
	if row.Measured != "" || row.When != "since 14 September 2026" || !strings.HasSuffix(row.Predicted.Words, "which is not over") {
		t.Errorf("an action that nobody can judge: %+v %+v", row, row.Predicted)
	}
}

// jargon are words that have no place on the page for reps.
var jargon = []string{"ratio", "interval", "baseline", "95%", "95 %", "poisson", "contacts", "variation", "share", "verdict", " q ", "too early to say"}

func TestSaid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*report.Action)
		want   string
	}{
		{"fewer per 100", func(*report.Action) {}, "It comes up less: before in 6.3 of 100 conversations, since then in 4.1."},
		{"fewer, as others may be", func(a *report.Action) { a.Worked = false }, "It comes up less since then, but not clearly more so than the rest."},
		{"as all", func(a *report.Action) { a.Verdict.WithAll = true }, "No difference of its own yet: all buttons went the same way."},
		{"share", func(a *report.Action) { a.Verdict.Code = report.SmallerShare }, "It is a smaller part of what you press since then."},
		{"more", func(a *report.Action) { a.Verdict.Code = report.More }, "It comes up more since then: not solved."},
		{"usual", func(a *report.Action) { a.Verdict.Code = report.Usual }, "No clear difference so far."},
		{"early", func(a *report.Action) { a.Verdict.Code = report.Early }, "It is too early to tell whether it helps."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := billing()
			tt.change(&a)
			w := report.Week{
				Header:  report.Header{State: report.Complete},
				Total:   report.Total{Count: 62},
				Tags:    []report.Tag{{Code: "bill", Name: "Bill not understood", Count: 1}, {Code: "praise", Name: "Praise", Kind: cx.KindPraise, Count: 61}},
				Actions: []report.Action{a},
			}
			var page strings.Builder
			if err := Write(&page, w, Options{Sections: []string{"said"}}); err != nil {
				t.Fatal(err)
			}
			_, text, _ := strings.Cut(page.String(), `<section id="said"`)
			text, _, _ = strings.Cut(text, "</section>")
			for _, want := range []string{tt.want, "62 times this week", "once this week", "A page that explains it", "Billing, 14 September 2026"} {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not say %q:\n%s", want, text)
				}
			}
			for _, word := range jargon {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("the page for reps says %q:\n%s", word, text)
				}
			}
			if strings.Contains(text, "still to do") {
				t.Error("praise is something to do")
			}
		})
	}
}
