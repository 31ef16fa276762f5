package pagelab_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/agent"
	"magicbutton/internal/config"
)

// setting is how a desk differs from that of a rep.
type setting struct {
	keypads int // 0 is one
	more    string
	options agent.Options // Log, Told, Now and Load
}

// newDeskAs is newDesk for a desk that differs.
func newDeskAs(t testing.TB, s setting) *desk {
	t.Helper()
	return newDeskAt(t, s, func(int) {})
}

// newDeskAt is newDeskAs for one that has to know its port.
func newDeskAt(t testing.TB, s setting, at func(port int)) *desk {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0") // a port that nobody has
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: filepath.Join(t.TempDir(), "desk.db"), port: l.Addr().(*net.TCPAddr).Port}
	d.more.Store(&s.more)
	at(d.port)
	first := make(chan net.Listener, 1)
	first <- l
	s.options.Listen = func(network, address string) (net.Listener, error) {
		select {
		case l := <-first:
			return l, nil
		default:
			return net.Listen(network, address)
		}
	}
	d.startAs(s)
	t.Cleanup(func() { d.stop() })
	return d
}

// startAs is start for a desk that differs.
func (d *desk) startAs(s setting) {
	d.t.Helper()
	pads := make([]hid.Device, max(1, s.keypads))
	for i := range pads {
		pads[i] = hidtest.Keypad(fmt.Sprintf("1-%d", i+1), fmt.Sprintf("DESK-%d", i+1))
	}
	d.bus = bus{hidtest.NewBus(pads...), make(chan struct{}, len(pads))}
	o := s.options
	o.DB, o.Bus, o.Version = d.db, d.bus, "1.0"
	if o.Load == nil {
		o.Load = func() (*config.Config, error) {
			head := "[desk]\nname = \"Desk 1\"\nzone = \"Europe/Berlin\"\nchannel = \"phone\"\n[page]\nport = " + strconv.Itoa(d.port) + "\n"
			return config.Parse("test.toml", []byte(head+*d.more.Load()+tags))
		}
	}
	a, err := agent.Open(d.t.Context(), o)
	if err != nil {
		d.t.Fatal(err)
	}
	d.agent = a
	ctx, cancel := context.WithCancel(context.WithoutCancel(d.t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("the agent: %v", err)
		}
	})
	for range pads {
		select {
		case <-d.bus.opened:
		case <-time.After(patience):
			d.t.Fatal("the agent does not listen to its keypads")
		}
	}
}

// own is the host of the page's address.
func (d *desk) own() string { return "127.0.0.1:" + strconv.Itoa(d.port) }

// ticket is what lets a browser in, once.
func (d *desk) ticket() string {
	d.t.Helper()
	_, ticket, _ := strings.Cut(d.address(), "#")
	return ticket
}

// program is a program of this machine that speaks to a desk's page.
type program struct {
	*http.Client
	d *desk
}

// newProgram returns a program without a cookie.
func newProgram(d *desk) program {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{}}
	d.t.Cleanup(c.CloseIdleConnections)
	return program{c, d}
}

// letIn returns a program that has the cookie.
func letIn(d *desk) program {
	d.t.Helper()
	p := newProgram(d)
	if status, body := p.post("/in", fmt.Sprintf(`{"ticket":%q}`, d.ticket())); status != http.StatusOK {
		d.t.Fatalf("let in: %d: %s", status, body)
	}
	p.renew()
	return p
}

// renew makes its pass one for the agent that runs now.
func (p program) renew() {
	p.d.t.Helper()
	base := p.Transport
	if old, ok := base.(passing); ok {
		base = old.RoundTripper
	}
	p.Transport = passing{base, p.pass()}
}

// pass is what a page of the agent's shows beside the cookie, until the agent starts anew.
func (p program) pass() string {
	p.d.t.Helper()
	_, html := p.get("/")
	_, after, _ := strings.Cut(html, `data-session="`)
	session, after, _ := strings.Cut(after, `"`)
	_, after, _ = strings.Cut(after, `data-proof="`)
	proof, _, found := strings.Cut(after, `"`)
	key, err := hex.DecodeString(proof)
	if !found || err != nil {
		p.d.t.Fatalf("the page has no proof key: %v", err)
	}
	r, err := p.Get(p.d.host("/prove?session=" + session + "&challenge=" + strings.Repeat("ab", 16)))
	p.read(r, err)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("pass " + r.Header.Get("X-Magicbutton-Run")))
	return hex.EncodeToString(mac.Sum(nil))
}

// shows is the lines of a request's header that a page has.
func (p program) shows() string {
	return "Cookie: " + p.cookie() + "\r\nX-Magicbutton-Pass: " + p.pass()
}

// passing sends a page's pass with each request.
type passing struct {
	http.RoundTripper
	pass string
}

func (p passing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Magicbutton-Pass", p.pass)
	return p.RoundTripper.RoundTrip(r)
}

// cookie is what the program has to show, "name=value".
func (p program) cookie() string {
	p.d.t.Helper()
	u, err := url.Parse(p.d.host("/"))
	if err != nil {
		p.d.t.Fatal(err)
	}
	for _, c := range p.Jar.Cookies(u) {
		return c.Name + "=" + c.Value
	}
	p.d.t.Fatal("the program has no cookie")
	return ""
}

func (p program) post(path, body string) (status int, answer string) {
	p.d.t.Helper()
	r, err := p.Post(p.d.host(path), "application/json", strings.NewReader(body))
	return p.read(r, err)
}

func (p program) get(path string) (status int, answer string) {
	p.d.t.Helper()
	r, err := p.Get(p.d.host(path))
	return p.read(r, err)
}

func (p program) read(r *http.Response, err error) (int, string) {
	p.d.t.Helper()
	if err != nil {
		p.d.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		p.d.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// tap tags a conversation, and returns the id of its event.
func (p program) tap(ref, tag, note string) (id string) {
	p.d.t.Helper()
	words, err := json.Marshal(note)
	if err != nil {
		p.d.t.Fatal(err)
	}
	status, body := p.post("/tap", fmt.Sprintf(`{"tag":%q,"ref":%q,"note":%s}`, tag, ref, words))
	var answer struct {
		Result string
		Event  struct{ ID string }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK || answer.Event.ID == "" {
		p.d.t.Fatalf("tap: %d: %s", status, body)
	}
	return answer.Event.ID
}

// dial connects to the page as any program can.
func (d *desk) dial() net.Conn {
	d.t.Helper()
	c, err := net.Dial("tcp4", d.own())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		d.t.Fatal(err)
	}
	return c
}

// raw sends bytes over a connection of their own and returns the first answer; status 0 is none: it was hung up.
func (d *desk) raw(request string) (status int, header http.Header, body string) {
	d.t.Helper()
	c := d.dial()
	go func() { _, _ = io.WriteString(c, request) }() // it may be hung up before all is sent
	method, _, _ := strings.Cut(request, " ")         // an answer to HEAD has no body
	return answerTo(d.t, method, bufio.NewReader(c))
}

// answerTo reads one answer.
func answerTo(t testing.TB, method string, from *bufio.Reader) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.ReadResponse(from, &http.Request{Method: method})
	if err != nil {
		return 0, nil, ""
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("reading an answer of %d: %v", r.StatusCode, err)
	}
	return r.StatusCode, r.Header, string(b)
}

// journal is a log that is kept in memory, with all that it could say.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
}
