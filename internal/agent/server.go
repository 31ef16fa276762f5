package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// Limits of the local API's server. Its clients are programs of the same user on
// the same machine: the limits are against mistakes, not attackers.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 16 << 10
)

// newServer returns the server of the local API. It writes to its clients
// without a deadline, as a stream that follows events has no end.
func (a *Agent) newServer() *http.Server {
	mux := http.NewServeMux()
	d := a.desk
	mux.Handle("POST "+api.PathEvents, withBody(func(ctx context.Context, _ *http.Request, n api.NewEvent) (any, error) {
		return d.Log(ctx, n)
	}))
	mux.Handle("POST "+api.PathUndo, withBody(func(ctx context.Context, _ *http.Request, u api.Undo) (any, error) {
		return wire(d.Undo(ctx, u))
	}))
	mux.Handle("POST "+api.PathVoid, handler(func(r *http.Request) (any, error) {
		return onEvent(r, func(id cx.ID) (any, error) { return wire(d.Void(r.Context(), id)) })
	}))
	mux.Handle("GET "+api.PathEvent, handler(func(r *http.Request) (any, error) { return a.oneEvent(r) }))
	mux.Handle("PATCH "+api.PathEvent, withBody(func(ctx context.Context, r *http.Request, m cx.Amendment) (any, error) {
		return onEvent(r, func(id cx.ID) (any, error) { return wire(d.Amend(ctx, id, m)) })
	}))
	mux.Handle("GET "+api.PathHistory, handler(func(r *http.Request) (any, error) {
		return onEvent(r, func(id cx.ID) (any, error) { return wireAll(d.History(r.Context(), id)) })
	}))
	mux.Handle("GET "+api.PathTally, handler(a.tally))
	mux.Handle("GET "+api.PathCatalogue, handler(func(r *http.Request) (any, error) {
		c, err := d.Catalogue(r.Context())
		return c.Tags(), err
	}))
	mux.Handle("POST "+api.PathImport, withBody(func(ctx context.Context, _ *http.Request, b api.ImportBatch) (any, error) {
		return d.Import(ctx, b)
	}))
	mux.Handle("GET "+api.PathImported, handler(func(r *http.Request) (any, error) {
		return d.ImportState(r.Context(), r.PathValue("file"))
	}))
	mux.Handle("GET "+api.PathStatus, handler(func(r *http.Request) (any, error) { return a.Status(), nil }))
	mux.Handle("POST "+api.PathReload, handler(func(r *http.Request) (any, error) {
		return struct{}{}, api.Bad(a.Reload(r.Context()))
	}))
	mux.HandleFunc("GET "+api.PathEvents, a.streamEvents)
	mux.HandleFunc("POST "+api.PathCheck, a.streamCheck)
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
	}
}

// handler answers with what f returns, as JSON.
func handler(f func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			var e *api.Error
			if !errors.As(err, &e) {
				e = &api.Error{Code: api.CodeInternal, Message: err.Error()}
			}
			w.WriteHeader(e.Status())
			v = e
		}
		_ = json.NewEncoder(w).Encode(v) // the client has gone: nobody is left to tell
	})
}

// withBody is handler for a request with a JSON body, which is read strictly.
func withBody[T any](f func(context.Context, *http.Request, T) (any, error)) http.Handler {
	return handler(func(r *http.Request) (any, error) {
		var body T
		dec := json.NewDecoder(http.MaxBytesReader(nil, r.Body, api.MaxBodyBytes))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&body); err != nil {
			return nil, api.Bad(fmt.Errorf("reading the request: %w", err))
		}
		return f(r.Context(), r, body)
	})
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

// lines starts a streamed answer; the function it returns sends one line.
func lines(w http.ResponseWriter) func(api.Line) error {
	w.Header().Set("Content-Type", "application/x-ndjson")
	enc := json.NewEncoder(w)
	return func(l api.Line) error { return enc.Encode(l) }
}

func (a *Agent) streamEvents(w http.ResponseWriter, r *http.Request) {
	q, err := api.ParseEventQuery(r.URL.Query())
	if err != nil {
		handler(func(*http.Request) (any, error) { return nil, err }).ServeHTTP(w, r)
		return
	}
	follow := r.URL.Query().Get("follow") == "true"
	events := a.desk.Events(r.Context(), q)
	if follow {
		events = a.desk.Follow(a.untilStop(r.Context()))
	}
	send := lines(w)
	flush := http.NewResponseController(w)
	if follow {
		_ = flush.Flush() // the headers tell the client that it follows now
	}
	for e, err := range events {
		if err != nil {
			_ = send(api.Line{Error: asError(err)})
			return
		}
		wire := api.FromEvent(e)
		if send(api.Line{Event: &wire}) != nil {
			return
		}
		if follow && flush.Flush() != nil {
			return
		}
	}
	_ = send(api.Line{End: true})
}

func (a *Agent) streamCheck(w http.ResponseWriter, r *http.Request) {
	send := lines(w)
	flush := http.NewResponseController(w)
	report, err := a.desk.Check(r.Context(), func(done, total int) {
		_ = send(api.Line{Progress: &api.Progress{Done: done, Total: total}})
		_ = flush.Flush()
	})
	if err != nil {
		_ = send(api.Line{Error: asError(err)})
		return
	}
	_ = send(api.Line{Check: &report})
	_ = send(api.Line{End: true})
}

func asError(err error) *api.Error {
	var e *api.Error
	if errors.As(api.As(api.CodeInternal, err), &e) {
		return e
	}
	return &api.Error{Code: api.CodeInternal, Message: err.Error()}
}
