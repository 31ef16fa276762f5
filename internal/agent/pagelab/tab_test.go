package pagelab_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"magicbutton/internal/weblab"
)

// tab is the rep's page in a tab, as a rep uses it.
type tab struct {
	*weblab.Page
	t testing.TB
}

// open lets the browser in to a desk's page, and waits until it is connected.
func open(t testing.TB, b *weblab.Browser, d *desk, v weblab.View) *tab {
	t.Helper()
	p := &tab{b.Open(t, d.address(), v), t}
	p.wait(`location.pathname === "/" && document.getElementById("state-words")?.textContent.startsWith("Connected")`)
	return p
}

// visit opens an address of a desk's page with whatever the browser has.
func visit(t testing.TB, b *weblab.Browser, url string, v weblab.View) *tab {
	t.Helper()
	return &tab{b.Open(t, url, v), t}
}

// eval returns what a JavaScript expression is worth in the tab.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.Context(), chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until a JavaScript expression is true. It may load another page meanwhile.
func (p *tab) wait(expression string) {
	p.t.Helper()
	// chromedp's own Poll makes a function out of text, which the page's policy forbids.
	ask := fmt.Sprintf(`new Promise((done) => {
		const look = () => { try { if (%s) { clearInterval(timer); done("") } } catch (e) { last = String(e) } };
		let last = "", timer = setInterval(look, 10);
		setTimeout(() => { clearInterval(timer); done("no " + last) }, %d);
		look();
	})`, expression, patience.Milliseconds())
	for range 10 { // the promise is lost with its page
		answer, err := chromedp.Run(p.Context(), chromedp.Evaluate[string](ask, chromedp.EvalAwaitPromise))
		switch {
		case err == nil && answer == "":
			return
		case err == nil:
			p.t.Fatalf("never true: %s (%s)\nThe page says:\n%s\nErrors: %q", expression, answer, p.text("body"), p.Problems())
		case p.Context().Err() != nil:
			p.t.Fatal(err)
		}
	}
	p.t.Fatalf("the page was loaded again and again, while waiting for %s", expression)
}

// text is what can be read in an element, one blank between two words.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, `(document.querySelector(`+strconv.Quote(selector)+`)?.innerText ?? "").replace(/\s+/g, " ").trim()`)
}

// waitText waits until a text can be read in an element.
func (p *tab) waitText(selector, text string) {
	p.t.Helper()
	p.wait(`document.querySelector(` + strconv.Quote(selector) + `)?.innerText.replace(/\s+/g, " ").includes(` + strconv.Quote(text) + `)`)
}

// keys types keys: letters, and those of package kb. Down and character are one event, as they come from a keyboard:
// chromedp's own KeyEvent sends two, and the second types a character although a script took the first.
func (p *tab) keys(keys string, modifiers ...kb.Modifier) {
	p.t.Helper()
	for _, r := range keys {
		all := kb.Encode(r)
		down, up := *all[0], *all[len(all)-1]
		for _, m := range modifiers {
			down.Modifiers |= int64(m)
			up.Modifiers |= int64(m)
		}
		if len(all) == 3 && down.Modifiers&int64(kb.ModifierCtrl) == 0 {
			down.Text, down.UnmodifiedText = all[1].Text, all[1].UnmodifiedText
		}
		p.Do(p.t, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, down)
			if err == nil {
				_, err = cdp.Call(ctx, t, input.DispatchKeyEvent, up)
			}
			return err
		}))
	}
}

// settled waits until the card in hand can be taken back: for half a second after it changed it cannot.
func (p *tab) settled() {
	p.t.Helper()
	p.wait(`document.querySelector("[data-settling]") === null`)
}

// click clicks an element where it is, once it stands still.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.wait(`document.querySelector("[data-settling]") === null && document.querySelector(` + strconv.Quote(selector) + `)?.checkVisibility({ visibilityProperty: true })`)
	p.Do(p.t, chromedp.Click(chromedp.CSS(selector)))
}

// cards are the conversations of the list, the newest first.
func (p *tab) cards() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(".card .what")].map((e) => e.textContent)`)
}

// waitCards waits until so many conversations are listed.
func (p *tab) waitCards(n int) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelectorAll(".card").length === %d`, n))
}

// focus is the id of the element that has the focus, or else its name.
func (p *tab) focus() string {
	p.t.Helper()
	return eval[string](p, `document.activeElement.id || document.activeElement.localName`)
}

// choose chooses an option of a list, as somebody does with the keyboard.
func (p *tab) choose(selector, value string) {
	p.t.Helper()
	p.settled()
	eval[bool](p, fmt.Sprintf(`(() => {
		const list = document.querySelector(%q);
		list.focus();
		list.value = %q;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return list.value === %[2]q;
	})()`, selector, value))
}

// sound fails the test where a script of the page failed, or anything but the page's own address was asked for.
func (p *tab) sound() {
	p.t.Helper()
	if got := p.Problems(); len(got) > 0 {
		p.t.Errorf("errors of scripts: %q", got)
	}
	origin := eval[string](p, "location.origin") + "/"
	for _, url := range p.Requests() {
		if !strings.HasPrefix(url, origin) {
			p.t.Errorf("the page asked for %s", url)
		}
	}
}
