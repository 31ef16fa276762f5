package pagelab_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/weblab"
)

// The page finds the agent again after a restart, and says so.
func testRestart(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitCards(1)
	d.stop()
	p.waitText("#state", "The agent is not running")
	d.start(nil)
	p.waitText("#state", "Connected again since")
	p.waitText("#news", "Connected again: the agent was started anew.")
	p.wait(`document.getElementById("alarm").childElementCount === 0 && !document.title.includes("NOT saved")`)
	p.waitCards(1)
	d.press(billKey)
	p.waitCards(2)
	p.sound()
}

// While the agent is away nothing is lost that was typed or tapped, and the page says plainly that it is not saved.
func testStopped(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitText("#hand-title", "Refund slow")
	p.keys("n")
	d.stop()
	p.waitText("#alarm", "NOT saved: the agent is not running")
	p.keys("the courier never came")
	p.keys(kb.Enter)
	p.waitText("#note-state", "NOT saved. Kept in this page")
	p.waitText("#alarm", "NOT saved yet: 1 note, kept in this page.")
	p.keys("3")
	p.waitText("#hand-title", "Praise: something went well")
	p.waitText(`.key[data-key="praise"] .fate`, "NOT saved")
	p.keys("nvery friendly")
	p.keys(kb.Enter)
	p.waitText("#alarm", "NOT saved yet: 1 note and 1 tag, kept in this page.")
	p.wait(`document.title.startsWith("NOT saved - ")`)
	p.wait(`document.querySelectorAll(".card .mark[data-kind=bad]").length === 2`)
	if alone := eval[[]string](p, `[...document.querySelectorAll("[data-kind=bad], #state[data-state=bad], #alarm .line")].filter((e) => !e.querySelector(".icon use")).map((e) => e.outerHTML)`); len(alone) > 0 {
		t.Errorf("said by its colour and words alone: %q", alone)
	}
	p.keep("not-saved")
	p.fair("agent stopped")
	p.valid("agent stopped")
	if kept := eval[string](p, `JSON.stringify([localStorage.length, sessionStorage.length, history.state, document.cookie])`); kept != `[0,0,null,""]` {
		t.Errorf("the browser keeps %s", kept)
	}
	warned := eval[bool](p, `(() => { const e = new Event("beforeunload", { cancelable: true }); dispatchEvent(e); return e.defaultPrevented })()`)
	if !warned {
		t.Error("closing the page does not warn")
	}
	d.start(nil)
	p.waitText("#news", "Sent: 1 note and 1 tag that waited.")
	p.waitText("#state", "Connected again")
	p.wait(`document.getElementById("alarm").childElementCount === 0 && document.querySelectorAll(".card .mark[data-kind=bad]").length === 0`)
	p.waitCards(2)
	p.keep("sent")
	got := map[string]string{}
	for _, e := range d.stored() {
		got[e.Tag] += e.Note
	}
	if diff := cmp.Diff(map[string]string{"refund-slow": "the courier never came", "praise": "very friendly"}, got); diff != "" {
		t.Errorf("in the file (-want +got):\n%s", diff)
	}
	p.sound()
}

// A tap whose answer is lost is sent again, and counts once.
func testLostAnswer(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	eval[bool](p, `(() => {
		const real = fetch, alarm = document.getElementById("alarm");
		window.refs = [];
		window.alarms = "";
		new MutationObserver(() => { window.alarms += alarm.innerText }).observe(alarm, { childList: true, subtree: true });
		window.fetch = async (path, o) => {
			if (path !== "/tap") return real(path, o);
			window.refs.push(JSON.parse(o.body).ref);
			const answer = await real(path, o);
			if (window.refs.length === 1) throw new TypeError("lost");
			return answer;
		};
		return true;
	})()`)
	p.keys("3")
	p.waitText("#news", "Sent: 1 tag that waited.")
	p.waitCards(1)
	if refs := eval[[]string](p, `window.refs`); len(refs) != 2 || refs[0] != refs[1] || len(refs[0]) < 16 {
		t.Errorf("refs: %q, want one twice", refs)
	}
	if got := d.events(); len(got) != 1 {
		t.Errorf("stored: %+v", got)
	}
	if said := eval[string](p, `window.alarms`); !strings.Contains(said, "1 tag, kept in this page") || strings.Contains(said, "not running") {
		t.Errorf("of an agent that runs the page said %q", said)
	}
}

// thief is another program on the agent's port. It says yes to all, and notes what it gets.
type thief struct {
	mu  sync.Mutex
	got []string
}

func (th *thief) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	th.mu.Lock()
	th.got = append(th.got, fmt.Sprintf("%s %s cookies=%d %s", r.Method, r.URL.Path, len(r.Cookies()), body))
	th.mu.Unlock()
	_, _ = io.WriteString(w, strings.Repeat("0", 64))
}

// A program that takes the port while the agent is away gets challenges and nothing else.
func testOther(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	d.press(refundKey)
	p.waitCards(1)
	d.stop()
	p.waitText("#state", "The agent is not running")
	p.keys("na secret")
	p.keys(kb.Enter)
	p.keys("3")
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.port)))
	if err != nil {
		t.Fatal(err)
	}
	th := &thief{}
	server := &http.Server{Handler: th}
	go func() { _ = server.Serve(l) }()
	p.waitText("#alarm", "Another program answers on this port. Nothing was sent.")
	p.waitText("#alarm", "NOT saved yet: 1 note and 1 tag, kept in this page.")
	p.keep("another-program")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	th.mu.Lock()
	for _, got := range th.got {
		if got != "GET /prove cookies=0 " {
			t.Errorf("the other program got %q", got)
		}
	}
	th.mu.Unlock()
	d.start(nil)
	p.waitText("#news", "Sent: 1 note and 1 tag that waited.")
	if got := d.events(); len(got) != 2 || got[0].Note != "a secret" {
		t.Errorf("stored: %+v", got)
	}
}

// A tab that nobody looks at lets go of its connection, unless it has something to send; seen again it shows all that
// happened meanwhile.
func testHidden(t *testing.T, b *weblab.Browser) {
	d := newDesk(t, without)
	p := open(t, b, d, weblab.View{})
	hide := func(on bool) {
		eval[bool](p, fmt.Sprintf(`(() => {
			Object.defineProperty(document, "hidden", { configurable: true, get: () => %t });
			return document.dispatchEvent(new Event("visibilitychange"));
		})()`, on))
	}
	hide(true)
	p.waitText("#state", "Not looking")
	d.press(refundKey)
	hide(false)
	p.waitText("#state", "Connected")
	p.waitCards(1)
	d.stop()
	p.waitText("#state", "The agent is not running")
	p.keys("nkept")
	p.keys(kb.Enter)
	p.waitText("#alarm", "NOT saved yet: 1 note")
	hide(true)
	d.start(nil)
	p.waitText("#news", "Sent: 1 note that waited.")
	p.waitText("#state", "Not looking")
	if got := d.events(); len(got) != 1 || got[0].Note != "kept" {
		t.Errorf("stored: %+v", got)
	}
	p.sound()
}
