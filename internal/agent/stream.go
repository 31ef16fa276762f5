package agent

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"magicbutton/internal/api"
)

// stream is an answer of many lines.
type stream struct {
	conn *http.ResponseController
	enc  *json.Encoder
}

func newStream(w http.ResponseWriter) stream {
	w.Header().Set("Content-Type", "application/x-ndjson")
	return stream{http.NewResponseController(w), json.NewEncoder(w)}
}

// send writes one line. It waits for a client that reads, and not for one that
// does not.
func (s stream) send(l api.Line) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	return s.enc.Encode(l)
}

// flush sends now what was written.
func (s stream) flush() error { return s.conn.Flush() }

func (a *Agent) streamEvents(w http.ResponseWriter, r *http.Request) {
	q, follow, err := api.ParseEventQuery(r.URL.Query())
	if err != nil {
		respond(w, nil, err)
		return
	}
	s := newStream(w)
	events, sent := a.desk.Events(r.Context(), q), func() error { return nil }
	if follow {
		sent = s.flush
		// The headers tell the client that it follows now.
		events = a.desk.follow(r.Context(), a.stop, func() { _ = s.flush() })
	}
	for e, err := range events {
		if err != nil {
			_ = s.send(api.Line{Error: asError(err)})
			return
		}
		line := api.FromEvent(e)
		if s.send(api.Line{Event: &line}) != nil || sent() != nil {
			return // the client has gone
		}
	}
	if r.Context().Err() == nil {
		_ = s.send(api.Line{End: true})
	}
}

// newsOf returns a function that tells how far a work is, and waits for nobody: a
// client that does not read must hold up nothing, least of all a transaction. What
// it is told next it may miss. The second function waits until all is told.
func newsOf(send func(api.Progress)) (tell func(done, total int), told func()) {
	var telling sync.WaitGroup
	news := make(chan api.Progress, 1) // 1: the newest
	telling.Go(func() {
		for p := range news {
			send(p)
		}
	})
	tell = func(done, total int) {
		select {
		case news <- api.Progress{Done: done, Total: total}:
		default:
		}
	}
	return tell, func() {
		close(news)
		telling.Wait()
	}
}

func (a *Agent) streamCheck(w http.ResponseWriter, r *http.Request) {
	s := newStream(w)
	tell, told := newsOf(func(p api.Progress) {
		_ = s.send(api.Line{Progress: &p}) // where the client has gone, its context has ended too
		_ = s.flush()
	})
	report, err := a.desk.Check(r.Context(), tell)
	told()
	if err != nil {
		_ = s.send(api.Line{Error: asError(err)})
		return
	}
	_ = s.send(api.Line{Check: &report})
	_ = s.send(api.Line{End: true})
}
