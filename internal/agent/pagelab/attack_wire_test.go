package pagelab_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// secrets are words that only who was let in may read: of the desk that newAttacked makes.
var secrets = []string{"Desk 1", "Refund slow", "the till in the corner"}

// newAttacked is a desk with an event whose note is a secret.
func newAttacked(t testing.TB) (d *desk, rep program, event string) {
	t.Helper()
	d = newDesk(t, "")
	rep = letIn(d)
	return d, rep, rep.tap("before", "refund-slow", "the till in the corner")
}

// request is a request as text, with headers that are given as lines.
func (d *desk) request(line, host string, headers ...string) string {
	return line + "\r\nHost: " + host + "\r\n" + strings.Join(append(headers, "Connection: close", "", ""), "\r\n")
}

// tapRequest is one that stores an event when it is the page's own.
func (d *desk) tapRequest(target, host, ref string, headers ...string) string {
	body := fmt.Sprintf(`{"tag":"praise","ref":%q}`, ref)
	return d.request("POST "+target+" HTTP/1.1", host, append(headers, "Content-Type: application/json",
		fmt.Sprintf("Content-Length: %d", len(body)))...) + body
}

// state is all that a request could change: every byte of the database, and with them the number of its last
// transaction; of bbolt's two headers the one that was written later has it (bbolt, db.go, type meta).
func (d *desk) state() (transaction uint64, file string) {
	d.t.Helper()
	b, err := os.ReadFile(d.db)
	if err != nil {
		d.t.Fatal(err)
	}
	// After the header of the page (16 bytes): magic, version, page size and flags (4 each), the root bucket (16), the
	// free list's page and the highest page (8 each), the transaction.
	const pageSizeAt, transactionAt = 16 + 8, 16 + 16 + 16 + 16
	page := binary.NativeEndian.Uint32(b[pageSizeAt:])
	for _, meta := range [][]byte{b, b[page:]} {
		transaction = max(transaction, binary.NativeEndian.Uint64(meta[transactionAt:]))
	}
	return transaction, string(b)
}

// unchanged fails where the database is not what it was.
func (d *desk) unchanged(what string, transaction uint64, file string) {
	d.t.Helper()
	if n, now := d.state(); n != transaction || now != file {
		d.t.Errorf("%s: the database changed: its transaction is %d, was %d; the bytes are the same: %t", what, n, transaction, now == file)
	}
}

// tellsNothing fails where an answer has something in it that is for the rep alone.
func tellsNothing(t testing.TB, what string, header http.Header, body string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(body, s) {
			t.Errorf("%s: it was told %q", what, s)
		}
	}
	for name, values := range header {
		if name == "Set-Cookie" || strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: %s: %q", what, name, values)
		}
	}
}

// TestRebinding asks under every other name that this machine could be given, with the rep's own cookie.
func TestRebinding(t *testing.T) {
	t.Parallel()
	d, rep, event := newAttacked(t)
	cookie := rep.shows()
	own := d.own()
	port := strings.TrimPrefix(own, "127.0.0.1")
	transaction, file := d.state()
	for _, host := range []string{
		"evil.example" + port, "evil.example", "127.0.0.1" + port + ".evil.example", "127.0.0.1.evil.example" + port, "evil.example#" + own,
		"127.0.0.1." + port, "localhost." + port, "localhost", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:0" + port[1:], "127.0.0.1:", "", "0.0.0.0" + port,
		"127.1" + port, "2130706433" + port, "0x7f.1" + port, "017700000001" + port, "127.0.0.2" + port, "[::ffff:127.0.0.1]" + port, "[::1%25lo]" + port,
		"rep@" + own, "rep:word@" + own, own + ",evil.example", own + " evil.example", own + "/", own + "?", "%31" + own[1:], "１２７.0.0.1" + port, "127.0.0.1" + port + "\x00",
	} {
		for _, request := range []string{
			d.request("GET / HTTP/1.1", host, cookie), d.request("GET /stream HTTP/1.1", host, cookie),
			d.request("GET /events/"+event+"/history HTTP/1.1", host, cookie), d.tapRequest("/tap", host, "rebound", cookie),
			d.request("GET /prove?session="+strings.Repeat("a", 32)+"&challenge="+strings.Repeat("b", 32)+" HTTP/1.1", host),
		} {
			status, header, body := d.raw(request)
			line, _, _ := strings.Cut(request, "\r\n")
			if status != http.StatusMisdirectedRequest && status != http.StatusBadRequest {
				t.Errorf("%q of host %q: status %d, want 421 or 400", line, host, status)
			}
			tellsNothing(t, line+" of "+host, header, body)
		}
	}
	// What stands in the request's first line counts, and not the header beside it: RFC 9112, section 3.2.2.
	for target, want := range map[string]int{
		"http://evil.example/": 421, "http://evil.example" + port + "/tag/praise": 421, "http://" + own + "@evil.example/": 421,
		"//evil.example/": 404, "http:" + own: 404,
	} {
		status, header, body := d.raw(d.request("GET "+target+" HTTP/1.1", own, cookie))
		if status != want && status != http.StatusBadRequest {
			t.Errorf("GET %s: status %d, want %d", target, status, want)
		}
		tellsNothing(t, "GET "+target, header, body)
	}
	if status, _, _ := d.raw(d.tapRequest("http://evil.example/tap", own, "absolute", cookie)); status != http.StatusMisdirectedRequest {
		t.Errorf("a tap for another host in the first line: status %d, want 421", status)
	}
	for _, two := range []string{"Host: evil.example\r\nHost: " + own, "Host: " + own + "\r\nHost: evil.example"} {
		if status, _, _ := d.raw("GET / HTTP/1.1\r\n" + two + "\r\n" + cookie + "\r\nConnection: close\r\n\r\n"); status != http.StatusBadRequest {
			t.Errorf("two hosts: status %d, want 400", status)
		}
	}
	// Both other names of this machine lead to the one address, and write nothing.
	for _, host := range []string{"localhost" + port, "LOCALHOST" + port, "[::1]" + port} {
		status, header, body := d.raw(d.request("GET /tag/praise HTTP/1.1", host, cookie))
		if status != http.StatusFound || header.Get("Location") != d.host("/tag/praise") {
			t.Errorf("GET of %s: %d to %q", host, status, header.Get("Location"))
		}
		tellsNothing(t, "GET of "+host, header, body)
		if status, _, _ := d.raw(d.tapRequest("/tap", host, "other name", cookie)); status != http.StatusMisdirectedRequest {
			t.Errorf("a tap to %s: status %d, want 421", host, status)
		}
	}
	d.unchanged("rebinding", transaction, file)
	if status, _, body := d.raw(d.tapRequest("/tap", own, "own", cookie)); status != http.StatusOK {
		t.Errorf("the same tap to the page's own host: %d: %s; the requests above proved nothing", status, body)
	}
}

// TestOddRequests sends what no browser sends. Nothing of it is stored or told, and the page goes on.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	d, rep, event := newAttacked(t)
	own, cookie := d.own(), rep.shows()
	transaction, file := d.state()
	tap := `{"tag":"praise","ref":"odd"}`
	sized := fmt.Sprintf("Content-Length: %d", len(tap))
	post := func(headers ...string) string {
		return d.request("POST /tap HTTP/1.1", own, append(headers, cookie, "Content-Type: application/json")...)
	}
	get := func(path string) string { return d.request("GET "+path+" HTTP/1.1", own, cookie) }
	for name, odd := range map[string]struct {
		request string
		want    []int
	}{
		"path up":                   {get("/../../etc/passwd"), []int{404}},
		"path up, escaped":          {get("/%2e%2e/%2e%2e/etc/passwd"), []int{404}},
		"path up, escaped twice":    {get("/%252e%252e/said"), []int{404}},
		"path of the program":       {get("/web/page.tmpl"), []int{404}},
		"path of the database":      {get("/desk.db"), []int{404}},
		"path with two slashes":     {get("//said"), []int{404}},
		"path with a backslash":     {get(`/tag\praise`), []int{404, 400}},
		"path with a dot":           {get("/./said"), []int{404}},
		"path with NUL":             {get("/tag/%00"), []int{404}},
		"path with a line feed":     {get("/tag/a%0d%0aSet-Cookie:%20x=1"), []int{404}},
		"path in other letters":     {get("/SAID"), []int{404}},
		"path with a semicolon":     {get("/said;x"), []int{404}},
		"path with a slash escaped": {get("/events%2F" + event + "%2Fhistory"), []int{404}},
		"path of bad escapes":       {get("/tag/%zz"), []int{400}},
		"path of bytes":             {get("/tag/\xff\xfe"), []int{404, 400}},
		"long path":                 {get("/x/" + strings.Repeat("x", 4000)), []int{404}},
		"very long path":            {get("/tag/" + strings.Repeat("x", 100_000)), []int{431, 0}},
		"no path":                   {d.request("GET  HTTP/1.1", own, cookie), []int{400}},
		"star":                      {d.request("OPTIONS * HTTP/1.1", own, cookie), []int{404, 405, 400}},
		"proxy":                     {d.request("CONNECT 127.0.0.1:22 HTTP/1.1", own, cookie), []int{404, 405, 421, 400}},
		"HEAD of a tap":             {d.request("HEAD /tap HTTP/1.1", own, cookie), []int{405}},
		"GET of a tap":              {get("/tap?tag=praise&ref=odd"), []int{405}},
		"GET of an undo":            {get("/events/" + event + "/void"), []int{405}},
		"method of a header":        {d.request("GET /tap HTTP/1.1", own, cookie, "X-HTTP-Method-Override: POST"), []int{405}},
		"PUT":                       {d.request("PUT /tap HTTP/1.1", own, cookie, sized) + tap, []int{405}},
		"POST in small letters":     {d.request("post /tap HTTP/1.1", own, cookie, "Content-Type: application/json", sized) + tap, []int{405}},
		"TRACE":                     {d.request("TRACE / HTTP/1.1", own, cookie), []int{405, 404}},
		"PRI of HTTP/2":             {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{505, 400, 404, 405, 421, 0}},
		"HTTP/0.9":                  {"GET /\r\n", []int{400}},
		"HTTP/1.0 without a host":   {"GET / HTTP/1.0\r\n" + cookie + "\r\n\r\n", []int{421}},
		"HTTP/1.0 taps, no host":    {"POST /tap HTTP/1.0\r\n" + cookie + "\r\nContent-Type: application/json\r\n" + sized + "\r\n\r\n" + tap, []int{421}},
		"HTTP/3.0":                  {d.request("GET / HTTP/3.0", own), []int{505, 400}},
		"TLS":                       {"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + strings.Repeat("a", 160) + "\r\n\r\n", []int{400, 0}},
		"two lengths":               {post(sized, "Content-Length: 5") + tap, []int{400}},
		"length and chunks":         {post("Transfer-Encoding: gzip, chunked", sized) + tap, []int{400, 501}},
		"unknown encoding":          {post("Transfer-Encoding: x") + tap, []int{501, 400}},
		"chunks that are none":      {post("Transfer-Encoding: chunked") + "zz\r\n" + tap, []int{400}},
		"length below nothing":      {post("Content-Length: -1") + tap, []int{400}},
		"longer than it says":       {post("Content-Length: 3") + tap, []int{400}},
		"compressed":                {post("Content-Encoding: gzip", sized) + "\x1f\x8b\x08\x00" + tap[4:], []int{400}},
		"expects more":              {post("Expect: 200-maybe", sized) + tap, []int{417}},
		"folded header":             {d.request("GET / HTTP/1.1", own, cookie, "X: a\r\n b: c", "Host : evil.example"), []int{400}},
		"header without a name":     {d.request("GET / HTTP/1.1", own, ": x"), []int{400}},
	} {
		status, header, body := d.raw(odd.request)
		if !contains(odd.want, status) {
			t.Errorf("%s: status %d, want one of %d: %.200s", name, status, odd.want, body)
		}
		tellsNothing(t, name, header, body)
	}
	d.unchanged("odd requests", transaction, file)
	if status, body := rep.get("/"); status != http.StatusOK || !strings.Contains(body, "data-proof") {
		t.Errorf("after all that the page is %d", status)
	}
}

func contains(list []int, n int) bool {
	return slices.Contains(list, n)
}

// TestUpgrades: nobody gets a socket out of a request, several requests at once are one after the other, and a part of
// a file, or the promise of a body, is no way around anything.
func TestUpgrades(t *testing.T) {
	t.Parallel()
	d, rep, _ := newAttacked(t)
	own, cookie := d.own(), rep.shows()
	for _, path := range []string{"/", "/stream", "/tap"} {
		status, header, _ := d.raw("GET " + path + " HTTP/1.1\r\nHost: " + own + "\r\nOrigin: http://127.0.0.1:1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: websocket\r\n" + cookie + "\r\n\r\n")
		if status == http.StatusSwitchingProtocols || header.Get("Upgrade") != "" || status == http.StatusOK {
			t.Errorf("websocket of another port's page to %s: status %d", path, status)
		}
	}
	c := d.dial()
	pipelined := "GET /icon.svg HTTP/1.1\r\nHost: " + own + "\r\n\r\nGET /said HTTP/1.1\r\nHost: evil.example\r\n" + cookie + "\r\n\r\n" +
		"GET /said HTTP/1.1\r\nHost: " + own + "\r\n\r\nGET /said HTTP/1.1\r\nHost: " + own + "\r\n" + cookie + "\r\n\r\n"
	if _, err := io.WriteString(c, pipelined); err != nil {
		t.Fatal(err)
	}
	from := bufio.NewReader(c)
	for i, want := range []int{200, 421, 401, 200} { // the cookie of one is no other's
		if status, _, _ := answerTo(t, "GET", from); status != want {
			t.Errorf("request %d on one connection: status %d, want %d", i+1, status, want)
		}
	}
	status, header, body := d.raw(d.request("GET /app.js HTTP/1.1", own, "Range: bytes=0-9"))
	if len(body) != 10 || status != http.StatusPartialContent || header.Get("Content-Security-Policy") == "" {
		t.Errorf("a part of a file: %d, %d bytes", status, len(body))
	}
	status, _, body = d.raw(d.request("GET /app.js HTTP/1.1", own, "Range: bytes="+strings.Repeat("0-,", 2000)+"0-"))
	if len(body) > 1<<20 {
		t.Errorf("a file in overlapping parts: %d, %d bytes", status, len(body))
	}
	// Whoever may not write is told so before it sends its body.
	status, _, _ = d.raw(d.request("POST /tap HTTP/1.1", own, "Content-Type: application/json", "Content-Length: 60000", "Expect: 100-continue"))
	if status != http.StatusUnauthorized {
		t.Errorf("a body that waits for leave, without a cookie: status %d, want 401", status)
	}
}

// TestOversized sends more than there is room for, of everything that there is. None of it is taken.
func TestOversized(t *testing.T) {
	t.Parallel()
	d, rep, event := newAttacked(t)
	own, cookie := d.own(), rep.shows()
	transaction, file := d.state()
	large := `{"tag":"praise","ref":"large","note":"` + strings.Repeat("x", 70<<10) + `"}`
	deep := `{"tag":"praise","ref":"deep","note":` + strings.Repeat("[", 60_000)
	flood := make([]string, 20_000)
	for i := range flood {
		flood[i] = fmt.Sprintf("X-%d: y", i)
	}
	post := func(path, body string) string {
		return d.request("POST "+path+" HTTP/1.1", own, cookie, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(body))) + body
	}
	for name, test := range map[string]struct {
		request string
		want    int
	}{
		"body of a tap":           {post("/tap", large), 413},
		"body of an amendment":    {post("/events/"+event+"/amend", large), 413},
		"body of an undo":         {post("/events/"+event+"/void", large), 413},
		"body of a ticket":        {post("/in", large), 413},
		"body without a length":   {d.request("POST /tap HTTP/1.1", own, cookie, "Content-Type: application/json", "Transfer-Encoding: chunked") + "20000\r\n" + strings.Repeat(" ", 0x20000) + "\r\n0\r\n\r\n", 413},
		"deep JSON":               {post("/tap", deep), 400},
		"note of 60,000 letters":  {post("/tap", `{"tag":"praise","ref":"note","note":"`+strings.Repeat("x", 60_000)+`"}`), 400},
		"flood of headers":        {d.request("GET / HTTP/1.1", own, flood...), 431},
		"one very long header":    {d.request("GET / HTTP/1.1", own, cookie, "X: "+strings.Repeat("y", 1<<20)), 431},
		"cookies of another site": {d.request("GET / HTTP/1.1", own, "Cookie: a="+strings.Repeat("y", 1<<20)), 431},
		"headers behind the chunks": {d.request("POST /tap HTTP/1.1", own, cookie, "Content-Type: application/json", "Transfer-Encoding: chunked") + "0\r\n" +
			strings.Join(flood, "\r\n") + "\r\n\r\n", 400},
	} {
		status, header, body := d.raw(test.request)
		if status != test.want && status != 0 { // 0: it was hung up before all was sent
			t.Errorf("%s: status %d, want %d: %.200s", name, status, test.want, body)
		}
		tellsNothing(t, name, header, body)
	}
	d.unchanged("oversized requests", transaction, file)
}

// TestSlowHeaders holds connections that never finish what they ask. They are hung up, and a page is answered meanwhile.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	d, rep, _ := newAttacked(t)
	slow := make([]net.Conn, 40)
	for i := range slow {
		slow[i] = d.dial()
		begin := "GET / HTTP/1.1\r\nHost: " + d.own() + "\r\nX-Slow: "
		if _, err := io.WriteString(slow[i], begin[:min(len(begin), 4+i)]); err != nil {
			t.Fatal(err)
		}
	}
	if status, _ := rep.get("/said"); status != http.StatusOK {
		t.Errorf("the rep's page is answered %d beside them", status)
	}
	for i, c := range slow {
		b, err := io.ReadAll(c)
		if ne, ok := err.(net.Error); ok && ne.Timeout() { //nolint:errorlint // of this very connection
			t.Fatalf("connection %d is still open after %v", i, patience)
		}
		if bytes.Contains(b, []byte("HTTP/1.1 2")) {
			t.Errorf("connection %d was answered: %s", i, b)
		}
	}
}

// TestSlowBody sends a body byte by byte, as slowly as the page bears: it is hung up and stores nothing. It takes a
// quarter of a minute, so it runs with PAGE_LONG=1 or CI=true only.
func TestSlowBody(t *testing.T) {
	if os.Getenv("PAGE_LONG") == "" && os.Getenv("CI") != "true" {
		t.Skip("takes a quarter of a minute: runs with PAGE_LONG=1 or CI=true")
	}
	t.Parallel()
	d, rep, _ := newAttacked(t)
	transaction, file := d.state()
	c := d.dial()
	begin := d.request("POST /tap HTTP/1.1", d.own(), rep.shows(), "Content-Type: application/json", "Content-Length: 60000")
	if _, err := io.WriteString(c, begin); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	answered := make(chan int, 1)
	go func() {
		status, _, _ := answerTo(t, "POST", bufio.NewReader(c))
		answered <- status
	}()
	for {
		select {
		case <-tick.C:
			_, _ = io.WriteString(c, " ") // until it is hung up
		case status := <-answered:
			if status != http.StatusRequestTimeout && status != 0 {
				t.Errorf("status %d, want 408 or to be hung up", status)
			}
			d.unchanged("a slow body", transaction, file)
			return
		}
	}
}
