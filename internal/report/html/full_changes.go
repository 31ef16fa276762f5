package html

import (
	"fmt"
	"html/template"
	"math"

	"magicbutton/internal/report"
)

// changes is every tag beside what is usual.
type changes struct {
	// Reason says why nothing is compared; the rest is empty then.
	Reason string
	// Rates says that what is usual is per 100 contacts, else a week.
	Rates bool
	// Shares says that all tags together moved, so that shares tell more.
	Shares bool
	Weeks  int // of the baseline
	// Without says which weeks some tags' usual leaves out; NoRate why it is not per 100
	// contacts, "" where nothing is known of those.
	Without []string
	NoRate  string
	Scale   template.HTML // above the drawings
	Rows    []changeRow
}

type changeRow struct {
	Name       string
	Total      bool
	Now, Usual string
	Last       string
	Ratio      string // and its interval
	Share      string // the ratio of shares
	Q          string
	Drawing    template.HTML
	Verdict    report.Verdict
}

func pickChanges(w report.Week) any {
	t := w.Total
	if t.Baseline == nil {
		return changes{Reason: uncompared(t.Verdict)}
	}
	c := changes{
		Rates: t.Baseline.Rate != nil, Weeks: t.Baseline.Weeks, NoRate: t.NoRate,
		Shares: t.Verdict.Code == report.More || t.Verdict.Code == report.Less,
	}
	for _, tag := range w.Tags {
		c.add(tag)
	}
	c.add(report.Tag{
		Name: "All tags", Count: t.Count, Rate: t.Rate, Last: t.Last,
		Baseline: t.Baseline, Change: t.Change, Verdict: t.Verdict,
	})
	c.Rows[len(c.Rows)-1].Total = true
	c.Scale = forestScale()
	return c
}

// add adds a row, with a mark where its usual leaves weeks out.
func (c *changes) add(t report.Tag) {
	row := newChangeRow(t)
	if b := t.Baseline; b != nil && b.Without != nil {
		row.Usual += "*"
		c.Without = append(c.Without, t.Name+" "+weekList(b.Without))
	}
	c.Rows = append(c.Rows, row)
}

// uncompared says why a week is compared with nothing.
func uncompared(v report.Verdict) string {
	switch v.Code {
	case report.Open:
		return "A week that is not over is compared with nothing."
	case report.Silent:
		return "Nothing was pressed, and nothing is compared."
	}
	return "Nothing is compared: " + v.Words + "."
}

func newChangeRow(t report.Tag) changeRow {
	row := changeRow{Name: t.Name, Now: count(t.Count), Verdict: t.Verdict}
	if t.Rate != nil {
		row.Now = fmt.Sprintf("%s (%s)", row.Now, decimal(*t.Rate))
	}
	if t.Last != nil {
		row.Last = count(*t.Last)
	}
	if b := t.Baseline; b != nil {
		row.Usual = decimal(b.Mean)
		if b.Rate != nil {
			row.Usual = fmt.Sprintf("%s (%s)", decimal(b.Expected), decimal(*b.Rate))
		}
	}
	if c := t.Change; c != nil {
		row.Ratio, row.Q = ratio(c), chance(c.Q)
		if !c.Vague {
			row.Drawing = forest(c, t.Verdict.Moved())
		}
	}
	if c := t.ShareChange; c != nil {
		row.Share = ratioAlone(c)
	}
	return row
}

// ratio writes how many times the usual it is, and the interval; there is no ratio to
// nothing, but a least one.
func ratio(c *report.Change) string {
	switch {
	case c.Ratio == nil || c.Vague:
		return ratioAlone(c)
	case c.High == nil:
		return fmt.Sprintf("%s (%s or more)", ratioAlone(c), times(c.Low))
	}
	return fmt.Sprintf("%s (%s–%s)", ratioAlone(c), times(c.Low), times(*c.High))
}

func ratioAlone(c *report.Change) string {
	switch {
	case c.Ratio == nil:
		return "none before"
	case c.Vague:
		return vague
	}
	return "×" + times(*c.Ratio)
}

// times writes a number of times, with as many digits as the first page.
func times(v float64) string { return fmt.Sprintf("%.2f", v) }

// chance writes a probability.
func chance(q float64) string {
	if q < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", q)
}

// The size of a ratio's drawing, and the ratio at its ends: a change of more than
// fourfold needs no scale.
const (
	forestWidth, forestHeight = 96.0, 14.0
	forestRadius              = 3.4
	forestEnd                 = 4.0
)

// forest draws a ratio and its interval on a scale of logarithms, 1 in its middle:
// half as much is as far from it as double. The numbers beside it say the same.
func forest(c *report.Change, moved bool) template.HTML {
	const middle = forestHeight / 2
	x := forestX
	d := newDrawing("forest", forestWidth, forestHeight, "", "")
	d.path("grid", line([]*point{{x(1), 0}, {x(1), forestHeight}}))
	high := math.Inf(1)
	if c.High != nil {
		high = *c.High
	}
	d.path("range", line([]*point{{x(c.Low), middle}, {x(high), middle}}))
	at := math.Inf(1)
	if c.Ratio != nil {
		at = *c.Ratio
	}
	if moved {
		d.path("moved", diamond(x(at), middle, forestRadius+1))
	} else {
		d.circle("dot", x(at), middle, forestRadius-0.6)
	}
	return d.html()
}

// forestX returns where a ratio is; what is beyond the ends is at an end.
func forestX(ratio float64) float64 {
	at := math.Log(ratio) / math.Log(forestEnd)
	return forestWidth/2 + max(-1, min(1, at))*(forestWidth/2-forestRadius-1)
}

// forestScale draws the scale of all such drawings.
func forestScale() template.HTML {
	d := newDrawing("forest", forestWidth, forestHeight, "", "")
	for _, v := range []struct {
		ratio float64
		text  string
	}{{0.25, "¼"}, {0.5, "½"}, {1, "1"}, {2, "2"}, {4, "4"}} {
		d.text("label", "middle", forestX(v.ratio), forestHeight-3, v.text)
	}
	return d.html()
}

// diamond returns the path of a square on its corner.
func diamond(x, y, r float64) string {
	return line([]*point{{x, y - r}, {x + r, y}, {x, y + r}, {x - r, y}}) + "Z"
}
