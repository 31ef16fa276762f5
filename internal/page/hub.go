package page

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// queueLength is how many messages may wait for a page. Where a desk is pressed once a
	// minute it is hours; at 100 presses a second five seconds. A page that is further
	// behind is cut off, and begins again with all there is.
	queueLength = 512
	// glanceEvery is how often the counts are told at most: they cost a scan of the day.
	glanceEvery = time.Second
	// againAfter is how long the hub waits where it could not read the desk.
	againAfter = time.Second
)

// hub tells the open pages what happens on the desk. While no page is open it does
// nothing and keeps nothing.
type hub struct {
	desk         Desk
	now          func() time.Time
	log          *slog.Logger
	run, version string

	mu       sync.Mutex
	viewers  map[*viewer]struct{}
	watch    *watch // nil while no page is open
	closed   bool
	watching sync.WaitGroup
}

func newHub(d Desk, version string, now func() time.Time, log *slog.Logger) *hub {
	return &hub{desk: d, now: now, log: log, run: rand.Text(), version: version, viewers: make(map[*viewer]struct{})}
}

// viewer is one open page.
type viewer struct {
	messages chan []byte // closed when there is no more to come
	behind   atomic.Bool // it was cut off: what waits for it is worth nothing
}

// enter adds a page. Its first message is all there is.
func (h *hub) enter() *viewer {
	v := &viewer{messages: make(chan []byte, queueLength)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		v.bye()
		return v
	}
	h.viewers[v] = struct{}{}
	if h.watch == nil {
		ctx, cancel := context.WithCancel(context.Background())
		w := &watch{hub: h, cancel: cancel, stirred: make(chan struct{}, 1)}
		h.watch = w
		h.watching.Go(func() { w.run(ctx) })
		h.watching.Go(func() { w.count(ctx) })
	} else if h.watch.loaded {
		v.messages <- message(msgAll, h.watch.all(h.now()))
	}
	return v
}

// leave removes a page. With the last one the hub stops looking.
func (h *hub) leave(v *viewer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.viewers, v)
	if len(h.viewers) == 0 {
		h.rest()
	}
}

// rest stops looking; the caller holds mu.
func (h *hub) rest() {
	if h.watch != nil {
		h.watch.cancel()
		h.watch = nil
	}
}

// close says goodbye to the pages, for good. The channel is closed when nobody looks any
// more: a desk whose disk hangs may keep one who reads.
func (h *hub) close() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for v := range h.viewers {
		delete(h.viewers, v)
		v.bye()
	}
	h.rest()
	rested := make(chan struct{})
	go func() {
		h.watching.Wait()
		close(rested)
	}()
	return rested
}

// bye says goodbye to a page.
func (v *viewer) bye() {
	select {
	case v.messages <- message(msgBye, struct{}{}):
	default: // it is far behind, and sees the stream end
	}
	close(v.messages)
}

// tell hands a message to every page, and waits for none; the caller holds mu.
func (h *hub) tell(m []byte) {
	for v := range h.viewers {
		select {
		case v.messages <- m:
		default:
			v.behind.Store(true)
			delete(h.viewers, v)
			close(v.messages)
		}
	}
}
