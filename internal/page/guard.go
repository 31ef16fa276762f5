package page

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

// policy lets the page load its own files, and do nothing else with text than show
// it: were a note or a label ever taken for markup, no script of it would run.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"worker-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// No page that opened this one in a window may reach into that: of other sites by the
// first, which all browsers know; by the second not even one of this origin, as another
// program that had the port before may have left it open. Who does not know that takes
// it for no policy, so it is only for what a page of this origin opens.
const (
	openers  = "same-origin"
	noOpener = "noopener-allow-popups"
)

// guard lets through only what may come from the page or from whoever opens it.
// Nothing behind it asks again who sent a request, but for the cookie.
func (s *Server) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fail(w, r, errForeign) }))
	next = cross.Handler(next)
	own := hostPort(s.port)
	also := []string{"localhost:" + strconv.Itoa(s.port), "[::1]:" + strconv.Itoa(s.port)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		if r.Header.Get("Sec-Fetch-Site") == "same-origin" {
			w.Header().Set("Cross-Origin-Opener-Policy", noOpener)
		}
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch host := strings.ToLower(r.Host); {
		case isStranger(r):
			w.Header().Set("Connection", "close")
			fail(w, r, errStranger)
		case reads && (host == also[0] || host == also[1]) && isPlain(r):
			http.Redirect(w, r, "http://"+own+r.URL.RequestURI(), http.StatusFound)
		case host != own: // a name that somebody made an address of this machine's, or no name
			fail(w, r, errHost)
		case reads && r.Header.Get("Service-Worker") != "":
			removeWorker(w)
		case isForeign(r):
			fail(w, r, errForeign)
		case reads && isPage(r.URL.Path) && !isOpened(r):
			clearStorage(w.Header())
			fail(w, r, errScript)
		case !isPlain(r):
			fail(w, r, noPath(r))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// secure sets what every answer says to a browser.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", openers)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// clearStorage makes a browser drop what this address keeps in it. The page keeps
// nothing there but the cookie; yet another program that had the port while the agent
// was away may have left a service worker, which from then on would answer in the
// agent's place. Whatever such a worker asks of the agent, to show the real page or to
// read, is the end of it.
func clearStorage(h http.Header) { h.Set("Clear-Site-Data", `"storage"`) }

// goneWorker is a service worker that removes itself, and loads again the pages that the
// one before it showed.
const goneWorker = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (e) => e.waitUntil((async () => {
	await registration.unregister();
	for (const c of await clients.matchAll({ type: "window", includeUncontrolled: true })) c.navigate(c.url);
})()));
`

// removeWorker answers a browser that looks for a newer script of a service worker, as
// it does a second after it loaded a page with one, whatever the page was. The page has
// none, so it is another program's: a refusal would leave it in place.
func removeWorker(w http.ResponseWriter) {
	h := w.Header()
	clearStorage(h)
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Service-Worker-Allowed", "/") // its script may lie deeper than what it took
	_, _ = w.Write([]byte(goneWorker))
}

func isStranger(r *http.Request) bool {
	v := visitorOf(r.Context())
	return v != nil && v.stranger()
}

// isForeign reports whether a browser says that another site, or another port of this
// host, asks: it may open the page, as a link does, and read or embed nothing.
func isForeign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	opens := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return !opens || !isPage(r.URL.Path) || r.Method != http.MethodGet
}

// isPage reports whether a path is of a page that people open.
func isPage(p string) bool { return p == "/" || p == "/in" || strings.HasPrefix(p, "/tag/") }

// isOpened reports whether a browser opens what it asks for in a tab, as far as it says.
// The page has in it what its pass is made of. A page of another program that had the
// port before has the same origin, and must not read it with a fetch or in a frame.
func isOpened(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document"
}

// isPlain reports whether a path is written in the one way that the page writes it. No
// path of ours needs an escape, a dot or two slashes in a row.
func isPlain(r *http.Request) bool {
	p := r.URL.Path
	return strings.HasPrefix(p, "/") && r.URL.EscapedPath() == p && path.Clean(p) == p
}
