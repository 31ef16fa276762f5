package page

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/internal/cx"
)

// memoryListener accepts the ends of pipes, whose deadlines are of a bubble's time.
type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) Addr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: testPort}
}

// dial returns a browser's end of a new connection.
func (l *memoryListener) dial(t testing.TB) net.Conn {
	t.Helper()
	browser, server := net.Pipe()
	l.conns <- server
	t.Cleanup(func() { _ = browser.Close() })
	return browser
}

// served runs f in a bubble of time against a server that listens.
func served(t *testing.T, f func(t *testing.T, s testServer, l *memoryListener)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t)
		l := newMemoryListener()
		done := make(chan error, 1)
		go func() { done <- s.Serve(l) }()
		f(t, s, l)
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

func (s testServer) head(method, path string, more ...string) string {
	return method + " " + path + " HTTP/1.1\r\nHost: " + hostPort(testPort) + "\r\nCookie: " + s.passes.cookie(session).String() + "\r\n" +
		passHeader + ": " + s.passes.pass(session, s.hub.run) + "\r\n" +
		strings.Join(more, "") + "\r\n"
}

// closedAfter reads until the other end closes, and returns what it said and how long
// it took.
func closedAfter(t *testing.T, c net.Conn) (string, time.Duration) {
	t.Helper()
	started := time.Now()
	_ = c.SetReadDeadline(started.Add(time.Hour))
	b, err := io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays open")
	}
	return string(b), time.Since(started)
}

// status reads the first line of an answer.
func status(t *testing.T, c net.Conn) (code int) {
	t.Helper()
	line, err := bufio.NewReader(c).ReadString('\n')
	if _, scan := fmt.Sscanf(line, "HTTP/1.%d %d", new(int), &code); err != nil || scan != nil {
		t.Errorf("answer %q: %v", line, err)
	}
	return code
}

// TestSlowRequests: whoever sends slowly is cut off, at every point of a request.
func TestSlowRequests(t *testing.T) {
	for _, test := range []struct {
		name  string
		sends func(s testServer) []string // a piece each second
		most  time.Duration
		says  string // the status, "" for nothing
	}{
		{"nothing", func(testServer) []string { return nil }, readHeaderTimeout, ""},
		{"half a line", func(testServer) []string { return []string{"GET /"} }, readHeaderTimeout, "400"},
		{"a header a second", func(testServer) []string {
			out := []string{"GET / HTTP/1.1\r\n"}
			for range 100 {
				out = append(out, "X: y\r\n")
			}
			return out
		}, readHeaderTimeout, ""},
		{"a body a byte a second", func(s testServer) []string {
			out := []string{s.head("POST", "/tap", "Content-Type: application/json\r\n", "Content-Length: 1000\r\n")}
			for range 100 {
				out = append(out, " ")
			}
			return out
		}, readTimeout, "408"},
		{"no body, without a cookie", func(testServer) []string {
			return []string{"POST /tap HTTP/1.1\r\nHost: " + hostPort(testPort) + "\r\nContent-Length: 1000\r\n\r\n"}
		}, readTimeout, "401"},
		{"a body for a GET", func(testServer) []string {
			return []string{"GET /prove HTTP/1.1\r\nHost: " + hostPort(testPort) + "\r\nContent-Length: 1000\r\n\r\n"}
		}, readTimeout, "400"},
	} {
		t.Run(test.name, func(t *testing.T) {
			served(t, func(t *testing.T, s testServer, l *memoryListener) {
				c := l.dial(t)
				var sending sync.WaitGroup
				sending.Go(func() {
					for _, piece := range test.sends(s) {
						if _, err := io.WriteString(c, piece); err != nil {
							return
						}
						time.Sleep(time.Second)
					}
				})
				got, took := closedAfter(t, c)
				sending.Wait()
				if took > test.most+time.Second {
					t.Errorf("open for %v, want %v at most", took, test.most)
				}
				if first, _, _ := strings.Cut(got, "\r\n"); !strings.Contains(first, test.says) || test.says == "" && first != "" {
					t.Errorf("answer %q, want %q", first, test.says)
				}
				if s.desk.changes != 0 {
					t.Error("it changed something")
				}
			})
		})
	}
}

// TestManyHeaders: a request of too many headers is not read to its end.
func TestManyHeaders(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		c := l.dial(t)
		sent := make(chan int, 1)
		go func() {
			n, _ := io.WriteString(c, "GET / HTTP/1.1\r\n")
			for range 100_000 {
				more, err := io.WriteString(c, "X-Header: 0123456789\r\n")
				n += more
				if err != nil {
					break
				}
			}
			sent <- n
		}()
		got, _ := closedAfter(t, c)
		_ = c.Close()
		if n := <-sent; n > 4*maxHeaderBytes || !strings.Contains(got, "431") {
			t.Errorf("%d bytes were read, answer %q", n, got)
		}
	})
}

// TestCrowd: programs that connect and say nothing, or send their header for ever, do
// not keep a browser out, and connections do not pile up.
func TestCrowd(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		stream := l.dial(t)
		go func() { _, _ = io.WriteString(stream, s.head("GET", "/stream")) }()
		page := bufio.NewReader(stream)
		if line, err := page.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Fatalf("stream: %q, %v", line, err)
		}
		var crowd []net.Conn
		for range 10 * bounds[fresh] {
			crowd = append(crowd, l.dial(t))
		}
		synctest.Wait()
		open := 0
		for _, c := range crowd {
			_ = c.SetReadDeadline(time.Now().Add(time.Nanosecond))
			if _, err := c.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
				open++
			}
		}
		if open != bounds[fresh] {
			t.Errorf("%d silent connections are open, want %d", open, bounds[fresh])
		}
		c := l.dial(t)
		go func() { _, _ = io.WriteString(c, s.head("GET", "/said")) }()
		if got := status(t, c); got != 200 {
			t.Errorf("a browser in the crowd: status %d", got)
		}
		s.desk.press("praise", cx.ID{})
		for {
			line, err := page.ReadString('\n')
			if err != nil {
				t.Fatalf("the open page was cut off: %v", err)
			}
			if strings.HasPrefix(line, "event: card") {
				break
			}
		}
	})
}

// TestManyPages: more pages than there is room for are told so.
func TestManyPages(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		open := func() int {
			c := l.dial(t)
			go func() { _, _ = io.WriteString(c, s.head("GET", "/stream")) }()
			return status(t, c)
		}
		for i := range bounds[letIn] {
			if got := open(); got != 200 {
				t.Fatalf("page %d: status %d", i, got)
			}
		}
		if got := open(); got != http.StatusServiceUnavailable {
			t.Errorf("one page more: status %d", got)
		}
	})
}

func TestNotOnTheNetwork(t *testing.T) {
	s := newTestServer(t)
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := s.Serve(l); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("Serve on %s = %v", l.Addr(), err)
	}
}

// TestComeAndGo: a connection that is closed makes room for another.
func TestComeAndGo(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		for i := range 2 * bounds[letIn] {
			c := l.dial(t)
			go func() { _, _ = io.WriteString(c, s.head("GET", "/said")) }()
			if got := status(t, c); got != 200 {
				t.Fatalf("request %d: status %d", i, got)
			}
			_ = c.Close()
			synctest.Wait()
		}
	})
}

// TestAnyTarget: requests that net/http answers by itself are checked, too.
func TestAnyTarget(t *testing.T) {
	for _, request := range []string{
		"OPTIONS * HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"GET http://evil.example/ HTTP/1.1\r\nHost: " + hostPort(testPort) + "\r\n\r\n",
		"CONNECT evil.example:80 HTTP/1.1\r\nHost: " + hostPort(testPort) + "\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
	} {
		served(t, func(t *testing.T, _ testServer, l *memoryListener) {
			c := l.dial(t)
			go func() { _, _ = io.WriteString(c, request) }()
			if got := status(t, c); got != http.StatusMisdirectedRequest {
				t.Errorf("%q: status %d", request, got)
			}
		})
	}
}
