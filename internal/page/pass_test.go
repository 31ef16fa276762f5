package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

var session = strings.Repeat("ab", sessionChars/2)

// TestCookie: what is not exactly what this agent gave out lets nobody in.
func TestCookie(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	p := passes{testKey, testPort, func() time.Time { return now }}
	other := func(change func(*passes)) string {
		q := p
		change(&q)
		return q.cookie(session).Value
	}
	good := p.cookie(session).Value
	parts := strings.Split(good, ".")
	for _, test := range []struct {
		name, value string
		ok          bool
	}{
		{"good", good, true},
		{"empty", "", false},
		{"two dots", "..", false},
		{"no signature", parts[0] + "." + parts[1] + ".", false},
		{"short signature", good[:len(good)-2], false},
		{"signature and more", good + "00", false},
		{"another session", strings.Repeat("cd", sessionChars/2) + "." + parts[1] + "." + parts[2], false},
		{"longer life", parts[0] + "." + parts[1] + "0." + parts[2], false},
		{"a proof as a cookie", parts[0] + "." + parts[1] + "." + hex.EncodeToString(p.proofKey(session)), false},
		{"capitals", parts[0] + "." + parts[1] + "." + strings.ToUpper(parts[2]), false},
		{"session with a line feed", parts[0][:31] + "\n." + parts[1] + "." + parts[2], false},
		{"another key", other(func(q *passes) { q.key = []byte(strings.Repeat("x", keyBytes)) }), false},
		{"another port", other(func(q *passes) { q.port++ }), false},
		{"almost expired", other(func(q *passes) { q.now = func() time.Time { return now.Add(time.Second - passAge) } }), true},
		{"expired", other(func(q *passes) { q.now = func() time.Time { return now.Add(-passAge) } }), false},
		{"a clock that was a year ahead", other(func(q *passes) { q.now = func() time.Time { return now.AddDate(1, 0, 0) } }), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if s, ok := p.check(test.value); ok != test.ok || ok && s != session {
				t.Errorf("check(%q) = %q, %v; want %v", test.value, s, ok, test.ok)
			}
		})
	}
}

// FuzzCookie: what lets somebody in is what this agent would write, to the letter.
func FuzzCookie(f *testing.F) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	p := passes{testKey, testPort, func() time.Time { return now }}
	f.Add(p.cookie(session).Value)
	f.Add(session + ".+1797966220." + p.sign(session, "+1797966220"))
	f.Add("..")
	f.Fuzz(func(t *testing.T, value string) {
		s, ok := p.check(value)
		until, _, _ := strings.Cut(strings.TrimPrefix(value, s+"."), ".")
		if ok && value != s+"."+until+"."+p.sign(s, until) {
			t.Errorf("%q lets %q in", value, s)
		}
	})
}

// TestCookieTossing: another port of the host can set cookies of our name, and they
// come first where their path is longer.
func TestCookieTossing(t *testing.T) {
	s := newTestServer(t)
	name := s.passes.cookieName()
	rec := s.do(t, request{path: "/said", header: map[string]string{
		"Cookie": name + "=" + session + ".1.00; " + name + "=; " + name + "=" + s.passes.cookie(session).Value,
	}})
	if rec.Code != http.StatusOK {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}

func TestCookieAttributes(t *testing.T) {
	s := newTestServer(t)
	rec := s.do(t, request{method: "POST", path: "/in", body: `{"ticket":"` + s.Ticket() + `"}`, noCookie: true})
	c := rec.Result().Cookies()
	if rec.Code != http.StatusOK || len(c) != 1 {
		t.Fatalf("status %d, %d cookies: %s", rec.Code, len(c), rec.Body)
	}
	if c := c[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" ||
		c.MaxAge != int(passAge.Seconds()) || c.Name != "magicbutton-28886" {
		t.Errorf("cookie %v", c)
	}
	if got := rec.Header().Get("Clear-Site-Data"); got != `"storage"` {
		t.Errorf("Clear-Site-Data: %s", got)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(c[0])
	if first, ok := s.passes.session(r); !ok || first == session {
		t.Errorf("session %q, %v", first, ok)
	}
}

// TestProve does what the page does.
func TestProve(t *testing.T) {
	s := newTestServer(t)
	page := s.do(t, request{path: "/"}).Body.String()
	_, rest, _ := strings.Cut(page, `data-proof="`)
	key, err := hex.DecodeString(rest[:64])
	if err != nil {
		t.Fatal(err)
	}
	challenge := strings.Repeat("0123456789abcdef", 2)
	h := hmac.New(sha256.New, key)
	h.Write([]byte(challenge))
	rec := s.do(t, request{path: "/prove?session=" + session + "&challenge=" + challenge, noCookie: true})
	if got, want := rec.Body.String(), hex.EncodeToString(h.Sum(nil)); rec.Code != 200 || got != want {
		t.Errorf("%d %q, want %q", rec.Code, got, want)
	}
	again := New(Options{Desk: s.desk, Port: testPort, Key: testKey})
	if got, _ := again.passes.prove(session, challenge); got != rec.Body.String() {
		t.Error("after a restart the agent proves nothing to a page of before")
	}
	for name, p := range map[string]passes{
		"another key":  {[]byte(strings.Repeat("x", keyBytes)), testPort, time.Now},
		"another port": {testKey, testPort + 1, time.Now},
	} {
		if got, _ := p.prove(session, challenge); got == rec.Body.String() {
			t.Errorf("%s proves the same", name)
		}
	}
	if other, _ := s.passes.prove(strings.Repeat("cd", 16), challenge); other == rec.Body.String() {
		t.Error("another session's proof is the same")
	}
	for _, query := range []string{
		"", "session=" + session, "session=" + session + "&challenge=" + challenge[1:], "session=x&challenge=" + challenge,
		"session=" + session + "&challenge=" + strings.ToUpper(challenge), "session=" + session + "&challenge=" + strings.Repeat("a", maxChallenge+1),
		"session=" + strings.ToUpper(session) + "&challenge=" + challenge,
	} {
		if rec := s.do(t, request{path: "/prove?" + query}); rec.Code != http.StatusBadRequest {
			t.Errorf("%q: status %d", query, rec.Code)
		}
	}
}

// TestRenewed: a browser that comes back stays let in.
func TestRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t)
		c := s.passes.cookie(session)
		for range 3 {
			time.Sleep(passAge - time.Hour)
			rec := s.do(t, request{path: "/", noCookie: true, header: map[string]string{"Cookie": c.Name + "=" + c.Value}})
			if rec.Code != 200 || len(rec.Result().Cookies()) != 1 {
				t.Fatalf("status %d, %d cookies", rec.Code, len(rec.Result().Cookies()))
			}
			c = rec.Result().Cookies()[0]
		}
		time.Sleep(passAge)
		rec := s.do(t, request{path: "/said", noCookie: true, header: map[string]string{"Cookie": c.Name + "=" + c.Value}})
		if rec.Code != http.StatusUnauthorized {
			t.Errorf("after a month without a visit: status %d", rec.Code)
		}
	})
}

func TestShortKey(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a server with a short key was made")
		}
	}()
	New(Options{Port: testPort, Key: testKey[1:]})
}

func TestTicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t)
		in := func(ticket string) int {
			return s.do(t, request{method: "POST", path: "/in", body: `{"ticket":` + strconv.Quote(ticket) + `}`, noCookie: true}).Code
		}
		first := s.Ticket()
		for _, test := range []struct {
			name, ticket string
			want         int
		}{
			{"wrong", first[1:], 401},
			{"none", "", 401},
			{"good", first, 200},
			{"twice", first, 401},
		} {
			if got := in(test.ticket); got != test.want {
				t.Errorf("%s: status %d, want %d", test.name, got, test.want)
			}
		}
		slow, late := s.Ticket(), s.Ticket()
		time.Sleep(ticketAge - time.Second)
		if got := in(slow); got != 200 {
			t.Errorf("after %v: status %d", ticketAge-time.Second, got)
		}
		time.Sleep(time.Second)
		if got := in(late); got != 401 {
			t.Errorf("after %v: status %d", ticketAge, got)
		}
		var many []string
		for range 3 * maxTickets {
			many = append(many, s.Ticket())
		}
		if n := len(s.tickets.out); n != maxTickets {
			t.Errorf("%d tickets are out", n)
		}
		if in(many[0]) != 401 || in(many[len(many)-1]) != 200 {
			t.Error("of too many tickets the oldest is good, or the newest is not")
		}
	})
}

// A tab that another program left open, which had the port while the agent was away, is of
// this address and has the browser's cookie. It can neither write, nor read what is on the
// desk, nor read the page that could.
func TestTabOfAnother(t *testing.T) {
	s := newTestServer(t)
	e := s.desk.press("praise", cx.ID{})
	other := newTestServer(t) // the agent of before, or of after
	event := "/events/" + e.ID.String()
	passes := map[string]string{
		"none": "", "of another run": s.passes.pass(session, other.hub.run), "of another browser": s.passes.pass(strings.Repeat("cd", 16), s.hub.run),
		"cut": s.passes.pass(session, s.hub.run)[:32],
	}
	passes["what the agent proves"], _ = s.passes.prove(session, strings.Repeat("ef", 16))
	for name, pass := range passes {
		for _, q := range []request{
			{method: "POST", path: "/tap", body: `{"tag":"praise","ref":"r"}`},
			{method: "POST", path: event + "/amend", body: `{"note":"x"}`},
			{method: "POST", path: event + "/void", body: `{}`},
			{path: "/said"},
			{path: event + "/history"},
			{path: "/stream"},
			{path: "/stream?pass=" + pass},
			{path: "/said?pass=" + s.passes.pass(session, s.hub.run)}, // an address is for a stream alone
		} {
			q.header = map[string]string{passHeader: pass}
			rec := s.do(t, q)
			var answer api.Error
			if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != http.StatusForbidden || answer.Code != codeProof {
				t.Errorf("%s: %s %s: %d %s, want %s", name, q.method, q.path, rec.Code, rec.Body, codeProof)
			}
		}
	}
	if s.desk.changes != 0 {
		t.Error("something was changed")
	}
	for _, dest := range []string{"empty", "iframe", "frame", "embed", "object", "script", "image"} {
		for _, path := range []string{"/", "/tag/praise"} {
			rec := s.do(t, request{path: path, header: map[string]string{"Sec-Fetch-Dest": dest}})
			if rec.Code != http.StatusForbidden || strings.Contains(rec.Body.String(), "data-proof") {
				t.Errorf("%s as %s: %d, want it refused", path, dest, rec.Code)
			}
		}
	}
	for _, dest := range []string{"", "document"} {
		rec := s.do(t, request{path: "/", header: map[string]string{"Sec-Fetch-Dest": dest}})
		if rec.Code != http.StatusOK || rec.Header().Get("Cross-Origin-Opener-Policy") != noOpener {
			t.Errorf("opened from this origin, Sec-Fetch-Dest %q: %d, opener policy %q", dest, rec.Code, rec.Header().Get("Cross-Origin-Opener-Policy"))
		}
	}
	if rec := s.do(t, request{path: "/", header: map[string]string{"Sec-Fetch-Site": "none"}}); rec.Header().Get("Cross-Origin-Opener-Policy") != openers {
		t.Errorf("opened by itself: opener policy %q", rec.Header().Get("Cross-Origin-Opener-Policy"))
	}
}

// A stream's pass is in its address, as a browser's EventSource sends no header.
func TestStreamPass(t *testing.T) {
	s := newTestServer(t)
	q := request{method: "HEAD", path: "/stream?pass=" + s.passes.pass(session, s.hub.run), header: map[string]string{passHeader: ""}}
	if rec := s.do(t, q); rec.Code != http.StatusOK {
		t.Errorf("a stream with its pass: %d", rec.Code)
	}
	rec := s.do(t, request{path: "/prove?session=" + session + "&challenge=" + session, noCookie: true})
	if got := rec.Header().Get(runHeader); got != s.hub.run {
		t.Errorf("a proof is of the run %q, want %q", got, s.hub.run)
	}
}
