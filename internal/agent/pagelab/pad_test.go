package pagelab_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/weblab"
)

// without is a configuration in which every tap counts, each as a conversation.
const without = "[press]\nguard = 0\nsame_conversation = 0\n"

// tagsOf are the tags of events.
func tagsOf(events []cx.Event) (tags []string) {
	for _, e := range events {
		tags = append(tags, e.Tag)
	}
	return tags
}

// Digits tag while no text field has the focus and the switch is on; Ctrl and a digit always do.
func testDigits(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	p.keys("3")
	p.waitCards(1)
	p.waitText(`.key[data-key="praise"] .fate`, "saved")
	p.waitText("#news", "Counted: Praise: something went well")
	if got := d.events(); len(got) != 1 || got[0].Tag != "praise" || got[0].Source != cx.SourcePage {
		t.Errorf("after 3: %+v", got)
	}
	p.keys("n1 of 2, ext. 45")
	p.keys("4", kb.ModifierCtrl)
	p.waitCards(2)
	if got := eval[string](p, `document.getElementById("note").value`); got != "1 of 2, ext. 45" || p.focus() != "note" {
		t.Errorf("after Ctrl+4 the note says %q, the focus is on %s", got, p.focus())
	}
	p.keys(kb.Enter)
	p.waitText("#note-state", "Saved")
	p.click("#digits")
	if got := p.text("#digits"); got != "Digits tag: off" {
		t.Errorf("the switch says %q", got)
	}
	p.keys("5")
	p.keys("6", kb.ModifierCtrl)
	p.waitCards(3)
	p.click("#digits")
	p.waitText("#digits", "Digits tag: on")
	p.keys("7")
	p.waitCards(4)
	p.keys("9") // there is no ninth tag
	p.click(`.key[data-key="other"]`)
	p.waitCards(5)
	if diff := cmp.Diff([]string{"praise", "how-to", "no-human", "idea", "other"}, tagsOf(d.events())); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if small := eval[[]string](p, `[...document.querySelectorAll(".key")].filter((k) => k.offsetHeight < 48 || k.offsetWidth < 48).map((k) => k.innerText)`); len(small) > 0 {
		t.Errorf("too small for a finger: %q", small)
	}
	p.sound()
}

// A second tap on the same tag within the guard counts once, and says so.
func testTwice(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "[press]\nguard = \"5s\"\ndebounce = 0\n")
	p := open(t, b, d, weblab.View{})
	p.click(`.key[data-key="praise"]`)
	p.waitCards(1)
	p.click(`.key[data-key="praise"]`)
	p.waitText(`.key[data-key="praise"] .fate`, "already counted")
	p.waitText("#news", "Already counted: Praise: something went well")
	d.press(refundKey)
	p.waitCards(2)
	d.press(refundKey)
	p.waitText("#news", "Already counted: Refund slow")
	if got := d.events(); len(got) != 2 {
		t.Errorf("stored: %+v", got)
	}
	d.stop()
	p.waitText("#state", "The agent is not running")
	p.keys("4")
	p.waitCards(3)
	p.keys("4")
	p.waitText("#news", "Tapped already, and NOT saved yet: How do I use it?")
	p.waitText("#alarm", "NOT saved yet: 1 tag, kept in this page.")
	p.sound()
}

// What happens in one tab shows in the other, and does not disturb what is typed there.
func testTabs(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	one := open(t, b, d, weblab.View{})
	two := open(t, b, d, weblab.View{})
	one.keys("1")
	one.waitCards(1)
	two.waitCards(1)
	two.keys("nfrom two")
	one.keys("p")
	one.keys("nfrom one")
	one.keys(kb.Enter)
	one.waitText("#note-state", "Saved")
	two.waitText("#note-state", "Stored is: “from one”")
	two.wait(pressed("stage", "pay"))
	if got := eval[string](two, `document.getElementById("note").value`); got != "from two" || two.focus() != "note" {
		t.Errorf("in the other tab the note says %q, the focus is on %s", got, two.focus())
	}
	two.keys(kb.Enter)
	two.waitText("#note-state", "Saved")
	one.wait(`document.getElementById("note").value === "from two"`)

	two.keys("n, more")
	one.keys("z")
	one.waitCards(0)
	two.waitText("#note-state", "NOT saved: taken back elsewhere")
	if got := eval[string](two, `document.getElementById("note").value`); got != "from two, more" {
		t.Errorf("after it was taken back in one tab the other's note says %q", got)
	}
	one.sound()
	two.sound()
}

// A webkey's address stores nothing when it is opened; one key does, once.
func testWebkey(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	open(t, b, d, weblab.View{}) // lets the browser in
	p := visit(t, b, d.host("/tag/refund-slow"), weblab.View{})
	p.waitText("#ask-title", "Tag this conversation: Refund slow?")
	p.wait(`document.activeElement.id === "ask-yes"`)
	p.keep("webkey")
	p.fair("webkey")
	p.Do(t, chromedp.Reload())
	p.wait(`document.activeElement?.id === "ask-yes"`)
	if got := d.events(); len(got) != 0 {
		t.Fatalf("opening stored %+v", got)
	}
	p.keys(kb.Escape)
	p.wait(`document.getElementById("ask").hidden && location.pathname === "/"`)
	if got := d.events(); len(got) != 0 {
		t.Fatalf("Escape stored %+v", got)
	}
	p.Do(t, chromedp.Navigate(d.host("/tag/refund-slow")))
	p.wait(`document.activeElement?.id === "ask-yes"`)
	p.keys(kb.Enter)
	p.waitText("#hand-title", "Refund slow")
	p.wait(`document.getElementById("ask").hidden && location.pathname === "/"`)
	p.Do(t, chromedp.Reload())
	p.waitCards(1)
	p.wait(`document.getElementById("ask").hidden`)
	if got := d.events(); len(got) != 1 || got[0].Tag != "refund-slow" || got[0].Source != cx.SourcePage {
		t.Errorf("stored: %+v", got)
	}
	p.sound()

	p.Do(t, chromedp.Navigate(d.host("/tag/refnd-slow")))
	p.waitText("#ask", "cannot be used on this desk")
	p.waitText("#ask", "Nothing was stored.")
	p.keep("webkey-unknown")
	p.keys(kb.Enter) // on "OK"
	p.wait(`document.getElementById("ask").hidden && location.pathname === "/"`)
	if got := d.events(); len(got) != 1 {
		t.Errorf("an unknown tag stored: %+v", got)
	}
}

// A browser that was never let in is told how it gets in, and that nothing was stored.
func testDenied(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := visit(t, b, d.host("/tag/refund-slow"), weblab.View{Width: 700, Height: 500})
	p.waitText("main", "magicbutton open")
	p.waitText("main", "The tag refund-slow was not stored")
	p.keep("not-let-in")
	p.fair("not let in")
	p.valid("not let in")
	used := d.address()
	visit(t, b, used, weblab.View{}).wait(`location.pathname === "/"`)
	again := visit(t, b, used, weblab.View{})
	again.waitText("main", "The ticket was used already")
	again.wait(`location.href.indexOf("#") < 0`)
	if got := d.events(); len(got) != 0 {
		t.Errorf("stored: %+v", got)
	}
}
