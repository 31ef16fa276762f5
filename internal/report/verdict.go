package report

import "magicbutton/internal/cx"

// Verdict is what there is to say of a change.
type Verdict struct {
	Code Code `json:"code"`
	// Words are Code in words, with what belongs to it: "too early to say: 1 of 2
	// weeks".
	Words string `json:"words"`
	// Since is the week in which the tag was seen last before, for Returned and Quiet.
	Since cx.Week `json:"since,omitzero"`
}

// Code names a verdict for programs.
type Code string

// The verdicts.
const (
	More      Code = "more"       // more than usual
	Less      Code = "less"       // less than usual
	Usual     Code = "usual"      // within usual variation
	FirstSeen Code = "first-seen" // never before
	Returned  Code = "returned"   // after four weeks or more without one
	Quiet     Code = "quiet"      // gone quiet: none, where there used to be some
	Early     Code = "early"      // too few weeks to compare with
	Open      Code = "open"       // the week is not over
	// A change of all events together says nothing about one tag: these two are of
	// the tag's share.
	LargerShare  Code = "larger-share"
	SmallerShare Code = "smaller-share"
)
