package html

import (
	"fmt"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// actions is all that was done, and what happened since.
type actions struct {
	Score string
	Rows  []actionRow
}

type actionRow struct {
	report.Action
	When          string
	Before, After string
	Prediction    prediction
}

// prediction is how a prediction is shown.
type prediction struct{ Sign, Words, Came string }

func pickActions(w report.Week) any {
	a := actions{Score: score(w.Score)}
	for _, action := range w.Actions {
		a.Rows = append(a.Rows, newActionRow(action))
	}
	return a
}

// score says how many predictions came true, "" where there are none.
func score(s report.Score) string {
	out := ""
	switch decided := s.Kept + s.Missed; {
	case decided == 1 && s.Kept == 1:
		out = "The one prediction that could be checked came true."
	case decided == 1:
		out = "The one prediction that could be checked did not come true."
	case decided > 1:
		out = fmt.Sprintf("%d of %d predictions came true.", s.Kept, decided)
	}
	if s.Open > 0 {
		if out != "" {
			out += " "
		}
		out += fmt.Sprintf("%d cannot be checked yet.", s.Open)
	}
	return out
}

func newActionRow(a report.Action) actionRow {
	row := actionRow{Action: a, When: "since " + day(a.Since)}
	if a.Closed != (cx.Date{}) {
		row.When = day(a.Since) + " to " + day(a.Closed)
	}
	if a.Before != nil && a.After != nil {
		unit := "a week"
		if a.PerContacts {
			unit = "per 100"
		}
		row.Before = fmt.Sprintf("%s %s (%s)", decimal(*a.Before), unit, weeks(a.BeforeWeeks))
		row.After = fmt.Sprintf("%s (%s)", decimal(*a.After), weeks(a.AfterWeeks))
	}
	if p := a.Prediction; p != nil {
		row.Prediction = newPrediction(*p)
	}
	return row
}

func newPrediction(p report.Prediction) prediction {
	words := fmt.Sprintf("at most %s in %s", count(p.Expect), p.By)
	switch {
	case p.Kept == nil || p.Count == nil:
		return prediction{"○", words, "not over"}
	case *p.Kept:
		return prediction{"✓", words, count(*p.Count) + ", came true"}
	}
	return prediction{"✗", words, count(*p.Count) + ", did not"}
}

func weeks(n int) string {
	if n == 1 {
		return "1 week"
	}
	return fmt.Sprintf("%d weeks", n)
}
