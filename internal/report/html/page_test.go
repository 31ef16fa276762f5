package html_test

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

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
	for _, page := range []struct {
		name    string
		options html.Options
		pages   int // of A4, at most
	}{
		{"default", html.Options{}, 1},
		{"full", html.Options{Full: true}, 6},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			text := written(t, week, page.options)
			if len(text) > maxBytes {
				t.Errorf("%d bytes, want at most %d", len(text), maxBytes)
			}
			path := filepath.Join(t.TempDir(), "report.html")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, problem := range weblab.Validate(t, path) {
				t.Error("html-validate:", problem)
			}
			checkViews(t, browser, page.name, "file://"+(&url.URL{Path: path}).EscapedPath(), page.pages)
		})
	}
}

// checkCrowded prints a first page on which everything that may be long is: it is one
// page still.
func checkCrowded(t *testing.T, browser *weblab.Browser, week report.Week) {
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(written(t, crowded(t, week), html.Options{})), 0o600); err != nil {
		t.Fatal(err)
	}
	p := browser.Open(t, "file://"+(&url.URL{Path: path}).EscapedPath(), weblab.View{Width: 688, Height: 1000, Print: true})
	keep(t, "crowded", p)
	if got := weblab.Pages(p.PDF(t)); got != 1 {
		t.Errorf("printed on %d pages, want 1", got)
	}
}

// crowded returns a week in which all moved, and nobody was short of words.
func crowded(t *testing.T, week report.Week) report.Week {
	week = htmltest.Copy(t, week)
	const long = "Delivery late, or nobody knows where it is"
	week.Summary = []string{
		"Fewer presses in all: 21.4 per 100 contacts, where 31.8 are usual, and last week too. Fewer presses are not fewer problems: a tag is named here only where its share changed too.",
		"More than usual: " + long + " (157, 5.8 per 100 contacts, usually 3.1), Bill not understood (102 after 98, usually 40), How do I use it? (141, 5.2 per 100 contacts, usually 2.2), and 4 more. Less than usual: Praise: something went well (12, usually 88).",
		"First seen: eSIM does not activate (19). Back: Pre-order: when does it come? (13, last seen in 2026-W02). Gone quiet: App: cannot log in (last seen in 2026-W42).",
	}
	for i := range week.Tags {
		week.Tags[i].Verdict = report.Verdict{Code: report.More, Words: "more, two weeks long"}
		if i < 5 {
			week.Tags[i].Name = long
		}
	}
	week.Actions[0].What = "The courier rings and waits, leaves no cards, and there is a call with the depot every morning; whoever waited twice gets a call back, and a voucher of ten euros where we were to blame"
	week.Limits = append(week.Limits, "How many conversations there were is not known: counts only, no rates. magicbutton contacts set tells.")
	week.Health.Suspect, week.Health.LastDesks = 12, new(9)
	return week
}

// checkViews opens a page in each way and asks what is wrong with it.
func checkViews(t *testing.T, browser *weblab.Browser, name, address string, pages int) {
	for _, v := range []struct {
		name string
		weblab.View
	}{
		{"light", weblab.View{}},
		{"dark", weblab.View{Dark: true}},
		{"narrow", weblab.View{Width: 360, Height: 740}},
		{"print", weblab.View{Width: 688, Height: 1000, Print: true}},
	} {
		p := browser.Open(t, address, v.View)
		keep(t, name+"-"+v.name, p)
		if got := p.Requests(); len(got) != 1 {
			t.Errorf("%s: requests = %q, want only the page itself", v.name, got)
		}
		if v.Print {
			if got := weblab.Pages(p.PDF(t)); got > pages {
				t.Errorf("printed on %d pages, want at most %d", got, pages)
			}
			continue
		}
		if wide := overflow(t, p); wide > 0 {
			t.Errorf("%s: %d pixels stick out to the right", v.name, wide)
		}
		for _, problem := range p.Violations(t) {
			t.Errorf("%s: axe-core: %s", v.name, problem)
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
