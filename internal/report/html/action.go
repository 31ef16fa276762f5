package html

import (
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// actionView is the one action of the first page, and what nobody does anything about.
type actionView struct {
	Action *report.Action
	// Others is how many more actions are open.
	Others int
	Score  report.Score
	// Untaken are tags that became more, or are new, without an open action, and More is
	// how many of them there are beside these.
	Untaken []report.Tag
	More    int
}

// actionRunes is how much of what was done the first page tells.
const actionRunes = 280

// Shown is what was done, as far as the first page has room for it.
func (v actionView) Shown() string { return shortened(v.Action.What, actionRunes) }

// mostUntaken is how many of them are named.
const mostUntaken = 3

func pickAction(w report.Week) any {
	v := actionView{Action: mainAction(w), Score: w.Score, Untaken: untaken(w)}
	if n := len(v.Untaken) - mostUntaken; n > 0 {
		v.Untaken, v.More = v.Untaken[:mostUntaken], n
	}
	for i := range w.Actions {
		if a := &w.Actions[i]; a != v.Action && !closed(*a) {
			v.Others++
		}
	}
	return v
}

// mainAction returns the open action about a tag that changed, else the newest open
// one, else the newest; nil where there is none.
func mainAction(w report.Week) *report.Action {
	var best *report.Action
	worth := 0
	for i := range w.Actions {
		a, n := &w.Actions[i], 1
		if !closed(*a) {
			n = 2
			if slices.ContainsFunc(w.Tags, func(t report.Tag) bool { return t.Code == a.Tag && t.Verdict.Moved() }) {
				n = 3
			}
		}
		if n > worth {
			best, worth = a, n
		}
	}
	return best
}

// untaken returns the tags that grew, or are new, and that nobody does anything about.
// Praise needs no action.
func untaken(w report.Week) []report.Tag {
	var out []report.Tag
	for _, t := range w.Tags {
		grew := t.Verdict.Moved() && rank(t) == 0 && t.Kind != cx.KindPraise
		if grew && !slices.ContainsFunc(w.Actions, func(a report.Action) bool { return a.Tag == t.Code && !closed(a) }) {
			out = append(out, t)
		}
	}
	return out
}
