package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

// ask makes one HTTP request over the agent's socket, as another program would.
func ask(t testing.TB, r *running, method, path, body string) (*http.Response, string) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", r.socket.Addr().String())
		},
	}}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://magicbutton"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestBadRequests(t *testing.T) {
	r, seed := seeded(t)
	event := "/v1/events/" + seed[0].ID.String()
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		code                     api.Code
		want                     string // in the message or the hint
	}{
		{"no JSON", "POST", "/v1/events", "tag=praise", 400, api.CodeBad, "reading the request"},
		{"cut JSON", "POST", "/v1/events", `{"tag":"praise"`, 400, api.CodeBad, "reading the request"},
		{"wrong type", "POST", "/v1/events", `{"tag":7}`, 400, api.CodeBad, "tag"},
		{"unknown field", "POST", "/v1/events", `{"tag":"praise","notes":"x"}`, 400, api.CodeBad, `"notes"`},
		{"two values", "POST", "/v1/events", `{"tag":"praise"}{"tag":"praise"}`, 400, api.CodeBad, "one JSON value"},
		{"no UTF-8", "POST", "/v1/events", "{\"tag\":\"praise\",\"note\":\"\xff\"}", 400, api.CodeBad, "UTF-8"},
		{"no body", "POST", "/v1/events", "", 400, api.CodeBad, "unknown tag"},
		{"null", "POST", "/v1/events", "null", 400, api.CodeBad, "unknown tag"},
		{"too large", "POST", "/v1/events", `{"tag":"` + strings.Repeat("x", api.MaxBodyBytes) + `"}`, 400, api.CodeBad, "larger than 16777216 bytes"},
		{"unknown tag", "POST", "/v1/events", `{"tag":"prase"}`, 400, api.CodeBad, `did you mean "praise"`},
		{"bad instant", "POST", "/v1/events", `{"tag":"praise","at":"yesterday"}`, 400, api.CodeBad, "yesterday"},
		{"bad id", "GET", "/v1/events/nonsense", "", 400, api.CodeBad, "nonsense"},
		{"bad id to void", "POST", "/v1/events/7/void", "", 400, api.CodeBad, `"7"`},
		{"unknown id", "POST", "/v1/events/" + unknown.String() + "/void", "", 404, api.CodeNotFound, "no such event"},
		{"unknown number", "GET", "/v1/events/4711", "", 404, api.CodeNotFound, "#4711"},
		{"taken back already", "POST", "/v1/events/" + seed[1].ID.String() + "/void", "", 409, api.CodeConflict, "taken back already"},
		{"amend an unknown field", "PATCH", event, `{"rev":7}`, 400, api.CodeBad, `"rev"`},
		{"nothing to undo", "POST", "/v1/undo", `{"device":"nobody's"}`, 404, api.CodeNotFound, "magicbutton undo ID"},
		{"unknown path", "GET", "/v2/events", "", 404, api.CodeNotFound, `"/v2/events"`},
		{"unknown method", "DELETE", event, "", 405, api.CodeMethod, "GET, HEAD, PATCH"},
		{"wrong method", "GET", "/v1/undo", "", 405, api.CodeMethod, "it takes POST"},
		{"bad period", "GET", "/v1/tally?from=monday", "", 400, api.CodeBad, "monday"},
		{"bad dimension", "GET", "/v1/tally?by=tga", "", 400, api.CodeBad, "tga"},
		{"bad zone", "GET", "/v1/tally?zone=Berlin", "", 400, api.CodeBad, "Berlin"},
		{"unknown parameter", "GET", "/v1/tally?form=2026-11-16T00:00:00Z", "", 400, api.CodeBad, `"form"`},
		{"bad limit", "GET", "/v1/events?limit=-1", "", 400, api.CodeBad, "-1"},
		{"bad switch", "GET", "/v1/events?voided=yes", "", 400, api.CodeBad, "true or false"},
		{"follow a period", "GET", "/v1/events?follow=true&limit=3", "", 400, api.CodeBad, "limit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := normalized(t, r)
			resp, body := ask(t, r, test.method, test.path, test.body) //nolint:bodyclose // ask read and closed it
			var e api.Error
			if err := json.Unmarshal([]byte(body), &e); err != nil {
				t.Fatalf("answer %q: %v", body, err)
			}
			if resp.StatusCode != test.status || e.Code != test.code || !strings.Contains(e.Message+"\n"+e.Hint, test.want) {
				t.Errorf("answer %d %.300s, want %d, code %q, with %q", resp.StatusCode, body, test.status, test.code, test.want)
			}
			if got := resp.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type = %q", got)
			}
			diff(t, "stored", normalized(t, r), before)
		})
	}
}

// TestErrorOverWire: an error arrives as it was made.
func TestErrorOverWire(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	_, err := dial(t, r).Undo(t.Context(), api.Undo{})
	_, want := r.Desk().Undo(t.Context(), api.Undo{})
	if want == nil {
		t.Fatal("there was something to undo")
	}
	diff(t, "error", problem(err), problem(want))
}

func TestStatusAndReload(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	c := dial(t, r)
	s, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Desk != "desk 1" || s.Site != "north" || s.DB != r.opts.DB || s.Version != "test" || s.Devices == nil {
		t.Errorf("status = %+v", s)
	}
	more := "[[tag]]\ncode = 'praise'" // a second time
	r.toml.Store(&more)
	wantCode(t, c.Reload(t.Context()), api.CodeBad)
	more = "[[tag]]\ncode = 'brand-new'"
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Log(t.Context(), api.NewEvent{Tag: "brand-new"}); err != nil {
		t.Error(err)
	}
}

// TestManyWriters: 64 programs log 20 events each at once; each is there once.
func TestManyWriters(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	const writers, each = 64, 20
	var mu sync.Mutex
	ids := make(map[cx.ID]bool)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			c := dial(t, r)
			for i := range each {
				l, err := c.Log(t.Context(), api.NewEvent{Tag: "praise", Note: fmt.Sprintf("%d of %d", i, w)})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				ids[l.Event.ID] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	notes := make(map[string]int)
	for _, e := range allEvents(t, r.store) {
		notes[e.Note]++
		if !ids[e.ID] {
			t.Errorf("event %v was told to nobody", e.ID)
		}
	}
	if len(notes) != writers*each || len(ids) != writers*each {
		t.Errorf("%d different events stored, %d told; want %d", len(notes), len(ids), writers*each)
	}
}

// TestRefAtOnce: a request that is sent again, even at the same time, counts once.
func TestRefAtOnce(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids := make(map[cx.ID]int)
	fresh := 0
	for range 16 {
		wg.Go(func() {
			l, err := dial(t, r).Log(t.Context(), api.NewEvent{Tag: "praise", Ref: "ticket 17"})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[l.Event.ID]++
			if !l.Duplicate {
				fresh++
			}
		})
	}
	wg.Wait()
	if n := len(allEvents(t, r.store)); n != 1 || len(ids) != 1 || fresh != 1 {
		t.Errorf("%d events stored, %d ids told, %d of them new; want 1, 1, 1", n, len(ids), fresh)
	}
}

// TestFollowOverSocket: a follower misses nothing after the headers, and ends
// with the agent, in order.
func TestFollowOverSocket(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	conn, err := net.Dial("unix", r.socket.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /v1/events?follow=true HTTP/1.1\r\nHost: magicbutton\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil) // the headers
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	want := mustLog(t, r.Desk(), "praise")
	dec := json.NewDecoder(resp.Body)
	var line api.Line
	if err := dec.Decode(&line); err != nil || line.Event == nil || line.Event.ID != want.ID {
		t.Fatalf("line = %+v, %v; want event %v", line, err, want.ID)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	line = api.Line{}
	if err := dec.Decode(&line); err != nil || !line.End {
		t.Errorf("last line = %+v, %v; want the end", line, err)
	}
}

// TestStopDespiteDeafClient: a client that does not read what it follows holds up
// neither presses nor the stop.
func TestStopDespiteDeafClient(t *testing.T) {
	t.Parallel()
	r := start(t, dbPath(t), nil, "")
	conn, err := net.Dial("unix", r.socket.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /v1/events?follow=true HTTP/1.1\r\nHost: magicbutton\r\n\r\n")
	if _, err := conn.Read(make([]byte, 1)); err != nil { // the agent tells this connection
		t.Fatal(err)
	}
	note := strings.Repeat("x", cx.MaxNoteRunes)
	for r.following() { // until its socket and its buffer are full
		r.Desk().tell(page.Moment{What: page.WhatStored, Event: cx.Event{Tag: "praise", Note: note}})
	}
	before := time.Now()
	if err := r.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if took := time.Since(before); took > 3*stopTimeout {
		t.Errorf("the stop took %v", took)
	}
}

// following tells whether the agent has a follower.
func (r *running) following() bool {
	r.desk.mu.Lock()
	defer r.desk.mu.Unlock()
	return len(r.desk.followers) > 0
}

func TestCheckOverSocket(t *testing.T) {
	r := start(t, dbPath(t), nil, "")
	for range 3 {
		mustLog(t, r.Desk(), "praise")
	}
	calls := 0
	report, err := dial(t, r).Check(t.Context(), func(int, int) { calls++ })
	if err != nil || report.Events != 3 || len(report.Damage) != 0 || calls == 0 {
		t.Errorf("report = %+v, %v, after %d calls", report, err, calls)
	}
}
