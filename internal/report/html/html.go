// Package html writes the week's report as one HTML file: no script, nothing from
// elsewhere, readable in print and on a phone, in light and dark, by keyboard and
// screen reader. It computes nothing: all numbers are the model's.
package html

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"magicbutton/internal/report"
)

// Options says what a page shows.
type Options struct {
	// Full shows all sections, not only those of the one page.
	Full bool
	// Sections are the names of those to show, in any order; none is as Full says.
	// See [ParseSections].
	Sections []string
}

//go:embed page.tmpl sections/*.tmpl
var texts embed.FS

//go:embed page.css
var pageStyle string

//go:embed full.css
var fullStyle string

// templates are parsed when they are first asked for: every command would wait for
// them.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(functions).ParseFS(texts, "page.tmpl", "sections/*.tmpl"))
})

// Write writes the page of a week. It hands all of it over at once.
func Write(w io.Writer, week report.Week, o Options) error {
	v := view{Week: week, Style: template.CSS(pageStyle + fullStyle)}
	if len(o.Sections) == 0 {
		v.Style += template.CSS(printStyle(week))
	}
	for _, s := range chosen(o) {
		data := s.pick(week)
		if data == nil {
			continue
		}
		var body bytes.Buffer
		if err := templates().ExecuteTemplate(&body, s.name+".tmpl", data); err != nil {
			return fmt.Errorf("writing the report's section %s: %w", s.name, err)
		}
		p := piece{s.name, s.title, template.HTML(body.String())}
		if t, ok := data.(interface{ Title() string }); ok {
			p.Title = t.Title()
		}
		if s.full {
			v.Rest = append(v.Rest, p)
		} else {
			v.Cover = append(v.Cover, p)
		}
	}
	var out bytes.Buffer
	if err := templates().ExecuteTemplate(&out, "page.tmpl", v); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	_, err := out.WriteTo(w)
	return err
}

// view is what the page's template shows.
type view struct {
	Week  report.Week
	Style template.CSS
	// Cover are the sections of the first page, Rest the others.
	Cover, Rest []piece
}

// Dates are the week's days: 9–15 November 2026.
func (v view) Dates() string { return dates(v.Week.Header.First, v.Week.Header.Last) }

// Frozen says what the week was frozen as, if it was and the page has no section that
// says all of that.
func (v view) Frozen() []string {
	if slices.ContainsFunc(v.Rest, func(p piece) bool { return p.Name == "method" }) {
		return nil
	}
	return pickFrozen(v.Week.Header.Frozen)
}

// Places says what the report was narrowed to.
func (v view) Places() string {
	if len(v.Week.Header.Sites) == 0 {
		return "all sites"
	}
	return strings.Join(v.Week.Header.Sites, ", ")
}

// Made says when the report was made, by the clocks of its zone where that is known.
func (v view) Made() string {
	at := v.Week.Header.MadeAt
	if zone, err := time.LoadLocation(v.Week.Header.Zone); err == nil {
		at = at.In(zone)
	}
	return at.Format("2 January 2006, 15:04")
}

// piece is a section as it was written.
type piece struct {
	Name, Title string
	Body        template.HTML
}
