package report

import (
	"context"
	"fmt"
	"slices"

	"magicbutton/internal/cx"
)

// Action is something that was done about a tag, and what happened since.
type Action struct {
	ID      string `json:"id"`
	Tag     string `json:"tag"`
	TagName string `json:"tag_name"`
	Owner   string `json:"owner"`
	What    string `json:"what"`
	// Since is the first day on which it could work, Closed the last, zero for open.
	Since  cx.Date `json:"since"`
	Closed cx.Date `json:"closed,omitzero"`
	// Before and After are events a week, or per 100 contacts where those are known,
	// in the complete weeks before and since; nil where there are too few. Where the tag
	// had been more than usual for weeks when the action began, and is less since, Before is
	// that of those weeks; else weeks that were not usual are left out of it.
	Before *float64 `json:"before,omitempty"`
	After  *float64 `json:"after,omitempty"`
	// PerContacts says that they are per 100 contacts.
	PerContacts bool `json:"per_contacts,omitempty"`
	// BeforeWeeks and AfterWeeks are how many weeks they are of.
	BeforeWeeks int `json:"before_weeks"`
	AfterWeeks  int `json:"after_weeks"`
	// Usual is what was usual before those weeks, in UsualWeeks complete ones; nil where
	// Before is that already.
	Usual      *float64 `json:"usual,omitempty"`
	UsualWeeks int      `json:"usual_weeks,omitempty"`
	// Without are the weeks that were not usual and are left out of what was.
	Without []cx.Week `json:"without,omitempty"`
	Change  *Change   `json:"change,omitempty"`
	// ShareChange is the change of the tag's share of all events.
	ShareChange *Change `json:"share_change,omitempty"`
	Verdict     Verdict `json:"verdict"`
	// Worked says that the tag fell per 100 contacts, and as a share too: a fall that all
	// tags had is no merit of the action.
	Worked     bool        `json:"worked,omitempty"`
	Prediction *Prediction `json:"prediction,omitempty"`
}

// Prediction is how many events an action expected.
type Prediction struct {
	Expect int     `json:"expect"`
	By     cx.Week `json:"by"`
	// Count is the tag's count in that week, nil until it is over, where nobody was at
	// work in it, or where the report was narrowed by more than tags, or to a tag that
	// was merged into another.
	Count *int `json:"count,omitempty"`
	// Kept is false where it was more than Expect. It is true where it was not, and the
	// tag is a smaller share of presses since the action, and less per 100 contacts where
	// those are known. Else it is nil: fewer presses are not fewer problems.
	Kept *bool `json:"kept,omitempty"`
	// Words say what came of it: "came true", "did not come true", "cannot be told:
	// everybody pressed less", "not over yet", "nothing is known of that week", "only a
	// report that is not narrowed can tell".
	Words string `json:"words"`
}

// Score counts the predictions of all actions ever, but those whose week is over without
// a Count.
type Score struct {
	Kept   int `json:"kept"`
	Missed int `json:"missed"`
	// Untold are those of which a Count is known, and not what it says.
	Untold int `json:"untold"`
	Open   int `json:"open"`
}

// readActions reads what was done, as far as it was done by the end of the week.
func (b *builder) readActions(ctx context.Context) error {
	if b.Brief {
		return nil
	}
	all, err := b.reader.Actions(ctx)
	if err != nil {
		return err
	}
	sunday := b.week.Header.Last
	for _, a := range all {
		if sunday.Before(a.Since) || len(b.Tags) > 0 && !slices.Contains(b.Tags, b.catalogue.Counted(a.Tag).Code) {
			continue
		}
		if sunday.Before(a.Closed) {
			a.Closed = cx.Date{} // it was open then
		}
		b.actions = append(b.actions, a)
	}
	slices.SortFunc(b.actions, cx.CompareActions)
	return nil
}

// judgeActions says what happened since each action that is shown, and of all whether it
// was expected.
func (b *builder) judgeActions() {
	old := b.Week.Add(-ActionWeeks).Monday()
	for _, a := range b.actions {
		tag := b.catalogue.Counted(a.Tag)
		out := Action{
			ID: a.ID, Tag: tag.Code, TagName: tag.Name(), Owner: a.Owner, What: a.What,
			Since: a.Since, Closed: a.Closed, Prediction: b.prediction(a, tag.Code),
		}
		b.score(out.Prediction)
		if a.Open() || !a.Closed.Before(old) {
			b.judgeAction(&out)
			b.week.Actions = append(b.week.Actions, out)
		}
	}
}

// score counts a prediction. One whose week is over and nothing is known of is neither
// kept nor missed, and open no more.
func (b *builder) score(p *Prediction) {
	switch s := &b.week.Score; {
	case p == nil:
	case p.Kept != nil && *p.Kept:
		s.Kept++
	case p.Kept != nil:
		s.Missed++
	case p.Count != nil:
		s.Untold++
	case !b.over(p.By):
		s.Open++
	}
}

// over reports whether a week is over as of the one that is reported.
func (b *builder) over(w cx.Week) bool { return w.Before(b.Week) || w == b.Week && b.complete() }

// judgeAction compares the complete weeks since an action, until it was closed, with
// those before it.
func (b *builder) judgeAction(a *Action) {
	last := b.Week
	if !a.Open() {
		last = a.Closed.Week()
	}
	f := b.around(a.Since, a.Tag, last)
	a.BeforeWeeks, a.AfterWeeks = min(f.first, baselineWeeks), len(f.weeks)-f.first
	if n := min(a.AfterWeeks, a.BeforeWeeks); n < minWeeks {
		a.Verdict = tooEarly(n)
		if !a.Open() && a.AfterWeeks < minWeeks {
			a.Verdict.Words = fmt.Sprintf("too short to tell: %d of %d weeks", a.AfterWeeks, minWeeks)
		}
		return
	}
	a.show(f.since(b.settings()), f.family)
}

// Open reports whether nobody has closed it.
func (a Action) Open() bool { return a.Closed == cx.Date{} }

// show takes over what came of an action.
func (a *Action) show(h hindsight, f family) {
	told, per := h.told(), 1.0
	if h.perContacts {
		per = 100
	}
	if told.incident {
		a.Usual, a.UsualWeeks = new(per*float64(h.Rate.BaseCount)/h.Rate.BaseExposure), h.Rate.Weeks
	}
	rate := told.rate
	a.PerContacts, a.BeforeWeeks = h.perContacts, rate.Weeks
	a.Before, a.After = finite(per*float64(rate.BaseCount)/rate.BaseExposure), finite(per*float64(rate.Count)/rate.Exposure)
	for _, k := range h.Left {
		a.Without = append(a.Without, f.week(k))
	}
	a.ShareChange = changeOf(told.share, a.AfterWeeks)
	if h.perContacts {
		a.Change = changeOf(rate, a.AfterWeeks)
	}
	a.Verdict, a.Worked = h.verdict(), h.perContacts && h.fell()
}
