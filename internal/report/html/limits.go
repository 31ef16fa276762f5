package html

import (
	"slices"
	"strings"

	"magicbutton/internal/report"
)

// limitsView says what the tally can show and what it cannot.
type limitsView struct{ Can, Cannot []string }

// narrowed begins the first sentence of the method where it is a warning.
const narrowed = "This report is narrowed"

func pickLimits(w report.Week) any {
	v := limitsView{
		Can:    []string{"What reps tagged right after their conversations, and what of it moved beyond its usual variation."},
		Cannot: slices.Clone(w.Limits),
	}
	method := w.Method
	if len(method) > 1 && strings.HasPrefix(method[0], narrowed) {
		v.Cannot, method = append(v.Cannot, method[0]), method[1:]
	}
	if len(method) > 0 {
		v.Can = append(v.Can, method[0])
	}
	return v
}
