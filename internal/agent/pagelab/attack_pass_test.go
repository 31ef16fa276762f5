package pagelab_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"magicbutton/internal/agent"
)

// paths are what the page answers to who was let in: GET, then POST.
func paths(event string) (gets, posts []string) {
	return []string{"/", "/tag/praise", "/said", "/stream", "/events/" + event + "/history"},
		[]string{"/tap", "/events/" + event + "/amend", "/events/" + event + "/void"}
}

// bodies are good ones for the paths that take one.
func bodyFor(path string) string {
	switch {
	case path == "/tap":
		return `{"tag":"praise","ref":"attack"}`
	case strings.HasSuffix(path, "/amend"):
		return `{"note":"overwritten"}`
	}
	return "{}"
}

// TestNoCookie asks for everything without the cookie, and with every cookie but a good one.
func TestNoCookie(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64 // of the agent's clock
	d := newDeskAs(t, setting{options: agent.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}})
	rep := letIn(d)
	event := rep.tap("before", "refund-slow", "the till in the corner")
	name, good, _ := strings.Cut(rep.cookie(), "=")
	stranger := letIn(newDesk(t, ""))
	_, foreign, _ := strings.Cut(stranger.cookie(), "=")
	part := strings.Split(good, ".")
	flipped := []byte(good)
	flipped[len(flipped)-1] ^= 1
	later := fmt.Sprint(time.Now().Add(29 * 24 * time.Hour).Unix())
	gets, posts := paths(event)
	transaction, file := d.state()
	for what, cookie := range map[string]string{
		"none": "", "of another name": "session=" + good, "of another port's name": "magicbutton-1=" + good,
		"empty": name + "=", "of another desk": name + "=" + foreign, "the same in capitals": name + "=" + strings.ToUpper(good),
		"one bit is another": name + "=" + string(flipped), "its time is later": name + "=" + part[0] + "." + later + "." + part[2],
		"its session is another": name + "=" + strings.Repeat("0", 32) + "." + part[1] + "." + part[2], "unsigned": name + "=" + part[0] + "." + part[1] + ".",
		"signed with nothing": name + "=" + part[0] + "." + part[1] + "." + hex.EncodeToString(make([]byte, 32)), "the session alone": name + "=" + part[0],
		"longer": name + "=" + good + "00", "two times": name + "=" + part[0] + "." + part[1] + "." + part[1] + "." + part[2],
		"a ticket": name + "=" + d.ticket(),
	} {
		d.refused(what, cookie, gets, posts)
	}
	d.unchanged("without the cookie", transaction, file)
	both := fmt.Sprintf("Cookie: %s=%s; %s=%s", name, foreign, name, good)
	if status, _, _ := d.raw(d.request("GET /said HTTP/1.1", d.own(), both, "X-Magicbutton-Pass: "+rep.pass())); status != http.StatusOK {
		t.Errorf("the good cookie, behind one of the same name that another port's page gave: status %d", status)
	}
	ahead.Store(int64(31 * 24 * time.Hour))
	d.refused("a month old", name+"="+good, gets, posts)
	ahead.Store(0)
	if status, _ := rep.get("/said"); status != http.StatusOK {
		t.Errorf("the cookie that was refused a month ahead is answered %d now; nothing above proves anything", status)
	}
}

// refused asks for everything with a cookie that is no good.
func (d *desk) refused(what, cookie string, gets, posts []string) {
	d.t.Helper()
	for _, path := range gets {
		status, header, body := d.raw(d.request("GET "+path+" HTTP/1.1", d.own(), "Cookie: "+cookie))
		if status != http.StatusUnauthorized {
			d.t.Errorf("cookie %s: GET %s: status %d, want 401", what, path, status)
		}
		tellsNothing(d.t, "cookie "+what+": GET "+path, header, body)
	}
	for _, path := range posts {
		b := bodyFor(path)
		status, header, body := d.raw(d.request("POST "+path+" HTTP/1.1", d.own(), "Cookie: "+cookie, "Content-Type: application/json",
			fmt.Sprintf("Content-Length: %d", len(b))) + b)
		if status != http.StatusUnauthorized {
			d.t.Errorf("cookie %s: POST %s: status %d, want 401", what, path, status)
		}
		tellsNothing(d.t, "cookie "+what+": POST "+path, header, body)
	}
}

// TestTickets: a ticket lets one browser in, once, within a minute, and is no cookie.
func TestTickets(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	d := newDeskAs(t, setting{options: agent.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}})
	try := func(ticket string) int {
		status, _ := newProgram(d).post("/in", fmt.Sprintf(`{"ticket":%q}`, ticket))
		return status
	}
	first := d.ticket()
	if got := try(first); got != http.StatusOK {
		t.Fatalf("a new ticket: %d", got)
	}
	for what, ticket := range map[string]string{
		"used": first, "none": "", "short": first[:10], "of another desk": newDesk(t, "").ticket(), "in small letters": strings.ToLower(d.ticket()),
	} {
		if got := try(ticket); got != http.StatusUnauthorized {
			t.Errorf("ticket %s: %d, want 401", what, got)
		}
	}
	old := d.ticket()
	ahead.Store(int64(61 * time.Second))
	if got := try(old); got != http.StatusUnauthorized {
		t.Errorf("a ticket of a minute ago: %d, want 401", got)
	}
	raced := d.ticket()
	answers := make(chan int, 20)
	for range cap(answers) {
		p := newProgram(d)
		go func() {
			r, err := p.Post(d.host("/in"), "application/json", strings.NewReader(fmt.Sprintf(`{"ticket":%q}`, raced)))
			if err != nil {
				answers <- 0
				return
			}
			answers <- r.StatusCode
			r.Body.Close()
		}()
	}
	good := 0
	for range cap(answers) {
		if <-answers == http.StatusOK {
			good++
		}
	}
	if good != 1 {
		t.Errorf("one ticket let %d programs in", good)
	}
	for range 200 { // who guesses
		if got := try(strings.Repeat("A", 26)); got != http.StatusUnauthorized {
			t.Fatalf("a guess: %d", got)
		}
	}
	mine := d.ticket()
	d.stop()
	d.startAs(setting{})
	if got := try(mine); got != http.StatusUnauthorized {
		t.Errorf("a ticket of the agent's last run: %d, want 401", got)
	}
}

// TestReadsOnly: whatever is only opened, as a webkey opens an address, or a browser that looks ahead, leaves every byte of
// the database as it was.
func TestReadsOnly(t *testing.T) {
	t.Parallel()
	d, rep, event := newAttacked(t)
	gets, posts := paths(event)
	rep.get("/said") // whatever is derived once is derived
	transaction, file := d.state()
	ticket := d.ticket()
	session := strings.Repeat("a", 32)
	for _, path := range append(append(gets, posts...), "/in", "/in?ticket="+ticket, "/in#"+ticket, "/app.js", "/app.css", "/in.js", "/icon.svg", "/nothing",
		"/prove?session="+session+"&challenge="+session, "/tap?tag=praise&ref=1", "/tag/praise?confirm=1&note=x", "/tag/praise#yes", "/tag/nothing", "/tag/",
		"/?void="+event, "/events/"+event, "/events/"+event+"/void?sure=yes", "/events/"+event+"/amend?note=overwritten") {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r, err := http.NewRequestWithContext(t.Context(), method, d.host(path), http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := rep.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if path == "/stream" && method == http.MethodGet { // it is told all there is, and goes on
				if _, err := answer.Body.Read(make([]byte, 100)); err != nil {
					t.Error(err)
				}
			}
			answer.Body.Close()
		}
	}
	d.unchanged("reading", transaction, file)
	if status, _ := newProgram(d).post("/in", fmt.Sprintf(`{"ticket":%q}`, ticket)); status != http.StatusOK {
		t.Errorf("after it was only read, the ticket is answered %d", status)
	}
	if got := d.stored(); len(got) != 1 || got[0].Note != "the till in the corner" {
		t.Errorf("stored: %+v", got)
	}
}
