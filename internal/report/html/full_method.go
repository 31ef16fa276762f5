package html

import "magicbutton/internal/report"

// method is how the verdicts were reached, and how to read the numbers.
type method struct {
	Method []string
	Words  []meaning
	// Frozen is how the week was frozen, each revision.
	Frozen []string
}

// meaning says what a word of the page means.
type meaning struct{ Word, Says string }

func pickMethod(w report.Week) any {
	m := method{Method: w.Method, Frozen: allFrozen(w.Header.Frozen)}
	if w.Total.Baseline != nil {
		m.Words = []meaning{
			{"Ratio", "this week divided by what is usual: ×1.50 is half as much again, ×0.50 is half."},
			{"95% interval", "where the true ratio lies, 19 times in 20. Where it holds 1, there may be no change at all."},
			{"q", "among all that is called a change at q of 0.10 or less, about one in ten is none."},
		}
	}
	for _, t := range w.Tags {
		if t.Chart != nil {
			m.Words = append(m.Words, meaning{"Band", "three standard deviations about the mean of the weeks before; widened for a tag that varies more than by chance (Laney)."})
			break
		}
	}
	m.Words = append(m.Words, meaning{"95% range", "what a count may be by chance alone (Garwood)."})
	if w.Stages != nil {
		m.Words = append(m.Words, meaning{"▲ and ▽ of a stage", "more than three standard deviations from what tag and stage let expect by themselves."})
	}
	return m
}
