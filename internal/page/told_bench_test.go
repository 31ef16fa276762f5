//go:build linux

package page

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/cx"
)

// BenchmarkTold is how long a page waits for a press that the desk tells of, beside the
// least that a stream of server-sent events takes in the same run. 49 other pages are
// open on the same desk.
func BenchmarkTold(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		lines := make(chan string)
		l := loopback(b)
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for conn := http.NewResponseController(w); ; _ = conn.Flush() {
				select {
				case line := <-lines:
					_, _ = fmt.Fprint(w, line)
				case <-r.Context().Done():
					return
				}
			}
		})}
		go func() { _ = s.Serve(l) }()
		defer s.Close()
		page := dial(b, l, "tcp4")
		_, _ = fmt.Fprintf(page, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		read := bufio.NewReader(page)
		for b.Loop() {
			lines <- "event: card\ndata: {}\n\n"
			until(b, read, "event: card")
		}
	})
	for _, pages := range []int{1, 50} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			l := loopback(b)
			port := l.Addr().(*net.TCPAddr).Port
			d := newDesk(b, time.Now)
			s := New(Options{Desk: d, Port: port, Key: testKey})
			go func() { _ = s.Serve(l) }()
			defer func() { _ = s.Shutdown(b.Context()) }()
			var read *bufio.Reader
			for i := range pages {
				page := dial(b, l, "tcp4")
				_, _ = fmt.Fprintf(page, "GET /stream?pass=%s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", s.passes.pass(session, s.hub.run), hostPort(port), s.passes.cookie(session))
				r := bufio.NewReader(page)
				until(b, r, "event: all")
				if i > 0 {
					go func() { _, _ = r.WriteTo(io.Discard) }()
				} else {
					read = r
				}
			}
			e := cx.Event{Tag: "praise", Source: cx.SourceDevice}
			for b.Loop() {
				b.StopTimer()
				d.with(func() { clear(d.events) }) // what counting costs is the store's
				stored := d.store(e, d.now())
				b.StartTimer()
				d.tell(Moment{What: WhatStored, Event: stored})
				until(b, read, "event: card")
			}
		})
	}
}

// until reads up to a line.
func until(b *testing.B, r *bufio.Reader, line string) {
	b.Helper()
	for {
		got, err := r.ReadString('\n')
		if err != nil {
			b.Fatal(err)
		}
		if strings.HasPrefix(got, line) {
			return
		}
	}
}
