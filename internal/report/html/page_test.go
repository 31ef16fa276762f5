package html_test

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/internal/report/html"
	"magicbutton/internal/report/html/htmltest"
	"magicbutton/internal/weblab"
)

// maxBytes is how large a report may be: every mail system takes it.
const maxBytes = 300_000

// written returns a page.
func written(t *testing.T, week report.Week, o html.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := html.Write(&out, week, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// look is one way of looking at a page.
type look struct {
	name string
	weblab.View
	// axe says that axe-core is asked. A scheme's contrast and a width's scrolling are
	// asked about once: the sections of the first page are in the full report too.
	axe bool
}

// picture says that nothing is asked of it: it is for somebody to look at.
func (l look) picture() bool { return !l.axe && l.Width == 0 }

// TestDemo looks at the demo's report as people do: on a screen, light and dark, on a
// phone, on paper.
func TestDemo(t *testing.T) {
	t.Parallel()
	browser := weblab.Start(t)
	week, err := htmltest.Week()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("crowded", func(t *testing.T) {
		t.Parallel()
		checkCrowded(t, browser, week)
	})
	t.Run("dates", func(t *testing.T) {
		t.Parallel()
		checkDates(t, browser, week)
	})
	narrow, paper := weblab.View{Width: 360, Height: 740}, weblab.View{Width: 688, Height: 1000, Print: true}
	for _, page := range []struct {
		name    string
		options html.Options
		pages   int // of A4, at most
		looks   []look
	}{
		{"default", html.Options{}, 1, []look{{"light", weblab.View{}, true}, {"dark", weblab.View{Dark: true}, false}, {"narrow", narrow, false}, {"print", paper, false}}},
		{"full", html.Options{Full: true}, 6, []look{{"light", weblab.View{}, false}, {"dark", weblab.View{Dark: true}, true}, {"narrow", narrow, true}, {"print", paper, false}}},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			text := written(t, week, page.options)
			if len(text) > maxBytes {
				t.Errorf("%d bytes, want at most %d", len(text), maxBytes)
			}
			path, address := saved(t, text)
			for _, problem := range weblab.Validate(t, path) {
				t.Error("html-validate:", problem)
			}
			for _, l := range page.looks {
				if l.picture() && os.Getenv(pictures) == "" {
					continue
				}
				p := browser.Open(t, address, l.View)
				keep(t, page.name+"-"+l.name, p)
				checkLook(t, p, l, page.pages)
			}
		})
	}
}

// saved writes a page to a file.
func saved(t *testing.T, text string) (path, address string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, "file://" + (&url.URL{Path: path}).EscapedPath()
}

// checkLook asks what is wrong with a page that is looked at.
func checkLook(t *testing.T, p *weblab.Page, l look, pages int) {
	if got := p.Requests(); len(got) != 1 {
		t.Errorf("%s: requests = %q, want only the page itself", l.name, got)
	}
	if l.Print {
		if got := weblab.Pages(p.PDF(t)); got > pages {
			t.Errorf("printed on %d pages, want at most %d", got, pages)
		}
		return
	}
	if wide := overflow(t, p); wide > 0 {
		t.Errorf("%s: %d pixels stick out to the right", l.name, wide)
	}
	if !l.axe {
		return
	}
	for _, problem := range p.Violations(t) {
		t.Errorf("%s: axe-core: %s", l.name, problem)
	}
}

// checkDates holds the longest of headings against the narrowest of phones.
func checkDates(t *testing.T, browser *weblab.Browser, week report.Week) {
	p := browser.Open(t, "about:blank", weblab.View{Width: 360, Height: 740})
	for _, at := range []cx.Week{{Year: 2026, Number: 40}, {Year: 2026, Number: 53}} {
		week.Header.Week, week.Header.First, week.Header.Last = at, at.Monday(), at.Monday().Add(6)
		_, address := saved(t, written(t, week, html.Options{Sections: []string{"summary"}}))
		p.Do(t, chromedp.Navigate(address))
		keep(t, "dates-"+at.String(), p)
		if wide := overflow(t, p); wide > 0 {
			t.Errorf("%s: %d pixels stick out to the right of 360", at, wide)
		}
	}
}

// overflow is how much wider the page is than its window.
func overflow(t *testing.T, p *weblab.Page) int {
	t.Helper()
	wide, err := chromedp.Run(p.Context(), chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil {
		t.Fatal(err)
	}
	return wide
}
