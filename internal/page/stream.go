package page

import (
	"net/http"
	"time"
)

const (
	// heartbeatEvery is how often a stream says something, so that a page notices within
	// half a minute that the agent is gone, and the agent that a page is.
	heartbeatEvery = 15 * time.Second
	// messageTimeout is how long one message may take to be sent.
	messageTimeout = 10 * time.Second
)

// heartbeat is a comment: pages do not see it.
var heartbeat = []byte(":\n\n")

// stream tells a page what happens, until it is closed or the agent stops.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	conn := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	clearStorage(w.Header())
	if r.Method == http.MethodHead {
		return
	}
	v := s.hub.enter()
	defer s.hub.leave(v)
	beat := time.NewTicker(heartbeatEvery)
	defer beat.Stop()
	for more, next := true, heartbeat; more; {
		if v.behind.Load() {
			return
		}
		_ = conn.SetWriteDeadline(time.Now().Add(messageTimeout))
		if _, err := w.Write(next); err != nil {
			return
		}
		if len(v.messages) == 0 && conn.Flush() != nil {
			return
		}
		select {
		case next, more = <-v.messages:
		case <-beat.C:
			next = heartbeat
		case <-r.Context().Done():
			return
		}
	}
}
