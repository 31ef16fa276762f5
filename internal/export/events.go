package export

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

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
	// under "history" in JSON and NDJSON; the other formats cannot carry them and
	// refuse. nil writes none.
	History func(cx.ID) ([]cx.Event, error)
	// Zone is whose clock the dates and times of XLSX show; nil is UTC. The other
	// formats have instants, which are the same everywhere.
	Zone *time.Location
}

// ErrNoHistory says that the history of events was asked for in a format that has
// no place for it.
var ErrNoHistory = errors.New("an event's history does not fit into a table: use ndjson or json")

// ErrNoEvents says that events were asked for in a format for tallies.
var ErrNoEvents = errors.New("md is for tallies: use csv for events")

// WriteEvents writes events as they come, a page in memory at a time, and
// returns how many. It stops at the first error, of its own, of the events or of
// the history; what was written by then is cut short.
//
// CSV has one line an event, the columns id, at, recorded_at, desk, site, tag,
// stage, channel, tried, forced, conversation, note, source, device, key, clock,
// rev, voided; forced is empty where tried is. NDJSON is one object a line with
// the same keys in the same order, forced being null where tried is "". JSON is
// {"events":[…]} with those objects.
//
// XLSX and Parquet have the columns of the CSV, typed: instants are dates and times
// (in XLSX those of the zone's clock, with the column at_utc beside them; a year of
// five digits is a text there), forced, voided truth values, rev a number, and
// forced and recorded_at null where they are not known. A workbook goes on in a
// second sheet where Excel's limit of rows is reached. Parquet holds a row group in
// memory, 122,880 events or 24 MB of them.
func WriteEvents(w io.Writer, f Format, pages iter.Seq2[[]cx.Event, error], o EventOptions) (int, error) {
	var add func(b []byte, n int, e *cx.Event) ([]byte, error)
	var b []byte
	switch {
	case f == Markdown:
		return 0, ErrNoEvents
	case o.History != nil && f != JSON && f != NDJSON:
		return 0, ErrNoHistory
	case f == XLSX || f == Parquet:
		n, err := writeTable(w, f, pages, o)
		if err != nil {
			err = fmt.Errorf("writing events as %s: %w", f, err)
		}
		return n, err
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
