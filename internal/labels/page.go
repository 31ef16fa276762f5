package labels

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"sync"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// page is parsed when it is first asked for: every command would wait for it.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(pageStyle) },
		"fine":  func(n float64) template.CSS { return template.CSS(strconv.FormatFloat(n, 'f', 2, 64)) },
	}).Parse(pageText))
})

// WriteHTML writes the page: one file that needs no other, and no network.
func (s *Sheet) WriteHTML(w io.Writer) error { return page().Execute(w, s.view()) }
