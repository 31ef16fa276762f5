package pagelab_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/weblab"
)

// fair fails the test where axe-core complains of the page as it stands.
func (p *tab) fair(state string) {
	p.t.Helper()
	for _, v := range p.Violations(p.t) {
		p.t.Errorf("%s: axe-core: %s", state, v)
	}
}

// valid fails the test where html-validate complains of the page as its scripts made it.
func (p *tab) valid(state string) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), "page.html")
	html := "<!DOCTYPE html>\n" + eval[string](p, `document.documentElement.outerHTML`) + "\n"
	if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
		p.t.Fatal(err)
	}
	for _, v := range weblab.Validate(p.t, path) {
		p.t.Errorf("%s: html-validate: %s", state, v)
	}
}

const poison = `<script>a()</script><img src=x onerror="document.title='owned'">`

// Whatever a note, a tag or its label says is text.
func testScript(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without+"[[tag]]\ncode = \"poison\"\nlabel = "+strconv.Quote(poison)+"\n")
	p := open(t, b, d, weblab.View{})
	p.keys("1")
	p.waitCards(1)
	p.keys("n" + poison)
	p.keys(kb.Enter)
	p.waitText("#note-state", "Saved")
	p.wait(`document.querySelector("#bars tbody th") !== null`)
	for _, where := range []string{".key .name", ".card .what", ".card .said", "#bars tbody th"} {
		p.waitText(where, poison[:40])
	}
	p.keys("z")
	p.waitCards(0)
	visit(t, b, d.host("/tag/poison"), weblab.View{}).waitText("#ask-title", "Tag this conversation: "+poison[:40])
	unknown := visit(t, b, d.host("/tag/%3Cimg%20src=x%20onerror=alert(1)%3E"), weblab.View{})
	unknown.waitText("body", "<img src=x onerror=alert(1)>")
	for _, tab := range []*tab{p, unknown} {
		if n := eval[int](tab, `document.querySelectorAll("img, body script").length`); n != 0 {
			t.Errorf("%d elements came out of text", n)
		}
		if title := eval[string](tab, `document.title`); strings.Contains(title, "owned") {
			t.Error("a script in a text was run")
		}
		tab.sound()
	}
}

// Whatever can be clicked can be reached with Tab, in an order, and shows that it has the focus.
func testKeyboard(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitCards(1)
	d.press(billKey)
	p.wait(`document.querySelector(".card .what").textContent.includes("+")`)
	want := eval[int](p, `[...document.querySelectorAll("button, select, textarea, summary")].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true })).length`)
	eval[bool](p, `window.met = new Set(), document.body.focus(), true`)
	for range want + 2 {
		p.keys(kb.Tab)
		eval[bool](p, `(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			if (e !== document.body && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)) throw new Error("no sign of the focus on " + e.outerHTML);
			return window.met.add(e), true;
		})()`)
	}
	if got := eval[int](p, `[...document.querySelectorAll("button, select, textarea, summary")].filter((e) => window.met.has(e)).length`); got != want {
		t.Errorf("Tab reaches %d of %d things to press", got, want)
	}
	p.keys("?")
	p.wait(`document.getElementById("keys").open`)
	p.keep("keys")
	p.fair("keys")
	p.keys("1")
	p.keys("z")
	p.keys(kb.Escape)
	p.wait(`!document.getElementById("keys").open`)
	if got := d.events(); len(got) != 2 {
		t.Errorf("while the keys were shown, keys did something: %+v", got)
	}
	p.sound()
}

// looks are the ways in which the page is looked at.
var looks = []struct {
	name string
	view weblab.View
}{
	{"page", weblab.View{}},
	{"page-dark", weblab.View{Dark: true}},
	{"page-narrow", weblab.View{Width: 360, Height: 740}},
	{"page-tablet", weblab.View{Width: 810, Height: 1080}},
}

// A desk in the middle of its day: nothing is found wrong with it, in whatever way it is looked at.
func testLooks(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	p.fair("empty")
	p.valid("empty")
	n := 0
	tap := func(digit, note string) {
		p.keys(digit)
		n++
		p.waitCards(n)
		p.wait(`document.querySelector(".card").getAttribute("aria-current") === "true"`)
		if note != "" {
			p.keys("n" + note)
			p.keys(kb.Enter)
			p.waitText("#note-state", "Saved")
		}
	}
	tap("5", "")
	tap("3", "the repair shop called back, as promised")
	tap("1", "third call about the same refund")
	tap("4", "")
	tap("1", "sent the form twice")
	tap("2", "")
	for _, look := range looks {
		p := open(t, b, d, look.view)
		p.waitCards(n)
		p.keys("j")
		p.keys("C", kb.ModifierShift)
		p.wait(`document.getElementById("tried").value === "chat"`)
		p.waitText("#totals", "Today 6 tags")
		p.keep(look.name)
		p.fair(look.name)
		if look.name == "page" {
			p.valid(look.name)
		}
		if wide := eval[int](p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("%s: %d pixels are cut off at the side", look.name, wide)
		}
		p.keys("C", kb.ModifierShift)
		p.wait(`document.getElementById("tried").value === ""`)
		p.sound()
	}
}

// What was done about a tag is told where a rep looks it up.
func testSaid(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	p.click("#said summary")
	p.waitText("#said-list", "Nothing is written down yet.")
	c, err := api.Dial(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	since, err := cx.ParseDate("2026-11-02")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AddAction(t.Context(), cx.Action{Tag: "refund-slow", Owner: "Finance", What: "Refunds are paid twice a week", Since: since}); err != nil {
		t.Fatal(err)
	}
	p.click("#said summary")
	p.click("#said summary")
	p.waitText("#said-list", "Refund slow Refunds are paid twice a week Finance")
	p.keep("said")
	p.sound()
}
