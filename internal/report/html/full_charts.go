package html

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"magicbutton/internal/report"
)

// charts are the control charts of the top tags.
type charts struct {
	Unit   string // of all of them
	Charts []chartFigure
	// Reason says why there are none.
	Reason string
}

type chartFigure struct {
	Name, Caption string
	Outside       bool
	Drawing       template.HTML
}

// topCharts is how many control charts are shown: those of the most counted tags,
// and of whatever else moved.
const topCharts = 6

func pickCharts(w report.Week) any {
	var c charts
	for i, t := range w.Tags {
		if t.Chart == nil || t.Chart.Center == 0 || i >= topCharts && !(t.Chart.Outside && t.Count > 0) {
			continue
		}
		c.Unit = chartUnit(t.Chart)
		c.Charts = append(c.Charts, newChart(w.Columns, t))
	}
	if c.Charts == nil {
		c.Reason = noCharts(w)
	}
	return c
}

// chartWeeks is how many complete weeks limits need.
const chartWeeks = 12

func noCharts(w report.Week) string {
	before := known(w.Columns[:max(len(w.Columns)-1, 0)])
	if w.Total.Verdict.Code == report.Open {
		return uncompared(w.Total.Verdict)
	}
	if before < chartWeeks {
		return fmt.Sprintf("Limits need %d complete weeks before this one, and there are %d: no charts yet.", chartWeeks, before)
	}
	return "No tag has what limits could be drawn from."
}

// chartUnit says what a chart's numbers are.
func chartUnit(c *report.Chart) string {
	if strings.HasPrefix(c.Kind, "u") {
		return "events per 100 contacts"
	}
	return "events a week"
}

func newChart(columns []report.Column, t report.Tag) chartFigure {
	c := t.Chart
	f := chartFigure{Name: t.Name, Outside: c.Outside}
	f.Caption = "mean " + decimal(c.Center)
	last := len(columns) - 1
	desc := []string{fmt.Sprintf("Weeks %s to %s, %s %s.", columns[0].Week, columns[last].Week, f.Caption, chartUnit(c))}
	if v := c.Values[last]; v != nil && c.Upper[last] != nil && c.Lower[last] != nil {
		where := "within its limits"
		if outside(c, last) {
			where = "outside its limits"
		}
		f.Caption = fmt.Sprintf("%s, %s", decimal(*v), f.Caption)
		desc = append(desc, fmt.Sprintf("This week %s, %s of %s to %s.", decimal(*v), where, decimal(*c.Lower[last]), decimal(*c.Upper[last])))
	}
	var beyond []string
	for i := range last {
		if outside(c, i) {
			beyond = append(beyond, columns[i].Week.String())
		}
	}
	if beyond != nil {
		desc = append(desc, "Outside before: "+strings.Join(beyond, ", ")+".")
	}
	f.Drawing = drawChart(columns, t, "Control chart of "+t.Name, strings.Join(desc, " "))
	return f
}

// outside says whether a week's value is beyond a limit of that week.
func outside(c *report.Chart, i int) bool {
	v, low, high := c.Values[i], c.Lower[i], c.Upper[i]
	return v != nil && low != nil && high != nil && (*v < *low || *v > *high)
}

// The size of a control chart.
const (
	chartWidth, chartHeight = 340.0, 128.0
	chartLeft, chartRight   = 28.0, 8.0
	chartTop, chartFoot     = 6.0, 17.0
	// chartLabels is every how many weeks one is named.
	chartLabels = 4
)

func drawChart(columns []report.Column, t report.Tag, title, desc string) template.HTML {
	d := newDrawing("drawing control", chartWidth, chartHeight, title, desc)
	c := t.Chart
	most := c.Center
	for _, values := range [][]*float64{c.Values, c.Upper} {
		for _, v := range values {
			if v != nil {
				most = max(most, *v)
			}
		}
	}
	bottom, right := chartHeight-chartFoot, chartWidth-chartRight
	s := newScale(most, bottom, chartTop)
	last := len(columns) - 1
	step := (right - chartLeft) / float64(max(last, 1))
	x := func(i int) float64 { return right - float64(last-i)*step }
	for _, v := range s.ticks {
		d.path("grid", line([]*point{{chartLeft, s.y(v)}, {right, s.y(v)}}))
		d.text("label", "end", chartLeft-4, s.y(v)+3.5, tick(v))
	}
	for i := last; i >= 0; i -= chartLabels {
		d.path("grid", line([]*point{{x(i), bottom}, {x(i), bottom + 3}}))
		anchor := "middle"
		if i == last {
			anchor = "end"
		}
		d.text("label", anchor, x(i), bottom+13, fmt.Sprintf("W%02d", columns[i].Week.Number))
	}
	place := func(values []*float64) []*point {
		out := make([]*point, len(values))
		for i, v := range values {
			if v != nil {
				out[i] = &point{x(i), s.y(*v)}
			}
		}
		return out
	}
	upper, lower := place(c.Upper), place(c.Lower)
	for _, b := range bands(upper, lower) {
		d.path("band", b)
	}
	d.path("limit", line(upper)+line(lower))
	d.path("mean", line([]*point{{chartLeft, s.y(c.Center)}, {right, s.y(c.Center)}}))
	values := place(c.Values)
	d.path("line", line(values))
	for i, p := range values {
		switch {
		case p == nil:
		case outside(c, i):
			d.path("moved", diamond(p.x, p.y, 4.6))
			if i == 0 || !outside(c, i-1) {
				d.text("label", "end", p.x-7, p.y+3, fmt.Sprintf("W%02d", columns[i].Week.Number))
			}
		case i == last:
			d.circle("dot", p.x, p.y, 3)
		default:
			d.circle("dot", p.x, p.y, 1.6)
		}
	}
	return d.html()
}

// bands returns the areas between two lines, one for each run of weeks without a gap.
func bands(upper, lower []*point) []string {
	var out []string
	for from := 0; from < len(upper); from++ {
		to := from
		for to < len(upper) && upper[to] != nil && lower[to] != nil {
			to++
		}
		if to > from {
			back := slices.Clone(lower[from:to])
			slices.Reverse(back)
			out = append(out, line(slices.Concat(upper[from:to], back))+"Z")
			from = to
		}
	}
	return out
}
