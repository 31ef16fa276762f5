package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// Export writes events as a file and says how many it has. What an error left is cut
// short.
func (d *Desk) Export(ctx context.Context, w io.Writer, x api.Export) (out api.Exported, err error) {
	format, err := export.ParseFormat(x.Format)
	if err != nil {
		return out, api.Bad(err)
	}
	if !format.Text() {
		return out, api.Bad(fmt.Errorf("exports are csv, json or ndjson here: magicbutton export events makes %s itself", format))
	}
	var o export.EventOptions
	if x.History {
		if format == export.CSV {
			return out, api.Bad(export.ErrNoHistory)
		}
		o.History = func(id cx.ID) ([]cx.Event, error) { return d.History(ctx, id) }
	}
	q := x.Events
	count := !q.Voided && q.Limit == 0
	q.Voided = q.Voided || count
	pages := d.pages(ctx, q)
	if count {
		pages = live(pages, &out.Voided)
	}
	if x.Masked {
		pages = masked(pages, &o)
	}
	out.Events, err = export.WriteEvents(w, format, pages, o)
	var e *api.Error
	if errors.As(err, &e) { // whole, as it crosses the wire
		err = &api.Error{Code: e.Code, Message: err.Error(), Hint: e.Hint}
	}
	return out, err
}

// live leaves out the events that were taken back, and counts them: whoever compares
// the file with another count must not be left to wonder. A page that has some comes in
// parts.
func live(pages iter.Seq2[[]cx.Event, error], voided *int) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		for page, err := range pages {
			from := 0
			for i := range page {
				if !page[i].Voided {
					continue
				}
				*voided++
				if part := page[from:i]; len(part) > 0 && !yield(part, nil) {
					return
				}
				from = i + 1
			}
			if part := page[from:]; (len(part) > 0 || err != nil) && !yield(part, err) {
				return
			}
		}
	}
}

// pages is Events for many: a page is good until the next.
func (d *Desk) pages(ctx context.Context, q cx.EventQuery) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		for page, err := range d.store.EventPages(ctx, q) {
			if !yield(page, storageError(err)) {
				return
			}
		}
	}
}

// masked takes desks and exact instants out of pages of events, and of the history that
// is asked for while one of them is written.
func masked(pages iter.Seq2[[]cx.Event, error], o *export.EventOptions) iter.Seq2[[]cx.Event, error] {
	m := cx.NewMask()
	ids := make(map[cx.ID]cx.ID) // of a page, by what stands for them
	if history := o.History; history != nil {
		o.History = func(id cx.ID) ([]cx.Event, error) {
			states, err := history(ids[id])
			for i := range states {
				states[i] = m.Event(states[i])
			}
			return states, err
		}
	}
	var own []cx.Event // the page belongs to the store
	return func(yield func([]cx.Event, error) bool) {
		for page, err := range pages {
			own = append(own[:0], page...)
			clear(ids)
			for i, e := range page {
				own[i] = m.Event(e)
				if o.History != nil {
					ids[own[i].ID] = e.ID
				}
			}
			if !yield(own, err) {
				return
			}
		}
	}
}

// exportTypes are the media types of the formats.
var exportTypes = map[string]string{
	string(export.CSV):    "text/csv; charset=utf-8", // RFC 4180, section 3
	string(export.JSON):   "application/json",
	string(export.NDJSON): "application/x-ndjson",
}

func (a *Agent) streamExport(w http.ResponseWriter, r *http.Request) {
	x, err := api.ParseExport(r.URL.Query())
	if err != nil {
		respond(w, nil, err)
		return
	}
	out := &exportBody{w: w, conn: http.NewResponseController(w)}
	header := w.Header()
	header.Set("Content-Type", exportTypes[x.Format])
	header.Add("Trailer", api.TrailerEvents)
	header.Add("Trailer", api.TrailerVoided)
	header.Add("Trailer", api.TrailerError)
	got, err := a.desk.Export(r.Context(), out, x)
	switch {
	case out.err != nil: // the client has gone
	case err == nil:
		header.Set(api.TrailerEvents, strconv.Itoa(got.Events))
		header.Set(api.TrailerVoided, strconv.Itoa(got.Voided))
	case !out.begun:
		header.Del("Trailer")
		respond(w, nil, err)
	default:
		b, _ := json.Marshal(asError(err)) // its strings never fail
		header.Set(api.TrailerError, string(b))
	}
}

// exportBody waits for a client that reads, and not for one that does not.
type exportBody struct {
	w     http.ResponseWriter
	conn  *http.ResponseController
	begun bool
	err   error
}

func (b *exportBody) Write(p []byte) (n int, err error) {
	b.begun = true
	_ = b.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	n, b.err = b.w.Write(p)
	return n, b.err
}
