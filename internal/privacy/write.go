package privacy

import (
	_ "embed"
	"html/template"
	"io"
	"sync"
)

//go:embed page.html
var pageText string

// page is parsed when it is first asked for: every command would wait for it.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageText))
})

// WriteHTML writes the page as one file that needs no other, and no network.
func (p Page) WriteHTML(w io.Writer) error { return page().Execute(w, p) }

// Heading is what stands above all.
func (p Page) Heading() string {
	if p.Desk == "" {
		return "What this database of many desks records"
	}
	return "What the button on this desk records"
}

// Lead says what it is about.
func (p Page) Lead() string {
	return "After a conversation somebody presses a key that says what it was about. Leads count these presses by the week, to find out what goes wrong for customers. They are not there to watch who presses."
}

// Made says when, where and by what the page was made.
func (p Page) Made() string {
	made := p.MadeAt.In(p.Zone).Format("2 January 2006, 15:04 MST") + ", magicbutton " + p.Version
	if p.Desk == "" {
		return made
	}
	return "Desk " + p.Desk + ", " + made
}
