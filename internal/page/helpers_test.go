package page

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

const configuration = `
[desk]
name = "desk 1"
site = "Harbour <b>"
zone = "Europe/Berlin"
channel = "phone"

[[tag]]
code = "refund-slow"
label = "Refund: still </script> waiting"
stage = "return"
kind = "problem"

[[tag]]
code = "praise"
label = "Praise"
kind = "praise"

[[tag]]
code = "old"
label = "Old"
retired = true

[[tag]]
code = "refund-late"
merged_into = "refund-slow"
`

// memoryDesk is a desk without a disk: what the page asks of one, and no more.
type memoryDesk struct {
	config *config.Config
	now    func() time.Time

	mu       sync.Mutex
	events   map[cx.ID]cx.Event
	before   map[cx.ID][]cx.Event
	refs     map[string]cx.ID
	seq      uint64
	watchers map[chan Moment]struct{}
	trouble  *api.Trouble
	waiting  int
	result   Result // of the next taps; "" is Stored
	fails    error  // what reading answers
	tallies  int
	hangs    chan struct{} // until it is closed a tally does not end; nil for not
	changes  int           // calls that may change something
}

var origin = cx.Origin{1, 2, 3, 4, 5}

func newDesk(t testing.TB, now func() time.Time) *memoryDesk {
	t.Helper()
	cfg, err := config.Parse("test.toml", []byte(configuration))
	if err != nil {
		t.Fatal(err)
	}
	return &memoryDesk{
		config: cfg, now: now,
		events: make(map[cx.ID]cx.Event), before: make(map[cx.ID][]cx.Event), refs: make(map[string]cx.ID),
		watchers: make(map[chan Moment]struct{}),
	}
}

func (d *memoryDesk) Config() *config.Config { return d.config }

// press stores an event of a device, as now, and tells of it.
func (d *memoryDesk) press(code string, conversation cx.ID) cx.Event {
	e := d.store(cx.Event{Tag: code, Channel: cx.ChannelPhone, Conversation: conversation, Source: cx.SourceDevice}, d.now())
	d.tell(Moment{What: WhatStored, Event: e})
	return e
}

func (d *memoryDesk) store(e cx.Event, at time.Time) cx.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seq++
	e.ID, e.RecordedAt = cx.MakeID(at, origin, d.seq), d.now().UTC().Truncate(time.Millisecond)
	if e.Conversation.IsZero() {
		e.Conversation = e.ID
	}
	d.events[e.ID] = e
	return e
}

func (d *memoryDesk) tell(m Moment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for w := range d.watchers {
		w <- m
	}
}

func (d *memoryDesk) Tap(_ context.Context, t Tap) (Tapped, error) {
	if _, err := d.config.Catalogue.Usable(t.Tag); err != nil {
		return Tapped{}, api.Bad(err)
	}
	d.mu.Lock()
	d.changes++
	id, known := d.refs[t.Ref]
	old, result := d.events[id], d.result
	d.mu.Unlock()
	if known {
		return Tapped{Result: Stored, Event: old, Duplicate: true}, nil
	}
	e := cx.Event{Tag: t.Tag, Stage: cx.Stage(t.Stage), Note: t.Note, Source: cx.SourcePage}
	n := e.Scrub()
	if result != "" && result != Stored {
		return Tapped{Result: result, Event: e, Reason: "the disk is full"}, nil
	}
	e = d.store(e, d.now())
	d.mu.Lock()
	d.refs[t.Ref] = e.ID
	d.mu.Unlock()
	d.tell(Moment{What: WhatStored, Event: e})
	return Tapped{Result: Stored, Event: e, Scrubbed: n}, nil
}

func (d *memoryDesk) Amend(_ context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	return d.correct(id, func(e cx.Event) (cx.Event, error) { return a.Apply(e) })
}

func (d *memoryDesk) Void(_ context.Context, id cx.ID) (cx.Event, error) {
	return d.correct(id, func(e cx.Event) (cx.Event, error) {
		e.Voided = true
		return e, nil
	})
}

// correct changes an event, and gives its conversation a new head as the store does:
// silently.
func (d *memoryDesk) correct(id cx.ID, change func(cx.Event) (cx.Event, error)) (cx.Event, error) {
	d.mu.Lock()
	d.changes++
	before, ok := d.events[id]
	switch {
	case !ok:
		d.mu.Unlock()
		return cx.Event{}, &api.Error{Code: api.CodeNotFound, Message: "no such event"}
	case before.Voided:
		d.mu.Unlock()
		return cx.Event{}, &api.Error{Code: api.CodeConflict, Message: "taken back already"}
	}
	e, err := change(before)
	if err != nil {
		d.mu.Unlock()
		return cx.Event{}, api.Bad(err)
	}
	if before.Conversation == id && (e.Voided || e.Conversation != id) {
		var heir cx.ID
		for _, key := range d.sorted() {
			o := d.events[key]
			if key == id || o.Voided || o.Conversation != id {
				continue
			}
			if heir.IsZero() {
				heir = key
			}
			o.Conversation = heir
			o.Rev++
			d.events[key] = o
		}
		if e.Voided && !heir.IsZero() {
			e.Conversation = heir
		}
	}
	e.Rev = before.Rev + 1
	d.events[id] = e
	d.before[id] = append(d.before[id], before)
	d.mu.Unlock()
	d.tell(Moment{What: WhatChanged, Event: e})
	return e, nil
}

func (d *memoryDesk) sorted() []cx.ID {
	return slices.SortedFunc(maps.Keys(d.events), func(a, b cx.ID) int { return bytes.Compare(a[:], b[:]) })
}

func (d *memoryDesk) Event(_ context.Context, id cx.ID) (cx.Event, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e, ok := d.events[id]; ok {
		return e, d.fails
	}
	return cx.Event{}, &api.Error{Code: api.CodeNotFound, Message: "no such event"}
}

func (d *memoryDesk) History(_ context.Context, id cx.ID) ([]cx.Event, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.before[id]), nil
}

func (d *memoryDesk) Events(_ context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	d.mu.Lock()
	var list []cx.Event
	for _, id := range d.sorted() {
		if e := d.events[id]; !e.Voided && !e.At().Before(q.From) {
			list = append(list, e)
		}
	}
	fails := d.fails
	d.mu.Unlock()
	slices.Reverse(list)
	return func(yield func(cx.Event, error) bool) {
		if fails != nil {
			yield(cx.Event{}, fails)
			return
		}
		for i, e := range list {
			if i == q.Limit || !yield(e, nil) {
				return
			}
		}
	}
}

func (d *memoryDesk) Tally(_ context.Context, q cx.Query) (cx.Tally, error) {
	d.mu.Lock()
	hangs := d.hangs
	d.mu.Unlock()
	if hangs != nil {
		<-hangs
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tallies++
	return cx.Count(maps.Values(d.events), d.config.Catalogue, q), d.fails
}

var errFarBehind = errors.New("too far behind")

func (d *memoryDesk) Watch(ctx context.Context, ready func()) iter.Seq2[Moment, error] {
	return func(yield func(Moment, error) bool) {
		moments := make(chan Moment, 10_000)
		d.mu.Lock()
		d.watchers[moments] = struct{}{}
		d.mu.Unlock()
		defer func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			delete(d.watchers, moments)
		}()
		ready()
		for {
			select {
			case <-ctx.Done():
				return
			case m := <-moments:
				var err error
				if m.What == "behind" {
					err = errFarBehind
				}
				if !yield(m, err) || err != nil {
					return
				}
			}
		}
	}
}

func (d *memoryDesk) Trouble() *api.Trouble {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

func (d *memoryDesk) Waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waiting
}

func (d *memoryDesk) Said(context.Context) ([]Said, error) {
	return []Said{{Tag: "refund-slow", Label: "Refund", What: "a second till", Owner: "Kim", Since: "2026-11-02"}}, nil
}

// with changes the desk under its lock.
func (d *memoryDesk) with(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

const testPort = 28886

var testKey = bytes.Repeat([]byte{7}, keyBytes)

// testServer is a server that no socket leads to.
type testServer struct {
	*Server
	desk *memoryDesk
}

func newTestServer(t testing.TB) testServer {
	t.Helper()
	desk := newDesk(t, time.Now)
	s := New(Options{Desk: desk, Port: testPort, Key: testKey, Version: "v1 <test>"})
	t.Cleanup(func() { <-s.hub.close() })
	return testServer{s, desk}
}

// request is one request as a page would make it; what is set differs.
type request struct {
	method, path, host, body string
	header                   map[string]string
	noCookie                 bool
}

func (s testServer) do(t testing.TB, q request) *httptest.ResponseRecorder {
	t.Helper()
	u, err := url.ParseRequestURI(q.path)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(cmp.Or(q.method, http.MethodGet), "/", strings.NewReader(q.body))
	r.URL, r.RequestURI, r.Host = u, q.path, cmp.Or(q.host, hostPort(testPort))
	if q.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", "http://"+hostPort(testPort))
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if !q.noCookie {
		r.AddCookie(s.passes.cookie(session))
		r.Header.Set(passHeader, s.passes.pass(session, s.hub.run))
	}
	for k, v := range q.header {
		if v == "" {
			r.Header.Del(k)
		} else {
			r.Header.Set(k, v)
		}
	}
	rec := httptest.NewRecorder()
	s.http.Handler.ServeHTTP(rec, r)
	return rec
}
