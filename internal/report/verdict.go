package report

import (
	"fmt"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// Verdict is what there is to say of a change.
type Verdict struct {
	Code Code `json:"code"`
	// Words are Code in words, with what belongs to it: "too early to say: 1 of 2
	// weeks".
	Words string `json:"words"`
	// Since is the week in which the tag was seen last before, for Returned and Quiet;
	// in which a change began that goes on, for More and Less; from which on all weeks
	// were like this one, after a change that lasted, for Usual.
	Since cx.Week `json:"since,omitzero"`
	// WithAll says that all tags together moved so too, and that this one's share of
	// them is what it was: it says nothing about this tag.
	WithAll bool `json:"with_all,omitempty"`
	// Few says that a tag is new, or back, with so few presses that a wrong key may be
	// all there is to it.
	Few bool `json:"few,omitempty"`
}

// Code names a verdict for programs.
type Code string

// The verdicts.
const (
	More      Code = "more"       // more than usual
	Less      Code = "less"       // less than usual
	Usual     Code = "usual"      // within usual variation
	Over      Code = "over"       // within usual variation, after weeks that were not
	FirstSeen Code = "first-seen" // never before
	Returned  Code = "returned"   // after four weeks or more without one
	Quiet     Code = "quiet"      // gone quiet: none, where there used to be some
	Early     Code = "early"      // too few weeks to compare with
	Open      Code = "open"       // the week is not over
	Silent    Code = "silent"     // no event of any tag in a whole week
	// A change of all events together says nothing about one tag: these two are of
	// the tag's share.
	LargerShare  Code = "larger-share"
	SmallerShare Code = "smaller-share"
)

// Moved reports whether there is something to tell: not what is usual, nor too early, nor
// what all tags did, nor a press or two of a new one.
func (v Verdict) Moved() bool {
	switch v.Code {
	case Usual, Early, Open, Silent, "":
		return false
	}
	return !v.WithAll && !v.Few
}

// The words of verdicts that have only one form.
const (
	wordsUsual   = "within usual variation"
	wordsSmaller = "a smaller share"
	wordsLarger  = "a larger share"
	ofPresses    = " of presses"
)

// verdictOf puts a judgement into words.
func (f family) verdictOf(j stats.Judgement) Verdict {
	if j.Verdict == stats.TooEarly {
		return tooEarly(j.Week.Weeks)
	}
	words := map[stats.Verdict]string{stats.More: "more", stats.Less: "less"}[j.Verdict]
	switch {
	case words != "":
		return f.moved(words, j)
	case len(j.Run) > 0: // it is over
		return Verdict{Code: Over, Words: "back to usual", Since: f.week(j.Run[0])}
	case j.Level > 0 && j.Week.Weeks < baselineWeeks:
		v := Verdict{Code: Usual, Since: f.week(j.Level)}
		v.Words = "new level, since " + short(v.Since)
		return v
	}
	return Verdict{Code: Usual, Words: wordsUsual}
}

// moved is the verdict on a change, which may have begun before.
func (f family) moved(words string, j stats.Judgement) Verdict {
	v := Verdict{Code: Code(words), Words: words + " than usual"}
	switch {
	case j.Week.Verdict != j.Verdict:
		v.Words = words + ", two weeks long"
	case j.Still:
		v.Since = f.week(j.Run[0])
		v.Words = fmt.Sprintf("still %s, since %s", words, short(v.Since))
	}
	return v
}

// week is the week of an index of the family's series.
func (f family) week(k int) cx.Week { return f.h.weeks[f.weeks[k]] }

// short is a week without its year, where nobody doubts that.
func short(w cx.Week) string { return fmt.Sprintf("W%02d", w.Number) }

func tooEarly(weeks int) Verdict {
	return Verdict{Code: Early, Words: fmt.Sprintf("too early to say: %d of %d weeks", weeks, minWeeks)}
}

// unjudged is the verdict on a week that cannot be compared.
func (b *builder) unjudged() Verdict {
	if !b.complete() {
		return Verdict{Code: Open, Words: "so far"}
	}
	if b.week.Total.Count == 0 {
		return Verdict{Code: Silent, Words: "no press at all"}
	}
	return tooEarly(0)
}

// beside weighs a tag's verdict against what all tags did everywhere, and against its
// share of them: when everybody presses half as often, no single tag has become rarer.
func beside(v Verdict, all Code, share stats.Verdict) Verdict {
	switch {
	case v.Code == More && all == More && share != stats.More:
		return Verdict{Code: More, Words: "more, as all tags", WithAll: true}
	case v.Code == Less && all == Less && share != stats.Less:
		return Verdict{Code: Less, Words: "less, as all tags", WithAll: true}
	case v.Code == Usual && share == stats.More:
		return Verdict{Code: LargerShare, Words: wordsLarger}
	case v.Code == Usual && share == stats.Less:
		return Verdict{Code: SmallerShare, Words: wordsSmaller}
	}
	return v
}

// presence is the verdict on a tag that is back, or gone.
func presence(p stats.Presence, last cx.Week) Verdict {
	if p.GoneQuiet {
		return Verdict{Code: Quiet, Words: "gone quiet", Since: last}
	}
	return Verdict{Code: Returned, Words: fmt.Sprintf("returned (%d weeks)", p.Silent), Since: last}
}

// returned is the verdict on a tag that was not there in all weeks of the history, and
// for how many weeks, up to a year.
func returned(last, now cx.Week) (v Verdict, weeks int) {
	const long = 53
	for w := last.Add(1); w.Before(now) && weeks < long; w = w.Add(1) {
		weeks++
	}
	words := fmt.Sprintf("returned (%d weeks)", weeks)
	if weeks >= long {
		words = "returned (a year)"
	}
	return Verdict{Code: Returned, Words: words, Since: last}, weeks
}
