package report

import (
	"context"
	"maps"
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
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
	// work in it, or where the report was narrowed by more than tags.
	Count *int `json:"count,omitempty"`
	// Kept is false where it was more than Expect. It is true where it was not, and the
	// tag is a smaller share of presses since the action, and less per 100 contacts where
	// those are known. Else it is nil: fewer presses are not fewer problems.
	Kept *bool `json:"kept,omitempty"`
	// Words say what came of it: "came true", "did not come true", "cannot be told:
	// everybody pressed less", "not over yet", "nothing is known of that week".
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

// judgeActions says what happened since each action, and whether it was expected.
func (b *builder) judgeActions() {
	old := b.Week.Add(-ActionWeeks).Monday()
	for _, a := range b.actions {
		out := b.action(a)
		b.score(out.Prediction)
		if a.Open() || !a.Closed.Before(old) {
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
	case b.Week.Before(p.By) || p.By == b.Week && !b.complete():
		s.Open++
	}
}

func (b *builder) action(a cx.Action) Action {
	tag := b.catalogue.Counted(a.Tag)
	out := Action{
		ID: a.ID, Tag: tag.Code, TagName: tag.Name(), Owner: a.Owner, What: a.What,
		Since: a.Since, Closed: a.Closed, Prediction: b.prediction(a, tag.Code),
	}
	b.judgeAction(&out)
	return out
}

// prediction compares what an action expected with what came: of all events, in a week
// in which desks were at work. None in a week of nobody is no promise kept.
func (b *builder) prediction(a cx.Action, code string) *Prediction {
	if a.Expect == nil {
		return nil
	}
	p := &Prediction{Expect: *a.Expect, By: a.By}
	i := slices.Index(b.history.weeks, a.By)
	narrowed := len(b.Stages)+len(b.Channels)+len(b.Desks)+len(b.Sites) > 0
	if i < 0 || !b.history.known[i] || narrowed {
		return p
	}
	count := b.history.of(code)[i]
	p.Count, p.Kept = &count, new(count <= p.Expect)
	return p
}

// judgeAction compares the complete weeks since an action, until it was closed, with
// those before it. The week in which it began is in neither, unless it began on its
// Monday.
func (b *builder) judgeAction(a *Action) {
	h := &b.history
	f := family{codes: slices.Sorted(maps.Keys(h.tags)), h: h, exposures: h.exposures()}
	tag, counted := slices.BinarySearch(f.codes, a.Tag)
	if !counted {
		f.codes = slices.Insert(f.codes, tag, a.Tag)
	}
	begin := a.Since.Week()
	first := 0
	for i, w := range h.weeks {
		closed := a.Closed != cx.Date{} && a.Closed.Before(w.Monday())
		if !h.known[i] || closed || w == begin && a.Since != begin.Monday() {
			continue
		}
		if w.Before(begin) {
			first++
		}
		f.weeks = append(f.weeks, i)
	}
	a.BeforeWeeks, a.AfterWeeks = min(first, baselineWeeks), len(f.weeks)-first
	if a.AfterWeeks < minWeeks || a.BeforeWeeks < minWeeks {
		a.Verdict = tooEarly(min(a.AfterWeeks, a.BeforeWeeks))
		return
	}
	counts := f.series(h.of(a.Tag)).Counts
	a.Before, a.After = mean(counts[first-a.BeforeWeeks:first]), mean(counts[first:])
	a.show(stats.Since(f.tags(), tag, first, b.settings()), f.withoutTag(counts, first, b.settings()), f)
}

// withoutTag is what happened to all other tags together.
func (f family) withoutTag(counts []int, first int, s stats.Settings) stats.Outcome {
	others := f.series(f.h.totals)
	for i, n := range counts {
		others.Counts[i] -= n
	}
	return stats.Since([]stats.Series{others}, 0, first, s)
}

// mean returns the mean of some counts, at least one.
func mean(counts []int) *float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return new(float64(sum) / float64(len(counts)))
}

// show takes over what came of an action. Without contacts nothing "worked": counts do
// not tell fewer problems from fewer presses.
func (a *Action) show(o, others stats.Outcome, f family) {
	a.ShareChange = changeOf(o.Share, a.AfterWeeks)
	if o.Rate.Verdict != stats.TooEarly && f.exposures != nil {
		a.PerContacts = true
		a.BeforeWeeks = o.Rate.Weeks
		a.Change = changeOf(o.Rate, a.AfterWeeks)
		a.Before = finite(100 * float64(o.Rate.BaseCount) / o.Rate.BaseExposure)
		a.After = finite(100 * float64(o.Rate.Count) / o.Rate.Exposure)
		a.Verdict, a.Worked = perContacts(o, others), o.Worked
		return
	}
	a.Verdict = byShare(o.Share)
}

// perContacts puts a rate into words: it is that of all tags only where the others moved
// too, which a share that did not clearly change does not show.
func perContacts(o, others stats.Outcome) Verdict {
	v := Verdict{Code: Usual, Words: wordsUsual}
	switch o.Rate.Verdict {
	case stats.Less:
		v = Verdict{Code: Less, Words: "fewer"}
	case stats.More:
		v = Verdict{Code: More, Words: "more"}
	default:
		return v
	}
	switch {
	case o.Share.Verdict == o.Rate.Verdict:
		v.Words += " per 100 contacts"
	case others.Rate.Verdict == o.Rate.Verdict:
		v.Words, v.WithAll = v.Words+", as all tags", true
	case o.Share.Verdict == stats.TooEarly || others.Rate.Count+others.Rate.BaseCount == 0:
		v.Words += " per 100 contacts; there is no other tag to hold it against"
	default:
		v.Words += " per 100 contacts; its share did not clearly change"
	}
	return v
}

func byShare(f stats.Finding) Verdict {
	switch f.Verdict {
	case stats.TooEarly:
		return tooEarly(f.Weeks)
	case stats.Less:
		return Verdict{Code: SmallerShare, Words: wordsSmaller + ofPresses}
	case stats.More:
		return Verdict{Code: LargerShare, Words: wordsLarger + ofPresses}
	}
	return Verdict{Code: Usual, Words: wordsUsual}
}
