package export

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"magicbutton/internal/cx"
)

// The columns of an event, in their order.
const (
	colID = iota
	colAt
	colRecordedAt
	colDesk
	colSite
	colTag
	colStage
	colChannel
	colTried
	colForced
	colConversation
	colNote
	colSource
	colDevice
	colKey
	colClock
	colRev
	colVoided
	numColumns
)

var columnNames = [numColumns]string{
	"id", "at", "recorded_at", "desk", "site", "tag", "stage", "channel", "tried", "forced",
	"conversation", "note", "source", "device", "key", "clock", "rev", "voided",
}

// EventOptions says what [WriteEvents] writes beside the events. The zero value
// writes the events alone.
type EventOptions struct {
	// History returns an event's earlier states, oldest first. They are written
	// under "history" in JSON and NDJSON; CSV cannot carry them and refuses. nil
	// writes none.
	History func(cx.ID) ([]cx.Event, error)
}

// ErrNoHistory says that CSV was asked for the history of events.
var ErrNoHistory = errors.New("an event's history does not fit into csv: use ndjson or json")

// WriteEvents writes events as they come, a page in memory at a time, and
// returns how many. It stops at the first error, of its own, of the events or of
// the history; what was written by then is cut short.
//
// CSV has one line an event, the columns id, at, recorded_at, desk, site, tag,
// stage, channel, tried, forced, conversation, note, source, device, key, clock,
// rev, voided; forced is empty where tried is. NDJSON is one object a line with
// the same keys in the same order, forced being null where tried is "". JSON is
// {"events":[…]} with those objects.
func WriteEvents(w io.Writer, f Format, pages iter.Seq2[[]cx.Event, error], o EventOptions) (int, error) {
	var add func(b []byte, n int, e *cx.Event) ([]byte, error)
	var b []byte
	switch {
	case f == CSV && o.History != nil:
		return 0, ErrNoHistory
	case f == CSV:
		b = append(b, strings.Join(columnNames[:], ",")+"\n"...)
		line := new(csvLine)
		add = func(b []byte, _ int, e *cx.Event) ([]byte, error) { return line.append(b, e), nil }
	case f == JSON || f == NDJSON:
		if f == JSON {
			b = append(b, `{"events":[`...)
		}
		object := new(jsonObject)
		add = func(b []byte, n int, e *cx.Event) ([]byte, error) {
			b, err := object.append(f.appendBefore(b, n), e, o.History)
			return f.appendAfter(b), err
		}
	default:
		_, err := ParseFormat(string(f))
		return 0, err
	}
	out := newBehind(w, b)
	n, err := writePages(out, pages, add)
	if err == nil {
		out.b = f.appendEnd(out.b, n)
	}
	if err = out.end(err); err != nil {
		return n, fmt.Errorf("writing events as %s: %w", f, err)
	}
	return n, nil
}

// writePages writes events behind what is in out, and returns how many.
func writePages(
	out *behind, pages iter.Seq2[[]cx.Event, error], add func(b []byte, n int, e *cx.Event) ([]byte, error),
) (n int, err error) {
	for page, err := range pages {
		if err != nil {
			return n, err
		}
		for i := range page {
			if out.b, err = add(out.b, n, &page[i]); err != nil {
				return n, err
			}
			n++
			if len(out.b) < writeBytes {
				continue
			}
			if err := out.flush(); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}
