package pagelab_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/weblab"
)

// A press on the desk is a card at once; what is typed into it is in the file after Enter.
func testNote(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	if enabled := eval[[]string](p, `[...document.querySelectorAll("#hand :enabled")].filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => e.id)`); len(enabled) > 0 {
		t.Errorf("without a card these can be pressed: %q", enabled)
	}
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	if got := p.cards(); !cmp.Equal(got, []string{"Refund slow"}) {
		t.Errorf("cards: %q", got)
	}
	p.keys("n")
	if got := p.focus(); got != "note" {
		t.Fatalf("after n the focus is on %s, want the note", got)
	}
	p.keys("third call about it")
	p.keys(kb.Enter, kb.ModifierShift)
	p.keys("still no money")
	p.waitText("#note-state", "Not saved yet")
	if got := d.events()[0].Note; got != "" {
		t.Errorf("stored before Enter: %q", got)
	}
	p.keys(kb.Enter)
	p.waitText("#note-state", "Saved")
	p.waitText("#news", "Note saved")
	p.keep("card")

	p.keys("n" + " - and again") // at the end of what is there
	p.keys(kb.Escape)
	if got := p.focus(); got != "hand" {
		t.Errorf("after Escape the focus is on %s, want the card", got)
	}
	p.waitText(".card .mark", "note not saved yet")
	if got := eval[string](p, `document.getElementById("note").value`); got != "third call about it\nstill no money - and again" {
		t.Errorf("after Escape the note says %q", got)
	}
	events := d.stored()
	if len(events) != 1 || events[0].Note != "third call about it\nstill no money" {
		t.Errorf("in the file: %+v", events)
	}
	p.sound()
}

// z takes back what was pressed, as long as the clock runs that the page shows.
func testUndo(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitCards(1)
	d.press(billKey)
	p.wait(`document.querySelector(".card .what")?.textContent === "Refund slow + Bill not understood"`)
	p.wait(`/Take back Bill not understood z (10:00|9:[0-5][0-9])/.test(document.getElementById("take-back").innerText.replace(/\s+/g, " "))`)
	if name := eval[string](p, `[...document.getElementById("take-back").children].filter((e) => e.ariaHidden !== "true").map((e) => e.innerText).join()`); name != "Take back Bill not understood" {
		t.Errorf("the button's name is %q, which must not change with the clock", name)
	}
	p.settled()
	p.keys("z")
	p.wait(`document.querySelector(".card .what")?.textContent === "Refund slow"`)
	p.waitText("#news", "Taken back: Bill not understood")
	p.click("#take-back")
	p.waitCards(0)
	p.waitText("#none", "Nothing yet")
	if events := d.events(); len(events) != 0 {
		t.Errorf("still counted: %+v", events)
	}
	p.keys("z") // there is nothing to take back
	d.press(refundKey)
	p.waitCards(1) // no guard after an undo
	p.sound()
}

// Words that are not saved do not go with a tag unsaid: it takes a second time.
func testWordsGo(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	p.keys("n" + "third call" + kb.Escape)
	p.settled()
	p.keys("z")
	p.waitText("#news", "The words in the note are not saved")
	if got := eval[string](p, `document.getElementById("note").value`); got != "third call" {
		t.Errorf("the note says %q after the first time", got)
	}
	p.settled()
	p.keys("z")
	p.waitCards(0)
	if events := d.events(); len(events) != 0 {
		t.Errorf("still counted: %+v", events)
	}
	p.sound()
}

// What a rep tags by hand on the page is in hand then, though the mouse lies on the card before it: the next key is for
// it.
func testOwnTap(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	p.keys("C", kb.ModifierShift)
	p.click("#had-to") // the mouse rests there
	p.waitText(".card .more", "had to switch from Chat")
	p.keys("3")
	p.waitText("#hand-title", "Praise")
	p.keys("e")
	p.wait(pressed("channel", "email"))
	p.waitText("#news", "Changed: Praise")
	var channels []string
	for _, e := range d.events() {
		channels = append(channels, e.Tag+" "+string(e.Channel))
	}
	if want := []string{"refund-slow phone", "praise email"}; !cmp.Equal(channels, want) {
		t.Error(cmp.Diff(want, channels))
	}
	p.sound()
}

// Stage and channel have a key each, the channel that was tried before the same with Shift. A tag can be changed; what
// it was is shown.
func testAmend(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	p.wait(pressed("stage", "return"))
	p.keys("p")
	p.wait(pressed("stage", "pay"))
	p.keys("e")
	p.wait(pressed("channel", "email"))
	p.keys("C", kb.ModifierShift)
	p.wait(`document.getElementById("tried").value === "chat"`)
	p.wait(`document.getElementById("chose-to").getAttribute("aria-pressed") === "true"`)
	p.click("#had-to")
	p.wait(`document.getElementById("had-to").getAttribute("aria-pressed") === "true"`)
	p.waitText(".card .more", "Pay · Email · had to switch from Chat")
	p.choose("#tags select", "praise")
	p.waitText(".card .what", "Praise: something went well")
	p.waitText("#was", "The tag was Refund slow.")
	p.waitText("#was", "The stage was Return.")
	p.keep("amended")

	want := cx.Event{Tag: "praise", Stage: cx.StagePay, Channel: cx.ChannelEmail, Tried: cx.ChannelChat, Forced: true}
	events := d.stored()
	if len(events) != 1 {
		t.Fatalf("in the file: %+v", events)
	}
	got := cx.Event{Tag: events[0].Tag, Stage: events[0].Stage, Channel: events[0].Channel, Tried: events[0].Tried, Forced: events[0].Forced}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in the file (-want +got):\n%s", diff)
	}
	p.sound()
}

// pressed is an expression: a chip, and no other of its group, is the chosen one.
func pressed(group, code string) string {
	return `[...document.querySelectorAll("#` + group + ` [aria-pressed=true]")].map((c) => c.dataset.key).join() === "` + code + `"`
}

// A press that comes while somebody types moves neither the focus nor the words nor the card, and waits for n.
func testTyping(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "[press]\nsame_conversation = 0\n")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	p.keys("nfirst")
	const place = `JSON.stringify(["hand", "note", "take-back", "stage", "pad"].map((id) => document.getElementById(id).getBoundingClientRect()))`
	before := eval[string](p, place)
	d.press(billKey)
	p.waitCards(2)
	p.waitText("#newer", "Show newest (1)")
	p.keys(" and more")
	if got := p.text("#hand-title"); !cmp.Equal(got[len(got)-len("Refund slow"):], "Refund slow") {
		t.Errorf("the card in hand is %q", got)
	}
	if got := eval[string](p, `document.getElementById("note").value`); got != "first and more" || p.focus() != "note" {
		t.Errorf("the note says %q, the focus is on %s", got, p.focus())
	}
	if after := eval[string](p, place); after != before {
		t.Errorf("things moved\nfrom %s\nto   %s", before, after)
	}
	p.keep("newer")
	p.keys(kb.Escape)
	p.keys("nsecond")
	p.keys(kb.Enter)
	p.waitText("#note-state", "Saved")
	p.keys("j") // the one before, with its words as they were left
	p.wait(`document.getElementById("note").value === "first and more"`)
	p.keys("n")
	p.keys(kb.Escape)
	p.keys("j")
	p.click("#note")
	p.keys(kb.Enter)
	p.waitText("#note-state", "Saved")
	p.click("#cards li:nth-child(1) .card") // takes it in hand and does nothing else
	p.waitText("#hand-title", "Bill not understood")
	p.wait(`document.getElementById("note").value === "second"`)
	p.keys(kb.ArrowDown) // on a card of the list
	p.waitText("#hand-title", "Refund slow")
	p.keys("n")
	p.keys(kb.Escape)
	p.keys(kb.ArrowDown) // else it scrolls
	p.waitText("#hand-title", "Bill not understood")
	got := map[string]string{}
	for _, e := range d.events() {
		got[e.Tag] = e.Note
	}
	if diff := cmp.Diff(map[string]string{"refund-slow": "first and more", "bill-unclear": "second"}, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	p.sound()
}

// A finger on its way to a card that changes right then does nothing.
func testFinger(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	p.wait(`document.querySelector("[data-settling]") === null`)
	eval[bool](p, `(() => {
		const back = document.getElementById("take-back");
		new MutationObserver((_, watch) => {
			watch.disconnect();
			back.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
		}).observe(document.getElementById("hand"), { attributeFilter: ["data-settling"] });
		return true;
	})()`)
	d.press(billKey)
	p.waitText("#hand-title", "Bill not understood")
	p.waitText("#news", "nothing was done. Try again.")
	p.click("#take-back")
	p.waitCards(1)
	if got := tagsOf(d.events()); !cmp.Equal(got, []string{"refund-slow"}) {
		t.Errorf("left: %q", got)
	}
	p.sound()
}

// Who clicks twice on "Take back", or types z twice, takes one conversation back and no other.
func testTakenBackOnce(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	twice := func(ms int, act string) {
		eval[bool](p, fmt.Sprintf(`(async () => {
			const act = () => { %s };
			act();
			await new Promise((done) => setTimeout(done, %d));
			act();
			return true;
		})()`, act, ms))
	}
	for i, test := range []struct {
		ms  int
		act string
	}{
		{250, `document.getElementById("take-back").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }))`},
		{400, `document.getElementById("take-back").click()`},
		{150, `document.dispatchEvent(new KeyboardEvent("keydown", { key: "z", bubbles: true }))`},
	} {
		p.keys("1")
		p.waitCards(i + 1)
		p.keys("2")
		p.waitCards(i + 2)
		p.waitText("#hand-title", "Bill not understood")
		p.settled()
		twice(test.ms, test.act)
		p.waitCards(i + 1)
		p.waitText("#hand-title", "No conversation chosen")
		p.wait(`[...document.querySelectorAll("#hand :enabled")].filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => e.id).join() === "newer"`)
	}
	p.keys("3") // goes out after whatever else was asked for
	p.waitText("#hand-title", "Praise")
	if diff := cmp.Diff([]string{"refund-slow", "refund-slow", "refund-slow", "praise"}, tagsOf(d.events())); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	p.keys("jz")
	p.waitCards(3)
	p.sound()
}

// A second tag soon after the first is on the same card. It can be pulled apart, put back, and removed.
func testTwoTags(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitCards(1)
	d.press(billKey)
	p.wait(`document.querySelector(".card .what").textContent === "Refund slow + Bill not understood"`)
	p.waitText("#news", "Counted: Bill not understood")
	p.keys("d") // of the newest of the two
	p.wait(pressed("stage", "discover"))
	p.keep("two-tags")
	p.fair("two tags")
	conversations := func() (n int) {
		for _, e := range d.events() {
			n += e.Conversations()
		}
		return n
	}
	if events, n := d.events(), conversations(); len(events) != 2 || n != 1 || events[0].Stage != cx.StageReturn || events[1].Stage != cx.StageDiscover {
		t.Errorf("%d conversations: %+v", n, events)
	}
	p.click(`#tags li:nth-child(2) button[aria-label="Pull apart: Bill not understood"]`)
	p.waitCards(2)
	if n := conversations(); n != 2 {
		t.Errorf("pulled apart into %d conversations, want 2", n)
	}
	p.keys("n")
	p.keys(kb.Escape)
	p.waitText("#join", "Same conversation as")
	p.click("#join")
	p.waitCards(1)
	if n := conversations(); n != 1 {
		t.Errorf("put together into %d conversations, want 1", n)
	}
	p.keys("n")
	p.keys("both")
	p.keys(kb.Enter)
	p.waitText("#note-state", "Saved")
	p.click(`#tags li:nth-child(1) button[aria-label="Take back: Refund slow"]`) // the one that has the note
	p.wait(`document.querySelector(".card .what").textContent === "Bill not understood"`)
	p.wait(`document.getElementById("note").value === "both"`)
	if events := d.events(); len(events) != 1 || events[0].Tag != "bill-unclear" || events[0].Note != "both" || events[0].Conversations() != 1 {
		t.Errorf("left: %+v", events)
	}
	p.sound()
}

// What is taken out of a note is said, and what is left of it is shown.
func testScrubbed(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, "")
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitCards(1)
	p.keys("ncard 4111 1111 1111 1111, angry")
	p.keys(kb.Enter)
	p.waitText("#note-state", "A card number was taken out of the note.")
	p.wait(`document.getElementById("note").value === "card [card …1111], angry"`)
	p.keep("scrubbed")
	if got := d.events()[0].Note; got != "card [card …1111], angry" {
		t.Errorf("stored %q", got)
	}
	p.sound()
}
