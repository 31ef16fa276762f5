package html

import (
	"slices"

	"magicbutton/internal/report"
)

// limitsView says what the tally can show and what it cannot.
type limitsView struct{ Can, Cannot []string }

func pickLimits(w report.Week) any {
	v := limitsView{
		Can:    []string{"What reps tagged right after their conversations, and what of it moved beyond its usual variation."},
		Cannot: slices.Clone(w.Limits),
	}
	method := w.Method
	narrowed := len(w.Header.Sites) > 0 || w.Header.Filter != ""
	if narrowed && w.Total.Baseline != nil && len(method) > 1 { // the first sentence warns of it
		v.Cannot, method = append(v.Cannot, method[0]), method[1:]
	}
	if len(method) > 0 {
		v.Can = append(v.Can, method[0])
	}
	return v
}
