package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// routes answers requests that the guard let through. No GET changes anything.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showPage)
	mux.HandleFunc("GET /tag/{code}", s.showPage)
	mux.Handle("GET /in", s.files.in)
	mux.HandleFunc("POST /in", s.letIn)
	for name, f := range s.files.named {
		mux.Handle("GET "+name, f)
	}
	mux.HandleFunc("GET /prove", s.prove)
	mux.HandleFunc("GET /stream", s.known(s.stream))
	mux.HandleFunc("POST /tap", s.known(s.tap))
	mux.HandleFunc("POST /events/{id}/amend", s.known(withBody(s.amend)))
	mux.HandleFunc("POST /events/{id}/void", s.known(withBody(s.void)))
	mux.HandleFunc("GET /events/{id}/history", s.known(func(w http.ResponseWriter, r *http.Request) {
		v, err := onEvent(r, func(id cx.ID) (any, error) { return s.history(r.Context(), id) })
		answer(w, r, v, err)
	}))
	mux.HandleFunc("GET /said", s.known(func(w http.ResponseWriter, r *http.Request) {
		said, err := s.desk.Said(r.Context())
		answer(w, r, append([]Said{}, said...), err)
	}))
	return withErrors(mux)
}

// withErrors answers for an unknown path or method as for every other error.
func withErrors(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		dry := headersOnly{make(http.Header)}
		h.ServeHTTP(dry, r)
		if allow := dry.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			fail(w, r, &api.Error{
				Code: api.CodeMethod, Message: fmt.Sprintf("%s is not for %s", clip(r.Method), r.URL.Path), Hint: "it takes " + allow,
			})
			return
		}
		fail(w, r, noPath(r))
	})
}

// headersOnly takes the headers of an answer whose body nobody wants.
type headersOnly struct{ header http.Header }

// Header returns the headers that the answer would have.
func (h headersOnly) Header() http.Header { return h.header }

// Write drops the body.
func (h headersOnly) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader drops the status.
func (h headersOnly) WriteHeader(int) {}

// known lets through a page of the agent's that has the cookie.
func (s *Server) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		session, ok := s.passes.session(r)
		if !ok {
			fail(w, r, errNotLetIn)
			return
		}
		if !s.passes.passed(r, session, s.hub.run) {
			clearStorage(w.Header())
			fail(w, r, errProof)
			return
		}
		if v := visitorOf(r.Context()); v != nil && !v.welcome() {
			w.Header().Set("Connection", "close")
			fail(w, r, errBusy)
			return
		}
		next(w, r)
	}
}

// showPage shows the page, with the tag of a webkey's address ready. Nothing is
// stored: opening an address is no press.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	v := view{Version: s.version, Ready: r.PathValue("code")}
	session, ok := s.passes.session(r)
	if !ok {
		s.deny(w, r, v)
		return
	}
	cfg := s.desk.Config()
	v.Session, v.Proof, v.Desk = session, fmt.Sprintf("%x", s.passes.proofKey(session)), cfg.Desk.Name
	status := http.StatusOK
	if v.Ready != "" {
		if _, err := cfg.Catalogue.Usable(v.Ready); err != nil {
			v.Problem, status = err.Error(), http.StatusNotFound
		}
	}
	clearStorage(w.Header())
	http.SetCookie(w, s.passes.cookie(session)) // for another month
	if err := show(w, status, s.files.page, v); err != nil {
		fail(w, r, err)
	}
}

// deny says how a browser is let in.
func (s *Server) deny(w http.ResponseWriter, r *http.Request, v view) {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		// A link on another site, such as in a CRM: the browser keeps the cookie (SameSite=Strict)
		// until the page itself asks, as it does at once, once.
		w.Header().Set("Refresh", "0")
	}
	w.Header().Set("WWW-Authenticate", "Magicbutton")
	clearStorage(w.Header())
	if err := show(w, http.StatusUnauthorized, s.files.denied, v); err != nil {
		fail(w, r, err)
	}
}

// letIn exchanges a ticket for the cookie.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Ticket string `json:"ticket"`
	}
	if err := readBody(w, r, &body); err != nil {
		fail(w, r, api.Bad(err))
		return
	}
	if !s.tickets.take(body.Ticket) {
		s.log.Info("the page let nobody in: the ticket was not good")
		fail(w, r, errTicket)
		return
	}
	s.log.Info("the page let a browser in")
	clearStorage(w.Header())
	session, known := s.passes.session(r)
	if !known { // else the browser's open pages, whose pass is of that session, would be left out
		session = newSession()
	}
	http.SetCookie(w, s.passes.cookie(session))
	writeJSON(w, http.StatusOK, struct{}{})
}

// prove tells a page whether this is the agent that it was loaded from, and which run
// of it: its pass is for that one. It asks without its cookie.
func (s *Server) prove(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	proof, ok := s.passes.prove(q.Get("session"), q.Get("challenge"))
	if !ok {
		fail(w, r, api.Bad(fmt.Errorf("want session, %d hexadecimal digits, and challenge, %d to %d", sessionChars, minChallenge, maxChallenge)))
		return
	}
	w.Header().Set(runHeader, s.hub.run)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(proof))
}

// tapped is a [Tapped] as JSON.
type tapped struct {
	Result    Result     `json:"result"`
	Event     *cardEvent `json:"event"` // null where there is none
	Duplicate bool       `json:"duplicate"`
	Scrubbed  int        `json:"scrubbed"`
	Reason    string     `json:"reason"`
}

// resultStatuses are for who looks no further.
var resultStatuses = map[Result]int{
	Stored: http.StatusOK, Refused: http.StatusOK, TakenBack: http.StatusOK,
	Waiting: http.StatusAccepted, NotSaved: http.StatusInsufficientStorage,
}

func (s *Server) tap(w http.ResponseWriter, r *http.Request) {
	var t Tap
	err := readBody(w, r, &t)
	if err == nil && t.Ref == "" { // else a tap that is sent again, as after no answer, counts twice
		err = errors.New("ref is missing")
	}
	if err != nil {
		fail(w, r, api.Bad(err))
		return
	}
	done, err := s.desk.Tap(r.Context(), t)
	if err != nil {
		fail(w, r, err)
		return
	}
	out := tapped{Result: done.Result, Duplicate: done.Duplicate, Scrubbed: done.Scrubbed, Reason: done.Reason}
	if done.Event.Tag != "" {
		e := s.wire(done.Event)
		out.Event = &e
	}
	status, ok := resultStatuses[done.Result]
	if !ok {
		status = http.StatusInternalServerError
	}
	writeJSON(w, status, out)
}

// corrected is the answer to a correction.
type corrected struct {
	Event cardEvent `json:"event"`
	// Scrubbed is how many card numbers and codes were taken out of the note.
	Scrubbed int `json:"scrubbed"`
}

func (s *Server) amend(r *http.Request, a cx.Amendment) (any, error) {
	return onEvent(r, func(id cx.ID) (any, error) {
		e, err := s.desk.Amend(r.Context(), id, a)
		if err != nil {
			return nil, err
		}
		out := corrected{Event: s.wire(e)}
		if a.Note != nil {
			_, out.Scrubbed = cx.ScrubNote(cx.CleanNote(*a.Note))
		}
		return out, nil
	})
}

func (s *Server) void(r *http.Request, _ struct{}) (any, error) {
	return onEvent(r, func(id cx.ID) (any, error) {
		e, err := s.desk.Void(r.Context(), id)
		return corrected{Event: s.wire(e)}, err
	})
}

func (s *Server) history(ctx context.Context, id cx.ID) (any, error) {
	states, err := s.desk.History(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]cardEvent, len(states))
	for i, e := range states {
		out[i] = s.wire(e)
	}
	return out, nil
}

func (s *Server) wire(e cx.Event) cardEvent {
	return newCardEvent(s.desk.Config().Catalogue, held{e, wasLate(e)})
}

func onEvent(r *http.Request, f func(cx.ID) (any, error)) (any, error) {
	id, err := cx.ParseID(r.PathValue("id"))
	if err != nil {
		return nil, api.Bad(err)
	}
	return f(id)
}
