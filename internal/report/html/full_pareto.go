package html

import (
	"fmt"
	"html/template"
	"strconv"

	"magicbutton/internal/report"
)

// pareto is all tags, the most counted first, as a drawing and as a table.
type pareto struct {
	Drawing template.HTML
	// Rates says that contacts are known.
	Rates bool
	Rows  []paretoRow
	Few   string // how few tags make most of the week, "" where that is nothing to tell
}

type paretoRow struct {
	report.Tag
	Rank int
	// Range is the interval of the count, or of the rate where there is one.
	Range string
}

func pickPareto(w report.Week) any {
	var p pareto
	for _, t := range w.Tags {
		if t.Count == 0 {
			continue
		}
		row := paretoRow{Tag: t, Rank: len(p.Rows) + 1, Range: span(&t.Interval)}
		if t.RateInterval != nil {
			p.Rates, row.Range = true, span(t.RateInterval)
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 {
		return nil
	}
	for _, r := range p.Rows {
		if r.Cumulative >= mostOf && len(p.Rows) > 3 {
			p.Few = fmt.Sprintf("%d of %d tags make %s of the week.", r.Rank, len(p.Rows), report.Percent(r.Cumulative))
			break
		}
	}
	p.Drawing = p.draw()
	return p
}

// mostOf is the share that the few vital tags have (Juran's 80 %).
const mostOf = 0.8

// span writes an interval: 12 to 31.
func span(i *report.Interval) string { return decimal(i.Low) + " to " + decimal(i.High) }

// The size of the Pareto drawing, and how many bars it can tell apart.
const (
	paretoWidth, paretoHeight = 360.0, 236.0
	paretoLeft, paretoRight   = 30.0, 34.0
	paretoTop, paretoFoot     = 8.0, 18.0
	paretoBars                = 24
	// paretoLabel is the width that a number below a bar needs.
	paretoLabel = 14.0
)

// draw draws bars on the scale of counts at the left, and the line of their
// cumulative share on that at the right. The table beside it says the same.
func (p pareto) draw() template.HTML {
	d := newDrawing("drawing pareto", paretoWidth, paretoHeight, "", "")
	rows := p.Rows[:min(len(p.Rows), paretoBars)]
	width, height := paretoWidth-paretoLeft-paretoRight, paretoHeight-paretoTop-paretoFoot
	bottom, right := paretoHeight-paretoFoot, paretoWidth-paretoRight
	scale := newScale(float64(rows[0].Count), bottom, paretoTop)
	for _, v := range scale.ticks {
		d.path("grid", line([]*point{{paretoLeft, scale.y(v)}, {right, scale.y(v)}}))
		d.text("label", "end", paretoLeft-4, scale.y(v)+3.5, tick(v))
	}
	for _, share := range []float64{0, 0.5, mostOf, 1} {
		d.text("label", "start", right+4, bottom-share*height+3.5, report.Percent(share))
	}
	d.path("vital", line([]*point{{paretoLeft, bottom - mostOf*height}, {right, bottom - mostOf*height}}))
	step := width / float64(len(rows))
	sums := make([]*point, len(rows))
	for i, r := range rows {
		x := paretoLeft + float64(i)*step
		y := scale.y(float64(r.Count))
		d.rect("fill", x+step*0.12, y, step*0.76, bottom-y)
		if step >= paretoLabel || i%2 == 0 {
			d.text("label", "middle", x+step/2, bottom+13, strconv.Itoa(r.Rank))
		}
		sums[i] = &point{x + step/2, bottom - r.Cumulative*height}
	}
	d.path("sum", line(sums))
	for _, s := range sums {
		d.circle("sum-dot", s.x, s.y, 2.4)
	}
	return d.html()
}
