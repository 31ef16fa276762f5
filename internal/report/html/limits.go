package html

import "magicbutton/internal/report"

// limitsView says what the tally can show and what it cannot.
type limitsView struct{ Can, Cannot []string }

func pickLimits(w report.Week) any {
	can := []string{"What reps tagged right after their conversations, and what of it moved beyond its usual variation."}
	return limitsView{Can: append(can, w.Method[:min(1, len(w.Method))]...), Cannot: w.Limits}
}
