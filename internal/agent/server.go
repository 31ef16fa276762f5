package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// Limits of the local API's server. Its clients are programs of the same user on
// the same machine: the limits are against mistakes, not attackers.
const (
	readHeaderTimeout = 5 * time.Second
	readBodyTimeout   = time.Minute
	writeTimeout      = 30 * time.Second // of one answer, or of one line of a stream
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 16 << 10
)

// newServer returns the server of the local API. It has no timeout for a whole
// request, as a stream that follows events has no end.
func (a *Agent) newServer() *http.Server {
	return &http.Server{
		Handler:           withJSONErrors(a.routes()),
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout, MaxHeaderBytes: maxHeaderBytes,
	}
}

func (a *Agent) routes() *http.ServeMux {
	mux := http.NewServeMux()
	d := a.desk
	mux.Handle("POST "+api.PathEvents, withBody(func(ctx context.Context, _ *http.Request, n api.NewEvent) (any, error) {
		return d.Log(ctx, n)
	}))
	mux.Handle("GET "+api.PathEvents, http.HandlerFunc(a.streamEvents))
	mux.Handle("GET "+api.PathExport, http.HandlerFunc(a.streamExport))
	mux.Handle("GET "+api.PathEvent, handler(a.oneEvent))
	mux.Handle("PATCH "+api.PathEvent, withBody(func(ctx context.Context, r *http.Request, m cx.Amendment) (any, error) {
		return onEvent(r, func(id cx.ID) (any, error) { return wire(d.Amend(ctx, id, m)) })
	}))
	mux.Handle("GET "+api.PathHistory, handler(func(r *http.Request) (any, error) {
		return onEvent(r, func(id cx.ID) (any, error) { return wireAll(d.History(r.Context(), id)) })
	}))
	mux.Handle("POST "+api.PathVoid, handler(func(r *http.Request) (any, error) {
		return onEvent(r, func(id cx.ID) (any, error) { return wire(d.Void(r.Context(), id)) })
	}))
	mux.Handle("POST "+api.PathUndo, withBody(func(ctx context.Context, _ *http.Request, u api.Undo) (any, error) {
		return wire(d.Undo(ctx, u))
	}))
	mux.Handle("GET "+api.PathTally, handler(a.tally))
	mux.Handle("GET "+api.PathRefused, handler(a.refused))
	mux.Handle("GET "+api.PathCatalogue, handler(func(r *http.Request) (any, error) {
		c, err := d.Catalogue(r.Context())
		return append([]cx.Tag{}, c.Tags()...), err
	}))
	a.recordRoutes(mux)
	mux.Handle("POST "+api.PathImport, http.HandlerFunc(a.importCSV))
	mux.Handle("POST "+api.PathCheck, http.HandlerFunc(a.streamCheck))
	mux.Handle("POST "+api.PathMaintain, http.HandlerFunc(a.streamMaintain))
	mux.Handle("POST "+api.PathLearn, http.HandlerFunc(a.streamLearn))
	mux.Handle("POST "+api.PathPageTicket, handler(func(*http.Request) (any, error) { return a.web.ticket() }))
	mux.Handle("GET "+api.PathStatus, handler(func(*http.Request) (any, error) { return a.Status(), nil }))
	mux.Handle("POST "+api.PathReload, handler(func(r *http.Request) (any, error) {
		return struct{}{}, a.Reload(r.Context())
	}))
	return mux
}

// withJSONErrors answers for an unknown path or method as for every other error.
func withJSONErrors(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var status statusOnly
		h.ServeHTTP(&status, r)
		if allow := status.Header().Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			respond(w, nil, &api.Error{
				Code: api.CodeMethod, Message: fmt.Sprintf("%s is not for %s", r.Method, r.URL.Path), Hint: "it takes " + allow,
			})
			return
		}
		respond(w, nil, &api.Error{Code: api.CodeNotFound, Message: fmt.Sprintf("no such path: %q", r.URL.Path)})
	})
}

// statusOnly takes the headers of an answer whose body nobody wants.
type statusOnly struct{ header http.Header }

// Header returns the headers that the answer would have.
func (s *statusOnly) Header() http.Header {
	if s.header == nil {
		s.header = make(http.Header)
	}
	return s.header
}

// Write drops the body.
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader drops the status.
func (s *statusOnly) WriteHeader(int) {}

// handler answers with what f returns.
func handler(f func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		respond(w, v, err)
	})
}

// withBody is handler for a request with a JSON body, which is read strictly.
func withBody[T any](f func(context.Context, *http.Request, T) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body T
		if err := readBody(w, r, &body); err != nil {
			respond(w, nil, api.Bad(fmt.Errorf("reading the request: %w", err)))
			return
		}
		v, err := f(r.Context(), r, body)
		respond(w, v, err)
	})
}

// respond answers with a value or an error, as JSON.
func respond(w http.ResponseWriter, v any, err error) {
	status := http.StatusOK
	if err != nil {
		e := asError(err)
		status, v = e.Status(), e
	}
	w.Header().Set("Content-Type", "application/json")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone: nobody is left to tell
}

// bodyOf reads the body of a request.
func bodyOf(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(readBodyTimeout))
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }() // else the request would end with it
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, api.MaxBodyBytes))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("it is larger than %d bytes", tooLarge.Limit)
	}
	return b, err
}

// readBody reads one JSON value. No body at all is an empty object.
func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	b, err := bodyOf(w, r)
	switch {
	case err != nil:
		return err
	case !utf8.Valid(b):
		return errors.New("it is not valid UTF-8")
	case len(bytes.TrimSpace(b)) == 0:
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("want one JSON value")
	}
	return nil
}

// asError returns err as it goes over the wire.
func asError(err error) *api.Error {
	var e *api.Error
	if !errors.As(err, &e) {
		e = &api.Error{Code: api.CodeInternal, Message: err.Error()}
	}
	return e
}

func onEvent(r *http.Request, f func(cx.ID) (any, error)) (any, error) {
	id, err := cx.ParseID(r.PathValue("id"))
	if err != nil {
		return nil, api.Bad(err)
	}
	return f(id)
}

func wire(e cx.Event, err error) (any, error) { return api.FromEvent(e), err }

func wireAll(events []cx.Event, err error) (any, error) {
	out := make([]api.Event, len(events))
	for i, e := range events {
		out[i] = api.FromEvent(e)
	}
	return out, err
}

// oneEvent answers for an event by its id, or by the number that its desk shows.
func (a *Agent) oneEvent(r *http.Request) (any, error) {
	if seq, err := strconv.ParseUint(r.PathValue("id"), 10, 40); err == nil {
		return wire(a.desk.EventBySeq(r.Context(), seq))
	}
	return onEvent(r, func(id cx.ID) (any, error) { return wire(a.desk.Event(r.Context(), id)) })
}

func (a *Agent) tally(r *http.Request) (any, error) {
	q, err := api.ParseQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	t, err := a.desk.Tally(r.Context(), q)
	return api.FromTally(t), err
}
