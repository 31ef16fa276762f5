package page

import (
	"net/http"
	"strings"
	"testing"

	"magicbutton/internal/cx"
)

const tapBody = `{"tag":"praise","ref":"r1"}`

// TestAttacks: nothing of these is stored, shown or answered with the desk's name.
func TestAttacks(t *testing.T) {
	cross := map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://example.com"}
	tap := func(header map[string]string) request {
		return request{method: http.MethodPost, path: "/tap", body: tapBody, header: header}
	}
	get := func(path string) request { return request{path: path} }
	for _, test := range []struct {
		name   string
		q      request
		status int
	}{
		{"rebound name", request{path: "/", host: "evil.example:28886"}, 421},
		{"rebound name reads", request{path: "/said", host: "evil.example:28886"}, 421},
		{"rebound name writes", request{method: "POST", path: "/tap", body: tapBody, host: "evil.example:28886"}, 421},
		{"rebound name, unknown path", request{path: "/nothing", host: "evil.example"}, 421},
		{"another port", request{path: "/", host: "127.0.0.1:80"}, 421},
		{"no port", request{path: "/", host: "127.0.0.1"}, 421},
		{"another loopback address", request{path: "/", host: "127.0.0.2:28886"}, 421},
		{"name that ends in ours", request{path: "/", host: "127.0.0.1:28886.evil.example"}, 421},
		{"localhost writes", request{method: "POST", path: "/tap", body: tapBody, host: "localhost:28886"}, 421},
		{"IPv6 writes", request{method: "POST", path: "/tap", body: tapBody, host: "[::1]:28886"}, 421},
		{"localhost, odd path", request{path: "//evil.example/", host: "localhost:28886"}, 421},

		{"cross-site form", tap(cross), 403},
		{"same-site form, another port", tap(map[string]string{"Sec-Fetch-Site": "same-site"}), 403},
		{"old browser, foreign origin", tap(map[string]string{"Sec-Fetch-Site": "", "Origin": "https://example.com"}), 403},
		{"old browser, null origin", tap(map[string]string{"Sec-Fetch-Site": "", "Origin": "null"}), 403},
		{"old browser, another port's origin", tap(map[string]string{"Sec-Fetch-Site": "", "Origin": "http://127.0.0.1:9999"}), 403},
		{"cross-site fetch reads", request{path: "/said", header: cross}, 403},
		{"cross-site script", request{path: "/app.js", header: cross}, 403},
		{"another port's page embeds the stream", request{path: "/stream", header: map[string]string{"Sec-Fetch-Site": "same-site"}}, 403},
		{"cross-site frame", request{path: "/", header: map[string]string{
			"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe",
		}}, 403},
		{"cross-site link to data", request{path: "/said", header: map[string]string{
			"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
		}}, 403},
		{"service worker writes", request{
			method: "POST", path: "/tap", body: tapBody, noCookie: true, header: map[string]string{"Service-Worker": "script"},
		}, 401},
		{"service worker, rebound name", request{path: "/app.js", host: "evil.example", header: map[string]string{"Service-Worker": "script"}}, 421},

		{"no cookie reads", request{path: "/said", noCookie: true}, 401},
		{"no cookie follows", request{path: "/stream", noCookie: true}, 401},
		{"no cookie writes", request{method: "POST", path: "/tap", body: tapBody, noCookie: true}, 401},
		{"no cookie opens", request{path: "/", noCookie: true}, 401},
		{"no cookie opens a tag", request{path: "/tag/praise", noCookie: true}, 401},

		{"form", tap(map[string]string{"Content-Type": "application/x-www-form-urlencoded"}), 415},
		{"plain text, as a form can send it", tap(map[string]string{"Content-Type": "text/plain"}), 415},
		{"no type", tap(map[string]string{"Content-Type": ""}), 415},
		{"large", request{method: "POST", path: "/tap", body: `{"note":"` + strings.Repeat("x", maxBodyBytes) + `"}`}, 413},
		{"unknown field", request{method: "POST", path: "/tap", body: `{"tag":"praise","ref":"r","source":"device"}`}, 400},
		{"two values", request{method: "POST", path: "/tap", body: tapBody + tapBody}, 400},
		{"no UTF-8", request{method: "POST", path: "/tap", body: "{\"tag\":\"praise\",\"ref\":\"\xff\"}"}, 400},
		{"no ref", request{method: "POST", path: "/tap", body: `{"tag":"praise"}`}, 400},
		{"empty", request{method: "POST", path: "/tap"}, 400},
		{"array", request{method: "POST", path: "/tap", body: `[]`}, 400},

		{"two slashes", get("//said"), 404},
		{"dots", get("/x/../said"), 404},
		{"escaped dots", get("/x/%2e%2e/said"), 404},
		{"escaped slash", get("/tag%2Fpraise"), 404},
		{"escaped slash in a tag", get("/tag/praise%2F..%2F..%2Fsaid"), 404},
		{"slash at the end", get("/said/"), 404},
		{"embedded template", get("/page.tmpl"), 404},
		{"embedded folder", get("/web/app.js"), 404},
		{"NUL", get("/tag/%00"), 404},
		{"backslash", get("/..%5cpage.go"), 404},
		{"void as a form sends it", request{
			method: "POST", path: "/events/01M812JN0668ABXM3S00000001/void", header: map[string]string{"Content-Type": "text/plain"},
		}, 415},
		{"no such event", request{method: "POST", path: "/events/x/void", body: `{}`}, 400},

		{"GET of a tap", get("/tap"), 405},
		{"GET of a void", get("/events/01M812JN0668ABXM3S00000001/void"), 405},
		{"PUT", request{method: "PUT", path: "/tap", body: tapBody}, 405},
		{"DELETE", request{method: "DELETE", path: "/"}, 405},
		{"OPTIONS", request{method: "OPTIONS", path: "/tap"}, 405},
		{"TRACE", request{method: "TRACE", path: "/"}, 405},
		{"unknown method", request{method: "PWN", path: "/"}, 405},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestServer(t)
			rec := s.do(t, test.q)
			if rec.Code != test.status {
				t.Errorf("status %d, want %d: %s", rec.Code, test.status, rec.Body)
			}
			if s.desk.changes != 0 {
				t.Errorf("it changed something")
			}
			if strings.Contains(rec.Body.String(), "desk 1") || strings.Contains(rec.Body.String(), "second till") {
				t.Errorf("it told something: %s", rec.Body)
			}
			if rec.Code == http.StatusMethodNotAllowed && rec.Header().Get("Allow") == "" {
				t.Errorf("405 without Allow")
			}
			for name, values := range rec.Header() {
				if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" {
					t.Errorf("%s: %q", name, values)
				}
			}
			if got := rec.Header().Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") {
				t.Errorf("Content-Security-Policy: %q", got)
			}
		})
	}
}

// TestReadsChangeNothing: what a browser does by itself stores nothing, cookie or not.
func TestReadsChangeNothing(t *testing.T) {
	s := newTestServer(t)
	e := s.desk.press("praise", cx.ID{})
	ticket := s.Ticket()
	for _, path := range []string{
		"/", "/tag/praise", "/tag/praise?confirm=1", "/tap?tag=praise&ref=1", "/in", "/in?ticket=" + ticket, "/app.js", "/said",
		"/events/" + e.ID.String() + "/history", "/events/" + e.ID.String() + "/void",
		"/prove?session=" + strings.Repeat("a", 32) + "&challenge=" + strings.Repeat("b", 32),
	} {
		for _, method := range []string{"GET", "HEAD"} {
			s.do(t, request{method: method, path: path})
		}
	}
	s.do(t, request{method: "HEAD", path: "/stream"})
	if s.desk.changes != 0 || len(s.desk.events) != 1 {
		t.Errorf("%d changes, %d events", s.desk.changes, len(s.desk.events))
	}
	if !s.tickets.take(ticket) {
		t.Error("a GET used up a ticket")
	}
}

// TestOtherNames: a browser that was sent to localhost lands on the address whose
// cookie it has.
func TestOtherNames(t *testing.T) {
	s := newTestServer(t)
	for _, host := range []string{"localhost:28886", "LOCALHOST:28886", "[::1]:28886"} {
		rec := s.do(t, request{path: "/tag/praise?x=1", host: host})
		if want := "http://127.0.0.1:28886/tag/praise?x=1"; rec.Code != http.StatusFound || rec.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %d to %q", host, rec.Code, rec.Header().Get("Location"), http.StatusFound, want)
		}
	}
}

// TestWorkerEnds: what a service worker of another program would have to ask for ends
// it.
func TestWorkerEnds(t *testing.T) {
	s := newTestServer(t)
	for name, q := range map[string]request{
		"its script":      {path: "/x/sw.js", header: map[string]string{"Service-Worker": "script"}, noCookie: true},
		"our name for it": {path: "/app.js", header: map[string]string{"Service-Worker": "script"}, noCookie: true},
		"the page":        {path: "/"},
		"a webkey's page": {path: "/tag/praise"},
		"no cookie":       {path: "/", noCookie: true},
		"stream":          {method: "HEAD", path: "/stream"},
		"stream, refused": {path: "/stream", noCookie: true},
	} {
		if got := s.do(t, q).Header().Get("Clear-Site-Data"); got != `"storage"` {
			t.Errorf("%s: Clear-Site-Data %q", name, got)
		}
		if q.header != nil {
			rec := s.do(t, q)
			if got := rec.Header().Get("Content-Type"); rec.Code != 200 || !strings.HasPrefix(got, "text/javascript") || rec.Body.String() != goneWorker {
				t.Errorf("%s: %d %s %s", name, rec.Code, got, rec.Body)
			}
		}
	}
}

// TestErrorsForPeople: a browser that shows the answer gets a page, a program JSON.
func TestErrorsForPeople(t *testing.T) {
	s := newTestServer(t)
	html := map[string]string{"Accept": "text/html,application/xhtml+xml"}
	rec := s.do(t, request{path: "/<script>alert(1)</script>", header: html})
	if got := rec.Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if b := rec.Body.String(); strings.Contains(b, "<script") || !strings.Contains(b, "no such path") {
		t.Errorf("page: %s", b)
	}
	rec = s.do(t, request{path: "/nothing"})
	if b := rec.Body.String(); !strings.Contains(b, `"code":"not_found"`) {
		t.Errorf("JSON: %s", b)
	}
	rec = s.do(t, request{path: "/said", noCookie: true})
	if b := rec.Body.String(); !strings.Contains(b, "magicbutton open") || rec.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("without a cookie: %s", b)
	}
	rec = s.do(t, request{path: "/", noCookie: true})
	if b := rec.Body.String(); !strings.Contains(b, "magicbutton open") || strings.Contains(b, "desk 1") {
		t.Errorf("page without a cookie: %s", b)
	}
}

// TestLinkOnAnotherSite: a link opens the page, though a browser sends no cookie with it.
func TestLinkOnAnotherSite(t *testing.T) {
	s := newTestServer(t)
	link := map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
	if rec := s.do(t, request{path: "/tag/praise", header: link, noCookie: true}); rec.Code != 401 || rec.Header().Get("Refresh") != "0" {
		t.Errorf("%d, Refresh %q: want the page to ask again by itself", rec.Code, rec.Header().Get("Refresh"))
	}
	if rec := s.do(t, request{path: "/tag/praise", noCookie: true}); rec.Header().Get("Refresh") != "" {
		t.Error("a browser that was not let in asks for ever")
	}
}
