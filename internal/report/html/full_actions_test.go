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
		{report.Score{Kept: 1, Missed: 1, Untold: 3, Open: 1}, "1 of 2 predictions came true. 3 cannot be told. 1 cannot be checked yet."},
		{report.Score{Untold: 1}, "1 cannot be told."},
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
		Prediction: &report.Prediction{Expect: 125, By: cx.Week{Year: 2026, Number: 40}, Count: new(83), Kept: new(true), Words: "came true"},
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
	early.Before, early.Closed = nil, cx.Date{}
	row = newActionRow(early)
	if row.Measured != "" || row.When != "since 14 September 2026" {
		t.Errorf("an action that nobody can judge: %+v", row)
	}
	after := billing()
	after.Without = []cx.Week{{Year: 2026, Number: 35}, {Year: 2026, Number: 36}, {Year: 2026, Number: 38}}
	want := "6.3 per 100 contacts before (8 weeks), 4.1 since (1 week); left out, as not usual: 2026-W35 to 2026-W36, 2026-W38"
	if row := newActionRow(after); row.Measured != want {
		t.Errorf("measured %q, want %q", row.Measured, want)
	}
	after.Usual, after.UsualWeeks = new(4.02), 6
	want = "6.3 per 100 contacts before (8 weeks), 4.1 since (1 week); 4.0 usual before that (6 weeks)"
	if row := newActionRow(after); row.Measured != want {
		t.Errorf("after an incident: measured %q, want %q", row.Measured, want)
	}
}

// TestPredicted asks for the sign and the words of each end of a prediction: a week that
// is over with nobody at work is not one that is not over.
func TestPredicted(t *testing.T) {
	t.Parallel()
	by := cx.Week{Year: 2026, Number: 40}
	for _, tt := range []struct {
		prediction report.Prediction
		want       string
	}{
		{report.Prediction{Count: new(83), Kept: new(true), Words: "came true"}, "✓ predicted: at most 90 in 2026-W40; 83, came true"},
		{report.Prediction{Count: new(97), Kept: new(false), Words: "did not come true"}, "✗ predicted: at most 90 in 2026-W40; 97, did not come true"},
		{report.Prediction{Count: new(40), Words: "cannot be told: everybody pressed less"}, "○ predicted: at most 90 in 2026-W40; 40, cannot be told: everybody pressed less"},
		{report.Prediction{Words: "not over yet"}, "○ predicted: at most 90 in 2026-W40; not over yet"},
		{report.Prediction{Words: "nothing is known of that week"}, "○ predicted: at most 90 in 2026-W40; nothing is known of that week"},
	} {
		t.Run(tt.prediction.Words, func(t *testing.T) {
			tt.prediction.Expect, tt.prediction.By = 90, by
			a := billing()
			a.Prediction = &tt.prediction
			for _, section := range []string{"action", "actions"} {
				var page strings.Builder
				if err := Write(&page, report.Week{Actions: []report.Action{a}}, Options{Sections: []string{section}}); err != nil {
					t.Fatal(err)
				}
				if _, words, _ := strings.Cut(tt.want, "; "); !strings.Contains(page.String(), words) {
					t.Errorf("section %s does not say %q:\n%s", section, words, page.String())
				}
			}
			if p := newPredicted(tt.prediction); p.Sign+" "+p.Words != tt.want {
				t.Errorf("predicted %q, want %q", p.Sign+" "+p.Words, tt.want)
			}
		})
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
		{"fewer, as others may be", func(a *report.Action) { a.Worked = false }, "It comes up less since then, which may have other reasons."},
		{"fewer, as before the trouble", func(a *report.Action) { a.Usual = new(4.02) }, "since then in 4.1, where 4.0 are usual."},
		{"as all", func(a *report.Action) { a.Verdict.WithAll = true; a.Closed = cx.Date{} }, "No difference of its own yet: all buttons went the same way."},
		{"as all, closed", func(a *report.Action) { a.Verdict.WithAll = true }, "No difference of its own: all buttons went the same way."},
		{"share", func(a *report.Action) { a.Verdict.Code = report.SmallerShare }, "It is a smaller part of what you press since then."},
		{"more", func(a *report.Action) { a.Verdict.Code = report.More }, "It comes up more since then: not solved."},
		{"usual", func(a *report.Action) { a.Verdict.Code = report.Usual; a.Closed = cx.Date{} }, "No clear difference so far."},
		{"usual, closed", func(a *report.Action) { a.Verdict.Code = report.Usual }, "No clear difference."},
		{"early", func(a *report.Action) { a.Verdict.Code = report.Early; a.Closed = cx.Date{} }, "It is too early to tell whether it helps."},
		{"early, closed", func(a *report.Action) { a.Verdict.Code = report.Early }, "It was too short to tell whether it helped."},
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
			for _, want := range []string{tt.want, "62 times this week", "once this week", "A page that explains it", "A page that explains it", "14 September 2026"} {
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
