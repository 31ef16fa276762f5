package report_test

import (
	"math"
	"testing"

	"magicbutton/internal/report"
	"magicbutton/internal/report/stats"
)

// Whoever has the report's data can work out each q again.
func TestTestsMakeQ(t *testing.T) {
	d := incident(t, []int{250, 260})
	w := d.build(t, nil)
	for name, family := range map[string][]report.Tested{"rates": w.Tests.Rates, "shares": w.Tests.Shares} {
		var p []float64
		on := 0
		for _, test := range family {
			p = append(p, test.P)
		}
		for i, q := range stats.BenjaminiHochberg(p) {
			if family[i].GoesOn {
				q = p[i]
				on++
			}
			if math.Abs(q-family[i].Q) > 1e-12 {
				t.Errorf("%s: q of %+v is %v worked out again", name, family[i], q)
			}
		}
		if on == 0 {
			t.Errorf("%s: nothing goes on in the second week of an incident", name)
		}
	}
	if n := len(w.Tests.Rates); n != 2*5-2 { // bill and the total were told last week
		t.Errorf("%d tests of rates, want 8", n)
	}
	for _, tag := range w.Tags {
		for _, test := range w.Tests.Rates {
			if test.Tag == tag.Code && test.Weeks == tag.Change.Weeks && (test.P != tag.Change.P || test.Q != tag.Change.Q) {
				t.Errorf("%s: %+v, but the change has p %v and q %v", tag.Code, test, tag.Change.P, tag.Change.Q)
			}
		}
	}
	if w := d.build(t, func(o *report.Options) { o.Brief = true }); w.Tests != nil {
		t.Error("a brief report has tests that are not exact")
	}
}
