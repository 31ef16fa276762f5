package report

import (
	"math"

	"magicbutton/internal/report/stats"
)

// Tests are two families of tests. The q of each family are worked out among its own p:
// Benjamini and Hochberg's, with as many tests as it has.
type Tests struct {
	// Rates are of each tag, and of the total, whose Tag is "": one for the week, and one
	// for the last two together, but where the week before was told already.
	Rates []Tested `json:"rates"`
	// Shares are of each tag against all others. They make a verdict only where all tags
	// together moved.
	Shares []Tested `json:"shares"`
}

// Tested is one test.
type Tested struct {
	Tag   string  `json:"tag,omitempty"`
	Weeks int     `json:"weeks"` // 1, or 2 for the last two together
	P     float64 `json:"p"`
	// Q is P among its family; P itself where GoesOn.
	Q float64 `json:"q"`
	// GoesOn says that the week is nearer to a running change than to what was before: the
	// one question whether that goes on was asked beforehand.
	GoesOn bool `json:"goes_on,omitempty"`
}

// tests lists what was tested of a family, whose last judgement is the total's.
func (f family) tests(judged, shares []stats.Judgement) *Tests {
	t := Tests{Rates: f.tested(judged), Shares: f.tested(shares)}
	if t.Rates == nil {
		return nil
	}
	return &t
}

func (f family) tested(judged []stats.Judgement) []Tested {
	var out []Tested
	for i, j := range judged {
		code := ""
		if i < len(f.codes) {
			code = f.codes[i]
		}
		for at, finding := range []stats.Finding{j.Week, j.TwoWeeks} {
			if !math.IsNaN(finding.P) {
				out = append(out, Tested{Tag: code, Weeks: at + 1, P: finding.P, Q: finding.Q, GoesOn: finding.Foreseen})
			}
		}
	}
	return out
}
