package pagelab_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/weblab"
)

// script makes the tab's requests to the agent answerable by the test: window.answers has what answers the next taps,
// and after them the agent does. What the disk did not take is sent again at once.
func (p *tab) script() {
	p.t.Helper()
	eval[bool](p, `(() => {
		const real = fetch, later = setTimeout;
		window.posts = [];
		window.answers = [];
		window.real = real;
		window.waiting = async () => Response.json({ result: "waiting", event: null, reason: "the disk is full", scrubbed: 0, duplicate: false });
		window.held = (then) => (path, o) => new Promise((go) => { window.go = () => go(then(path, o)) });
		window.setTimeout = (act, ms, ...rest) => later(act, ms === 5000 ? 200 : ms, ...rest);
		window.fetch = async (path, o) => {
			if (o?.method === "POST") window.posts.push(path);
			return path === "/tap" && window.answers.length > 0 ? window.answers.shift()(path, o) : real(path, o);
		};
		return true;
	})()`)
}

// answers says how the next taps are answered.
func (p *tab) answers(list string) {
	p.t.Helper()
	eval[bool](p, `(() => { window.answers = [`+list+`]; window.go = null; return true })()`)
}

// release lets a held tap go on, once it is sent.
func (p *tab) release() {
	p.t.Helper()
	p.wait(`window.go !== null`)
	eval[bool](p, `(() => { const go = window.go; window.go = null; go(); return true })()`)
}

// A tap that waits in the agent's memory can be taken back and written to, whether it rests or flies meanwhile.
func testWaitingTap(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	p.script()
	p.answers(`waiting, held(waiting), held(real)`)
	p.keys("3")
	p.waitText("#hand-title", "Praise")
	p.wait(`window.go !== null`)
	p.keys("nvery friendly")
	p.keys(kb.Enter)
	p.release()
	p.waitText("#note-state", "NOT saved. Kept in this page")
	p.release()
	p.waitText("#note-state", "Saved")
	p.wait(`document.getElementById("alarm").childElementCount === 0`)

	p.answers(`waiting, held(real)`)
	p.keys("4")
	p.waitText("#hand-title", "How do I use it?")
	p.settled()
	p.keys("z")
	p.waitText("#take-back", "Being taken back")
	p.release()
	p.waitCards(1)
	got := d.events()
	if len(got) != 1 || got[0].Tag != "praise" || got[0].Note != "very friendly" {
		t.Errorf("stored: %+v", got)
	}
	for _, path := range eval[[]string](p, `window.posts`) {
		if strings.Contains(path, "ref") {
			t.Errorf("asked for %s, which the agent cannot know", path)
		}
	}
	p.sound()

	p.answers(`async () => Response.json({ result: "stored" })`) // an answer that the script does not understand
	p.keys("5")
	p.keys("6") // is sent all the same
	p.waitText("#hand-title", "Could not reach a person")
}

// What was written for a tap that the agent refuses goes to the one that was counted, or is shown to be copied. Neither
// is one lost or kept where nobody sees it.
func testRefusedWords(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	p.script()
	p.answers(`async (path, o) => { const r = await real(path, o); window.first = (await r.clone().json()).event; return r }`)
	p.keys("3")
	p.waitText("#hand-title", "Praise") // the stream may tell of it before the answer is there
	p.wait(`Boolean(window.first)`)
	refused := `waiting, held(async () => Response.json({ result: "refused", event: window.counted, scrubbed: 0, duplicate: false }))`
	for _, test := range []struct{ counted, words string }{
		{`window.first`, "the courier waited"},
		{`{ ...window.first, note: "the courier waited", rev: 1 }`, "a second thing"},
		{`null`, "a third thing"},
	} {
		eval[bool](p, `(() => { window.counted = `+test.counted+`; return true })()`)
		p.answers(refused)
		p.keys("4")
		p.waitText("#hand-title", "How do I use it?")
		p.keys("n" + test.words)
		p.keys(kb.Enter)
		p.release()
		p.waitText(`.key[data-key="how-to"] .fate`, "already counted")
		if test.counted == `window.first` {
			p.waitText("#news", "Note saved: Praise")
			p.waitText("#hand-title", "Praise")
			p.wait(`document.getElementById("alarm").childElementCount === 0`)
			continue
		}
		p.waitText("#alarm", "NOT saved: the note on How do I use it?. Already counted. To copy: “"+test.words+"”")
	}
	p.waitCards(1)
	if warned := eval[bool](p, `(() => { const e = new Event("beforeunload", { cancelable: true }); dispatchEvent(e); return e.defaultPrevented })()`); warned {
		t.Error("closing the page warns of words that no card shows")
	}
	p.keep("words-to-copy")
	p.fair("words to copy")
	p.click("#alarm button")
	p.click("#alarm button")
	p.wait(`document.getElementById("alarm").childElementCount === 0`)
	if got := d.events(); len(got) != 1 || got[0].Note != "the courier waited" {
		t.Errorf("stored: %+v", got)
	}
	p.sound()
}

// A tap that is stored although the page was told otherwise is sent again: what was written meanwhile is "saved" when it
// is, and one that was taken back meanwhile does not come back.
func testSentTwice(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	p.script()
	const storedAllTheSame = `async (path, o) => { await real(path, o); return waiting() }, held(real)`
	p.answers(storedAllTheSame)
	p.keys("3")
	p.waitCards(2) // that of the stream, and the one that waits here
	eval[bool](p, `(() => {
		const real = window.fetch;
		window.note = null;
		window.fetch = (path, o) => path.endsWith("/amend") ? new Promise((go) => { window.note = () => go(real(path, o)) }) : real(path, o);
		return true;
	})()`)
	p.click(`.card:has([data-kind="bad"])`)
	p.click("#note")
	p.keys("very friendly")
	p.keys(kb.Enter)
	p.release()
	p.wait(`window.note !== null`)
	if got := p.text("#note-state"); strings.HasPrefix(got, "Saved") || d.events()[0].Note != "" {
		t.Errorf("of a note that is on its way the page says %q", got)
	}
	eval[bool](p, `(() => { window.note(); return true })()`)
	p.waitText("#note-state", "Saved")

	p.answers(storedAllTheSame)
	p.keys("4")
	p.waitCards(3)
	all := d.events()
	if _, err := d.agent.Desk().Void(t.Context(), all[len(all)-1].ID); err != nil {
		t.Fatal(err)
	}
	p.waitCards(2)
	p.release()
	p.waitText(`.key[data-key="how-to"] .fate`, "taken back")
	p.waitCards(1)
	if diff := cmp.Diff([]string{"praise"}, tagsOf(d.events())); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	p.sound()
}
