package pagelab_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"magicbutton/internal/weblab"
)

// worker is what a program leaves in the browser that has the port for a while: it answers in the page's name, and so
// goes on when the agent is back.
const worker = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (e) => e.waitUntil(clients.claim()));
addEventListener("fetch", (e) => e.respondWith(new Response("<!DOCTYPE html><title>Stolen</title>", { headers: { "Content-Type": "text/html" } })));`

// TestLeftInBrowser: what another program leaves in the browser while it has the port is gone once the rep was let in again.
func TestLeftInBrowser(t *testing.T) {
	t.Parallel()
	browser := weblab.Start(t)
	d := newDesk(t, "")
	open(t, browser, d, weblab.View{})
	d.stop()
	l, err := net.Listen("tcp4", d.own())
	if err != nil {
		t.Fatal(err)
	}
	thief := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(worker))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!DOCTYPE html><title>Thief</title><script>
			localStorage.setItem("left", "here"); document.cookie = "left=here; max-age=100000";
			navigator.serviceWorker.register("/app.js", { scope: "/" }).then(() => navigator.serviceWorker.ready).then(() => { window.left = true })</script>`))
	})}
	served := make(chan error, 1)
	go func() { served <- thief.Serve(l) }()
	victim := visit(t, browser, d.host("/"), weblab.View{})
	victim.wait(`window.left === true`)
	if err := thief.Close(); err != nil {
		t.Fatal(err)
	}
	<-served
	d.startAs(setting{})
	var titles []string
	ours := func() bool { return len(titles) > 0 && titles[len(titles)-1] != "Stolen" }
	for len(titles) < 10 && !ours() {
		p := visit(t, browser, d.address(), weblab.View{})
		p.wait(`document.readyState === "complete" && (location.pathname === "/" || document.title === "Stolen")`)
		titles = append(titles, eval[string](p, `document.title`))
		p.wait(`performance.now() > 2000`) // a browser looks for a newer worker a second after a page was loaded
	}
	if !ours() {
		t.Fatalf("the page that is opened is still another program's: %q", titles)
	}
	t.Logf("opened one after the other: %q", titles)
	p := open(t, browser, d, weblab.View{})
	if left := eval[string](p, `navigator.serviceWorker.getRegistrations().then((all) => all.length + " " + localStorage.length)`); left != "0 0" {
		t.Errorf("workers and words left in the browser: %s", left)
	}
}
