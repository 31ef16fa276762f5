package html

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"magicbutton/internal/report"
)

// drawing is an inline SVG in the making. Its colours are those of the style sheet's
// classes, so that one drawing serves light, dark and print; all text in it is escaped.
type drawing struct{ b strings.Builder }

// newDrawing begins a drawing of a size in CSS pixels. Without a title it is an
// ornament beside words that say the same, and hidden from screen readers.
func newDrawing(class string, width, height float64, title, desc string) *drawing {
	d := &drawing{}
	role := `aria-hidden="true"`
	if title != "" {
		role = `role="img"`
	}
	fmt.Fprintf(&d.b, `<svg class="%s" viewBox="0 0 %s %s" width="%s" height="%s" %s>`,
		escaped(class), number(width), number(height), number(width), number(height), role)
	for _, t := range []struct{ element, text string }{{"title", title}, {"desc", desc}} {
		if t.text != "" {
			fmt.Fprintf(&d.b, `<%s>%s</%[1]s>`, t.element, escaped(t.text))
		}
	}
	return d
}

// newBar begins a drawing that is stretched to the width of its place, an ornament in
// a table.
func newBar() *drawing {
	d := &drawing{}
	fmt.Fprintf(&d.b, `<svg class="stretched" viewBox="0 0 %s %s" preserveAspectRatio="none" aria-hidden="true">`,
		number(barWidth), number(barHeight))
	return d
}

// The units of a bar in a table.
const barWidth, barHeight = 100.0, 10.0

// html ends the drawing.
func (d *drawing) html() template.HTML { return template.HTML(d.b.String() + "</svg>") }

func (d *drawing) rect(class string, x, y, width, height float64) {
	fmt.Fprintf(&d.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`,
		escaped(class), number(x), number(y), number(width), number(height))
}

func (d *drawing) circle(class string, x, y, radius float64) {
	fmt.Fprintf(&d.b, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, escaped(class), number(x), number(y), number(radius))
}

func (d *drawing) path(class, data string) {
	fmt.Fprintf(&d.b, `<path class="%s" d="%s"/>`, escaped(class), escaped(data))
}

// text writes some text; anchor is start, middle or end.
func (d *drawing) text(class, anchor string, x, y float64, text string) {
	fmt.Fprintf(&d.b, `<text class="%s" text-anchor="%s" x="%s" y="%s">%s</text>`,
		escaped(class), escaped(anchor), number(x), number(y), escaped(text))
}

func escaped(text string) string { return template.HTMLEscapeString(text) }

// number writes a coordinate: a tenth of a pixel is finer than any screen shows.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

// point is a place in a drawing.
type point struct{ x, y float64 }

// line returns the path through some points; nil is a gap.
func line(points []*point) string {
	var b strings.Builder
	command := "M"
	for _, p := range points {
		if p == nil {
			command = "M"
			continue
		}
		b.WriteString(command + number(p.x) + " " + number(p.y))
		command = "L"
	}
	return b.String()
}

// The size of a sparkline, and of its margin: the last week's dot must fit.
const (
	sparkWidth, sparkHeight = 84.0, 20.0
	sparkMargin             = 3.0
)

// sparkline draws a tag's counts in the last twelve weeks, from 0 to the greatest of
// them. Weeks of which nothing is known are gaps. It is an ornament: the words beside
// it say what there is to say.
func sparkline(columns []report.Column, counts []int) template.HTML {
	if skip := len(columns) - report.SparkWeeks; skip > 0 {
		columns, counts = columns[skip:], counts[skip:]
	}
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	last := len(columns) - 1
	points := make([]*point, len(columns))
	for i, c := range columns {
		if !c.Known && i < last {
			continue
		}
		// The last week stands at the right, however many there are.
		x := sparkWidth - sparkMargin - float64(last-i)*(sparkWidth-2*sparkMargin)/(report.SparkWeeks-1)
		y := sparkHeight - sparkMargin - float64(counts[i])*(sparkHeight-2*sparkMargin)/float64(most)
		points[i] = &point{x, y}
	}
	d := newDrawing("spark", sparkWidth, sparkHeight, "", "")
	d.path("line", line(points))
	if last >= 0 {
		d.circle("dot", points[last].x, points[last].y, 2.2)
	}
	return d.html()
}
