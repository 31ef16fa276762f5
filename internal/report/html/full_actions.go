package html

import (
	"fmt"
	"strings"

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
	When string
	// Measured says how many there were before and since, "" where that is not known.
	Measured  string
	Predicted *predicted
}

// predicted is how a prediction is shown.
type predicted struct{ Sign, Words string }

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
		out = "The one prediction that could be checked came true. "
	case decided == 1:
		out = "The one prediction that could be checked did not come true. "
	case decided > 1:
		out = fmt.Sprintf("%d of %d predictions came true. ", s.Kept, decided)
	}
	if s.Untold > 0 {
		out += fmt.Sprintf("%d cannot be told. ", s.Untold)
	}
	if s.Open > 0 {
		out += fmt.Sprintf("%d cannot be checked yet.", s.Open)
	}
	return strings.TrimSpace(out)
}

func newActionRow(a report.Action) actionRow {
	row := actionRow{Action: a, When: "since " + day(a.Since)}
	if a.Closed != (cx.Date{}) {
		row.When = day(a.Since) + " to " + day(a.Closed)
	}
	if a.Before != nil && a.After != nil {
		unit := "a week"
		if a.PerContacts {
			unit = "per 100 contacts"
		}
		row.Measured = fmt.Sprintf("%s %s before (%s), %s since (%s)",
			decimal(*a.Before), unit, weeks(a.BeforeWeeks), decimal(*a.After), weeks(a.AfterWeeks))
		switch {
		case a.Usual != nil: // before are the weeks that were not usual
			row.Measured += fmt.Sprintf("; %s usual before that (%s)", decimal(*a.Usual), weeks(a.UsualWeeks))
		case a.Without != nil:
			row.Measured += "; left out, as not usual: " + weekList(a.Without)
		}
	}
	if p := a.Prediction; p != nil {
		row.Predicted = newPredicted(*p)
	}
	return row
}

func newPredicted(p report.Prediction) *predicted {
	out := &predicted{"○", fmt.Sprintf("predicted: at most %s in %s; ", count(p.Expect), p.By)}
	switch {
	case p.Kept != nil && *p.Kept:
		out.Sign = "✓"
	case p.Kept != nil:
		out.Sign = "✗"
	}
	if p.Count != nil {
		out.Words += count(*p.Count) + ", "
	}
	out.Words += p.Words
	return out
}

func weeks(n int) string { return count(n) + " " + plural(n, "week", "weeks") }
