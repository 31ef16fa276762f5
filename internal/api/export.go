package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"magicbutton/internal/cx"
)

// Export asks for events as one file.
type Export struct {
	Events cx.EventQuery
	// Format is csv, json or ndjson.
	Format string
	// History adds what each event was before it was corrected; not in csv.
	History bool
	// Masked leaves out desks and exact instants; see [cx.Mask].
	Masked bool
}

// Exported says what a file of events has.
type Exported struct {
	Events int
	// Voided is how many events of the period were taken back and left out for that; 0
	// where those were asked for too, or only so many events.
	Voided int
}

// The trailers of an exported file say how it ended; without one of them it was
// cut off.
const (
	// TrailerEvents is how many events the file has.
	TrailerEvents = "Magicbutton-Events"
	// TrailerVoided is how many more were taken back, and left out for that.
	TrailerVoided = "Magicbutton-Voided"
	// TrailerError is an [Error], as JSON: the file is not whole.
	TrailerError = "Magicbutton-Error"
)

// ExportValues puts an export into a URL.
func ExportValues(x Export) url.Values {
	v := EventQueryValues(x.Events)
	v.Set("format", x.Format)
	if x.History {
		v.Set("history", "true")
	}
	if x.Masked {
		v.Set("masked", "true")
	}
	return v
}

// ParseExport takes an export out of a URL; see [ExportValues]. It leaves the
// format to be judged by who knows them.
func ParseExport(v url.Values) (Export, error) {
	p := params{v: v}
	x := Export{Format: v.Get("format"), History: p.boolean("history"), Masked: p.boolean("masked")}
	v.Del("format")
	v.Del("history")
	v.Del("masked")
	q, follow, err := ParseEventQuery(v)
	x.Events = q
	if follow {
		p.note(errors.New("follow: an export has an end"))
	}
	return x, Bad(errors.Join(append(p.errs, err)...))
}

// Export writes events as a file and says how many it has. What an error left is cut
// short.
func (c *Client) Export(ctx context.Context, w io.Writer, x Export) (Exported, error) {
	resp, err := c.do(ctx, http.MethodGet, PathExport+"?"+ExportValues(x).Encode(), nil)
	if err != nil {
		return Exported{}, err
	}
	defer resp.Body.Close()
	// The Writer is hidden, for a file would read by itself, with a small buffer.
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, resp.Body, make([]byte, exportBytes)); err != nil {
		return Exported{}, exportError(ctx, err)
	}
	if failed := resp.Trailer.Get(TrailerError); failed != "" {
		e := new(Error)
		if err := json.Unmarshal([]byte(failed), e); err != nil {
			return Exported{}, fmt.Errorf("reading the agent's answer: %w", err)
		}
		return Exported{}, e
	}
	var out Exported
	var errs [2]error
	out.Events, errs[0] = strconv.Atoi(resp.Trailer.Get(TrailerEvents))
	out.Voided, errs[1] = strconv.Atoi(resp.Trailer.Get(TrailerVoided))
	if errors.Join(errs[:]...) != nil {
		return Exported{}, exportError(ctx, io.ErrUnexpectedEOF)
	}
	return out, nil
}

// exportBytes is how much of a file is copied at once.
const exportBytes = 256 << 10

func exportError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("reading the agent's answer: %w", err)
}
