package weblab

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// View is how a page is looked at.
type View struct {
	// Width and Height are the window's, in CSS pixels; 0 is 1280 and 800.
	Width, Height int64
	// Dark says that the person prefers a dark page.
	Dark bool
	// Print shows the page as it is printed.
	Print bool
}

// Page is a page in a tab of its own.
type Page struct {
	ctx context.Context //nolint:containedctx // chromedp keeps a tab in one

	mu       sync.Mutex
	requests []string
	problems []string
}

// Open opens an address in a new tab and waits until the page is loaded.
func (b *Browser) Open(t testing.TB, url string, v View) *Page {
	t.Helper()
	p := &Page{}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithListener(p.heard))
	t.Cleanup(cancel)
	p.ctx = ctx
	width, height := v.Width, v.Height
	if width == 0 {
		width, height = 1280, 800
	}
	scheme, medium := "light", ""
	if v.Dark {
		scheme = "dark"
	}
	if v.Print {
		medium = "print"
	}
	p.Do(t, call(network.Enable, network.EnableParams{}),
		call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: width, Height: height, DeviceScaleFactor: 1,
		}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium, Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // a picture of a movement is of no use
		}}),
		chromedp.Navigate(url))
	return p
}

// call is a command of the browser's protocol whose answer is of no interest.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, command, params)
		return chromedp.Void{}, err
	}
}

// heard notes what the page asks of the network, and what goes wrong in it.
func (p *Page) heard(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			var text []string
			for _, a := range e.Args {
				text = append(text, string(a.Value))
			}
			p.problems = append(p.problems, strings.Join(text, " "))
		}
	}
}

// Context is the tab's, for chromedp.
func (p *Page) Context() context.Context { return p.ctx }

// Do does something in the tab, and fails the test where that cannot be done.
func (p *Page) Do(t testing.TB, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		t.Fatalf("in the browser: %v", err)
	}
}

// Requests are the addresses that were asked for until now, the page itself first. Addresses of data that
// the page itself holds are none.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, url := range p.requests {
		if !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:") {
			out = append(out, url)
		}
	}
	return out
}

// Problems are the errors of the page's scripts until now.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.problems...)
}

// Screenshot returns a PNG of the whole page.
func (p *Page) Screenshot(t testing.TB) []byte {
	t.Helper()
	return run(t, p, chromedp.FullScreenshot(100)) // 100 is PNG
}

// PDF prints the page on A4 and returns the file.
func (p *Page) PDF(t testing.TB) []byte {
	t.Helper()
	return run(t, p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), func(o *page.PrintToPDFParams) {
		on := true
		o.PrintBackground, o.PreferCSSPageSize = &on, &on
	}))
}

// run does something in the tab that has an answer.
func run[T any](t testing.TB, p *Page, a chromedp.Action[T]) T {
	t.Helper()
	answer, err := chromedp.Run(p.ctx, a)
	if err != nil {
		t.Fatalf("in the browser: %v", err)
	}
	return answer
}
