package export

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

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

// WriteEvents writes events as they come, holding one at a time, and returns how
// many. It stops at the first error, of its own, of the events or of the
// history; what was written by then is cut short.
//
// CSV has one line an event, the columns id, at, recorded_at, desk, site, tag,
// stage, channel, tried, forced, conversation, note, source, device, key, clock,
// rev, voided; forced is empty where tried is. NDJSON is one object a line with
// the same keys in the same order, forced being null where tried is "". JSON is
// {"events":[…]} with those objects.
func WriteEvents(w io.Writer, f Format, events iter.Seq2[cx.Event, error], o EventOptions) (int, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	var n int
	var err error
	switch {
	case f == CSV && o.History != nil:
		return 0, errors.New("an event's history does not fit into csv: use ndjson or json")
	case f == CSV:
		n, err = eventsCSV(out, events)
	case f == JSON || f == NDJSON:
		n, err = eventsJSON(out, f, events, o)
	default:
		_, err = ParseFormat(string(f))
		return 0, err
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return n, fmt.Errorf("writing events as %s: %w", f, err)
	}
	return n, nil
}

func eventsCSV(w io.Writer, events iter.Seq2[cx.Event, error]) (n int, err error) {
	out := csv.NewWriter(w)
	if err := out.Write(columnNames[:]); err != nil {
		return 0, err
	}
	var record [numColumns]string
	for e, err := range events {
		if err != nil {
			return n, err
		}
		eventRecord(&record, e)
		if err := out.Write(record[:]); err != nil {
			return n, err
		}
		n++
	}
	out.Flush()
	return n, out.Error()
}

func eventRecord(r *[numColumns]string, e cx.Event) {
	r[colID] = e.ID.String()
	r[colAt] = instantCell(e.At())
	r[colRecordedAt] = instantCell(e.RecordedAt)
	r[colDesk] = textCell(e.Desk)
	r[colSite] = textCell(e.Site)
	r[colTag] = textCell(e.Tag)
	r[colStage] = textCell(string(e.Stage))
	r[colChannel] = textCell(string(e.Channel))
	r[colTried] = textCell(string(e.Tried))
	r[colForced] = ""
	if e.Tried != "" {
		r[colForced] = strconv.FormatBool(e.Forced)
	}
	r[colConversation] = e.Conversation.String()
	r[colNote] = textCell(e.Note)
	r[colSource] = textCell(string(e.Source))
	r[colDevice] = textCell(e.Device)
	r[colKey] = textCell(e.Key)
	r[colClock] = textCell(string(e.Clock))
	r[colRev] = strconv.FormatUint(uint64(e.Rev), 10)
	r[colVoided] = strconv.FormatBool(e.Voided)
}
