package page

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/internal/cx"
)

// open opens a stream, and returns its lines as they come.
func (s testServer) open(t *testing.T, l *memoryListener) (net.Conn, <-chan string) {
	t.Helper()
	c := l.dial(t)
	go func() { _, _ = io.WriteString(c, s.head("GET", "/stream")) }()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close(), resp.Body.Close() }) // in this order: the body has no end of its own
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != "text/event-stream" {
		t.Fatalf("status %d, %s", resp.StatusCode, got)
	}
	lines := make(chan string, 10_000) // more than any test is told
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	return c, lines
}

// next returns the name of the next message.
func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	for line := range lines {
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			return name
		}
	}
	return "end"
}

// TestStream: a page that is open for hours is told at once, and that the agent stops.
func TestStream(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		_, lines := s.open(t, l)
		if got := next(t, lines); got != msgAll {
			t.Fatalf("first %s", got)
		}
		for range 3 {
			time.Sleep(3 * time.Second)
			pressed := time.Now()
			s.desk.press("praise", cx.ID{})
			if got := next(t, lines); got != msgCard || time.Since(pressed) != 0 {
				t.Errorf("%s after %v, want a card at once", got, time.Since(pressed))
			}
			if got := next(t, lines); got != msgGlance {
				t.Errorf("%s, want the counts", got)
			}
			beats := time.Now()
			for line := range lines {
				if line == ":" {
					break
				}
			}
			if d := time.Since(beats); d > heartbeatEvery {
				t.Errorf("no word for %v", d)
			}
		}
		go func() { _ = s.Shutdown(t.Context()) }()
		if got := next(t, lines); got != msgBye {
			t.Errorf("at the end %s", got)
		}
		if got := next(t, lines); got != "end" {
			t.Errorf("after the end %s", got)
		}
	})
}

// TestClosedPage: when a page is closed, nobody looks at the desk any more.
func TestClosedPage(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		c, lines := s.open(t, l)
		next(t, lines)
		_ = c.Close()
		time.Sleep(time.Second)
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		if len(s.hub.viewers) != 0 || s.hub.watch != nil {
			t.Errorf("%d pages are open", len(s.hub.viewers))
		}
	})
}

// TestDeafPage: a page that reads nothing any more is closed, and the others are told
// all the same.
func TestDeafPage(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		deaf := l.dial(t)
		go func() { _, _ = io.WriteString(deaf, s.head("GET", "/stream")) }()
		_, lines := s.open(t, l)
		next(t, lines)
		s.desk.press("praise", cx.ID{})
		if got := next(t, lines); got != msgCard {
			t.Errorf("the other page was told %s", got)
		}
		time.Sleep(messageTimeout + time.Second)
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		if n := len(s.hub.viewers); n != 1 {
			t.Errorf("%d pages are open, want 1", n)
		}
	})
}

// TestStopWhileTheDiskHangs: the agent stops, though reading the desk does not end.
func TestStopWhileTheDiskHangs(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		_, lines := s.open(t, l)
		next(t, lines)
		s.desk.with(func() { s.desk.hangs = make(chan struct{}) })
		s.desk.press("praise", cx.ID{})
		synctest.Wait() // until it is counted
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown = %v", err)
		}
		if got := next(t, lines); got != msgCard {
			t.Errorf("first %s", got)
		}
		if got := next(t, lines); got != msgBye {
			t.Errorf("then %s", got)
		}
		close(s.desk.hangs)
	})
}

// TestCutOff: a page that is too far behind is not told what it missed, but begins again.
func TestCutOff(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		c := l.dial(t)
		go func() { _, _ = io.WriteString(c, s.head("GET", "/stream")) }()
		synctest.Wait()
		for range 2 * queueLength {
			s.desk.press("praise", cx.ID{})
			synctest.Wait()
		}
		b, _ := io.ReadAll(c)
		if n := strings.Count(string(b), "event: "); n > queueLength/2 {
			t.Errorf("%d messages of before the cut", n)
		}
	})
}

// TestShutdownSilent: a stop does not wait for connections on which nothing was asked yet.
func TestShutdownSilent(t *testing.T) {
	served(t, func(t *testing.T, s testServer, l *memoryListener) {
		silent, begun := l.dial(t), l.dial(t)
		if _, err := io.WriteString(begun, "GET / HTTP/1.1\r\nHost: "); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		started := time.Now()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(started); took > time.Second {
			t.Errorf("the stop took %v", took)
		}
		for name, c := range map[string]net.Conn{"silent": silent, "begun": begun} {
			if _, took := closedAfter(t, c); took != 0 {
				t.Errorf("the %s connection was closed %v after the stop", name, took)
			}
		}
	})
}
