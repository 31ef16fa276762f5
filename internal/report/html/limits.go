package html

import "magicbutton/internal/report"

// limitsView says what the tally can show and what it cannot.
type limitsView struct{ Can, Cannot []string }

func pickLimits(w report.Week) any {
	v := limitsView{
		Can:    []string{"What reps tagged right after their conversations, and what of it moved beyond its usual variation."},
		Cannot: w.Limits,
	}
	if len(w.Method) > 0 {
		v.Can = append(v.Can, w.Method[0])
	}
	return v
}
