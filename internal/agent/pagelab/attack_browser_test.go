package pagelab_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"magicbutton/internal/weblab"
)

// site is another page in the rep's browser: it tries on its own, and says what came of it.
type site struct {
	*httptest.Server
	mu  sync.Mutex
	got []string // what was sent to it
}

// newSite serves a page with a script, on another port.
func newSite(t testing.TB, html string) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" && r.URL.Path != "/opener" {
			s.mu.Lock()
			s.got = append(s.got, r.Method+" "+r.URL.String()+" "+r.Header.Get("Cookie"))
			s.mu.Unlock()
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			_, _ = w.Write([]byte(html))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// tries is a page that does all that a page of another site can do to the page at PAGE, about the event EVENT. It
// collects in `told` whatever it could read, and sets `done`.
const tries = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Attack</title><body><script>
window.told = []; window.done = false;
const page = "PAGE", event = "EVENT", within = (ms, p) => Promise.race([p, new Promise((r) => setTimeout(r, ms, "late"))]);
const read = async (what, p) => {
	try {
		const r = await within(2000, p);
		if (r === "late") return;
		const text = await r.text();
		if (r.type !== "opaque" || text) told.push(what + ": " + r.status + " " + text.slice(0, 100));
	} catch { /* refused, as it must be */ }
};
const loads = (what, name, attributes) => within(1000, new Promise((done) => {
	const e = Object.assign(document.createElement(name), attributes);
	e.onload = () => { if (name !== "iframe") told.push(what + " was loaded"); done() };
	e.onerror = done;
	document.body.append(e);
}));
const paths = ["/", "/said", "/stream", "/events/" + event + "/history", "/prove?session=" + "a".repeat(32) + "&challenge=" + "b".repeat(32)];
const tap = JSON.stringify({ tag: "praise", ref: "attack" });
const writes = [["/tap", tap], ["/events/" + event + "/void", "{}"], ["/events/" + event + "/amend", JSON.stringify({ note: "overwritten" })], ["/in", "{\"ticket\":\"x\"}"]];
(async () => {
	const all = [];
	for (const path of paths) {
		for (const mode of ["cors", "no-cors"]) all.push(read("fetch " + mode + " " + path, fetch(page + path, { mode, credentials: "include" })));
	}
	for (const [path, body] of writes) {
		for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
			for (const mode of ["cors", "no-cors"]) {
				all.push(read(mode + " POST " + path, fetch(page + path, { method: "POST", mode, credentials: "include", headers: { "Content-Type": type }, body })));
			}
		}
		navigator.sendBeacon(page + path, new Blob([body], { type: "text/plain" }));
		navigator.sendBeacon(page + path, body);
		const form = Object.assign(document.createElement("form"), { action: page + path, method: "POST", enctype: "text/plain", target: "sink" });
		form.append(Object.assign(document.createElement("input"), { name: body.slice(0, -1) + ",\"x\":\"", value: "\"}" }));
		document.body.append(form);
		form.submit();
	}
	all.push(loads("the script", "script", { src: page + "/app.js", type: "text/javascript" }),
		loads("the module", "script", { src: page + "/app.js", type: "module" }),
		loads("the style", "link", { href: page + "/app.css", rel: "stylesheet" }),
		loads("the picture", "img", { src: page + "/icon.svg" }),
		loads("a tap as a picture", "img", { src: page + "/tap?tag=praise&ref=img" }),
		loads("a frame", "iframe", { src: page + "/tag/praise", name: "frame" }));
	await Promise.all(all);
	try { told.push("framed: " + frames.frame.document.title) } catch { /* of another origin, as it must be */ }
	const stream = new EventSource(page + "/stream", { withCredentials: true });
	stream.onopen = () => told.push("the stream opened");
	stream.addEventListener("all", (m) => told.push("the stream told " + m.data.slice(0, 100)));
	const socket = new WebSocket(page.replace("http", "ws") + "/stream");
	socket.onopen = () => told.push("a socket opened");
	try { await navigator.serviceWorker.register(page + "/app.js"); told.push("a worker of the page's was registered") } catch { /* refused */ }
	await within(1000, new Promise((r) => { stream.onerror = r }));
	stream.close();
	done = true;
})();
</script><iframe name="sink"></iframe></body></html>`

// TestOtherSites opens, in the rep's own browser that was let in, pages of another port of the same address (the same
// site to a browser, so that it sends the cookie) and of another name of the machine (another site). They try all that
// a page can.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	browser := weblab.Start(t)
	d, _, event := newAttacked(t)
	p := open(t, browser, d, weblab.View{})
	p.waitText("#hand", "Refund slow")
	transaction, file := d.state()
	html := strings.NewReplacer("PAGE", strings.TrimSuffix(d.host("/"), "/"), "EVENT", event).Replace(tries)
	s := newSite(t, html)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, origin := range []string{s.URL, "http://localhost:" + port} {
		attack := visit(t, browser, origin+"/", weblab.View{})
		attack.wait(`window.done === true`)
		if told := eval[[]string](attack, `told`); len(told) > 0 {
			t.Errorf("%s could read: %q", origin, told)
		}
		d.unchanged("a page of "+origin, transaction, file)
		// A form that the whole tab goes to, and a link: what is shown is an error, or the page with nothing done.
		attack.Do(t, run(`(() => { const f = document.querySelector("form"); f.target = "_self"; f.submit(); return true })()`))
		attack.wait(`location.port === "` + fmt.Sprint(d.port) + `" && document.body.innerText.includes("another site asked for this")`)
		d.unchanged("a form of "+origin, transaction, file)
	}
	opener := visit(t, browser, s.URL+"/opener", weblab.View{})
	handle := eval[string](opener, `new Promise((done) => {
		const w = window.open("`+d.host("/tag/praise")+`");
		setTimeout(() => { let title; try { title = w.document.title } catch (e) { title = e.name } done(String(w.closed) + " " + title + " " + w.length) }, 1000);
	})`)
	if !strings.HasPrefix(handle, "true ") { // Cross-Origin-Opener-Policy: to whoever opened it, it looks closed
		t.Errorf("a window of the page's is in the hands of who opened it: %s", handle)
	}
	d.unchanged("a window", transaction, file)
	p.waitText("#state", "Connected")
	p.waitCards(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, got := range s.got {
		if !strings.HasPrefix(got, "GET /favicon.ico") {
			t.Errorf("the other site was sent %q", got)
		}
	}
}

// run runs a script, whatever page comes of it.
func run(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](script)
}
