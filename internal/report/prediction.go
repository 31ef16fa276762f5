package report

import (
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// What is said of a prediction that is neither kept nor missed.
const (
	wordsNotOver  = "not over yet"
	wordsNarrowed = "only a report that is not narrowed can tell"
	wordsUnknown  = "nothing is known of that week"
	wordsUntold   = "cannot be told: "
)

// prediction compares what an action expected with what came: of all events, in a week
// in which desks were at work. None in a week of nobody is no promise kept.
func (b *builder) prediction(a cx.Action, code string) *Prediction {
	if a.Expect == nil {
		return nil
	}
	p := &Prediction{Expect: *a.Expect, By: a.By}
	i := slices.Index(b.history.weeks, a.By)
	switch {
	case !b.over(a.By):
		p.Words = wordsNotOver
	case b.narrowed():
		p.Words = wordsNarrowed
	case i < 0 || !b.history.known[i]:
		p.Words = wordsUnknown
	default:
		count := b.history.of(code)[i]
		p.Count = &count
		p.Kept, p.Words = b.around(a.Since, code, a.By).kept(count <= p.Expect, b.settings())
	}
	return p
}

// kept says whether a prediction came true. Few presses are not enough for that: the tag
// must have become rarer beside all others, and per contact where contacts are known, from
// when the action began until the week that was named.
func (a around) kept(few bool, s stats.Settings) (kept *bool, words string) {
	if !few {
		return new(false), "did not come true"
	}
	if a.first < minWeeks {
		return nil, wordsUntold + "too few weeks before it"
	}
	if len(a.weeks) == a.first {
		return nil, wordsUntold + "no complete week since"
	}
	h := a.since(s)
	switch told := h.told(); {
	case h.fell():
		return new(true), "came true"
	case h.alone:
		words = "there is no other tag to hold it against"
	case told.others.Verdict == stats.Less:
		words = "everybody pressed less"
	case told.share.Verdict == stats.Less:
		words = "it is not rarer per 100 contacts"
	default:
		words = "its share did not clearly change"
	}
	return nil, wordsUntold + words
}
