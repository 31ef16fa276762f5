package pagelab_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// idleConnections is how many another program holds: more than the agent could have files in many a system's bounds.
const idleConnections = 500

// cards reads a stream until the agent hangs up, and hands over the cards of it.
func (p program) cards() <-chan string {
	p.d.t.Helper()
	r, err := p.Get(p.d.host("/stream"))
	if err != nil || r.StatusCode != http.StatusOK {
		p.d.t.Fatalf("the stream: %v, %v", r, err)
	}
	p.d.t.Cleanup(func() { _ = r.Body.Close() })
	told, all := make(chan string, 100), make(chan struct{}) // more than a test presses
	go func() {
		defer close(told)
		var what string
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				what = value
			case name == "data" && what == "all":
				close(all)
			case name == "data" && what == "card":
				told <- value
			}
		}
	}()
	select {
	case <-all:
	case <-time.After(patience):
		p.d.t.Fatal("the stream does not begin")
	}
	return told
}

// sees fails where the next card is not of a tag.
func sees(t testing.TB, cards <-chan string, tag string) {
	t.Helper()
	select {
	case c := <-cards:
		if !strings.Contains(c, `"tag":"`+tag+`"`) {
			t.Errorf("card %s, want one of %s", c, tag)
		}
	case <-time.After(patience):
		t.Fatalf("no card of %s", tag)
	}
}

// TestCrowd: a program that holds hundreds of connections, or opens one after the other without end, keeps no rep from
// the page: not the one that is open, and not one that is opened now.
func TestCrowd(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "")
	rep := letIn(d)
	cards := rep.cards()
	d.press(refundKey)
	sees(t, cards, "refund-slow")
	idle := make([]net.Conn, idleConnections)
	for i := range idle {
		idle[i] = d.dial()
	}
	over, storming := make(chan struct{}), sync.WaitGroup{}
	for range 4 {
		storming.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				c, err := net.Dial("tcp4", d.own())
				if err != nil {
					continue // its own files, or the queue, are full
				}
				_, _ = io.WriteString(c, "GET /stream HTTP/1.1\r\nHost: "+d.own()+"\r\n\r\n")
				_ = c.Close()
			}
		})
	}
	d.press(billKey)
	sees(t, cards, "bill-unclear")
	for range 20 {
		other := letIn(d) // on connections of its own
		if status, body := other.get("/"); status != http.StatusOK || !strings.Contains(body, "data-proof") {
			t.Errorf("a page that is opened beside the crowd: %d", status)
		}
		other.CloseIdleConnections()
	}
	close(over)
	storming.Wait()
	hungUp := 0
	for _, c := range idle {
		// The oldest were hung up to make room: of them comes an end at once, of others nothing.
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			hungUp++
		}
	}
	if hungUp < idleConnections/2 {
		t.Errorf("of %d idle connections %d were hung up: a program can hold what the agent needs", idleConnections, hungUp)
	}
	if got := len(d.stored()); got != 2 {
		t.Errorf("%d presses are stored, want 2", got)
	}
}

// TestStolenPort gives the port to another program of the same user while the agent is away, which answers all that it is
// asked. The rep opens the page meanwhile, as reps do. What the program gets so is the cookie, for a browser sends it to whoever
// has the port; all else that it knows of the page makes none. (That another user's program can do nothing with the
// cookie: TestAnotherUser. A program of the same user can read the database itself.)
func TestStolenPort(t *testing.T) {
	t.Parallel()
	d, rep, event := newAttacked(t)
	_, page := rep.get("/")
	session := between(t, page, `data-session="`, `"`)
	d.stop()
	l, err := net.Listen("tcp4", d.own())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var got []string
	thief := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.URL.Query().Get("session"), r.URL.Query().Get("challenge"))
		_, _ = io.WriteString(w, strings.Repeat("0", 64))
	})}
	served := make(chan error, 1)
	go func() { served <- thief.Serve(l) }()
	// What an open page sends is its challenge alone (TestPage): here as a program sends it.
	anonymous := newProgram(d)
	anonymous.get("/prove?session=" + session + "&challenge=" + strings.Repeat("c", 32))
	if err := thief.Close(); err != nil {
		t.Fatal(err)
	}
	<-served
	d.startAs(setting{})
	name, _, _ := strings.Cut(rep.cookie(), "=")
	gets, posts := paths(event)
	transaction, file := d.state()
	// The agent answers challenges of the thief's choice, too: none of the answers is a cookie.
	_, proof := anonymous.get("/prove?session=" + session + "&challenge=" + strings.Repeat("c", 32))
	until := strings.Split(rep.cookie(), ".")[1]
	_, chosen := anonymous.get("/prove?session=" + session + "&challenge=" + strings.Repeat("0", 32))
	mu.Lock()
	all := append([]string{proof, chosen}, got...)
	mu.Unlock()
	for _, secret := range all {
		d.refused("made of what the thief got", name+"="+session+"."+until+"."+secret, gets, posts)
		if status, _ := newProgram(d).post("/in", `{"ticket":"`+secret+`"}`); status != http.StatusUnauthorized {
			t.Errorf("%q as a ticket: %d", secret, status)
		}
	}
	d.unchanged("what the thief got", transaction, file)
	rep.renew()
	if status, _ := rep.get("/said"); status != http.StatusOK {
		t.Errorf("after the agent's restart the rep is answered %d: a cookie stays good", status)
	}
}

// between is what stands in a text behind one part and before another.
func between(t testing.TB, text, before, behind string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, before)
	value, _, more := strings.Cut(rest, behind)
	if !ok || !more {
		t.Fatalf("no %q in %.300s", before, text)
	}
	return value
}
