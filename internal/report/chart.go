package report

import "magicbutton/internal/report/stats"

// chart draws a tag's control chart over the weeks of the report, or returns nil
// where too few are known.
func chart(s stats.Series, f family) *Chart {
	drawn := stats.ControlChart(s, stats.AnyChart)
	if !drawn.Shown {
		return nil
	}
	per := 1.0
	c := &Chart{Kind: "c"}
	if f.exposures != nil {
		per, c.Kind = 100, "u"
	}
	if drawn.Kind == stats.LaneyChart {
		c.Kind += "'"
	}
	shown := f.h.shown()
	n := len(f.h.weeks) - shown
	c.Center = drawn.Centre * per
	c.Values, c.Lower, c.Upper = make([]*float64, n), make([]*float64, n), make([]*float64, n)
	for k, i := range f.weeks {
		p := drawn.Points[k]
		at := i - shown
		c.Values[at], c.Lower[at], c.Upper[at] = finite(p.Rate*per), finite(p.Lower*per), finite(p.Upper*per)
		if i == f.h.last() {
			c.Outside = p.Outside
		}
	}
	return c
}
