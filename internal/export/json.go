package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"

	"magicbutton/internal/cx"
)

// eventJSON has the keys of an event in the order of the CSV's columns.
type eventJSON struct {
	ID           string  `json:"id"`
	At           string  `json:"at"`
	RecordedAt   *string `json:"recorded_at"`
	Desk         string  `json:"desk"`
	Site         string  `json:"site"`
	Tag          string  `json:"tag"`
	Stage        string  `json:"stage"`
	Channel      string  `json:"channel"`
	Tried        string  `json:"tried"`
	Forced       *bool   `json:"forced"`
	Conversation string  `json:"conversation"`
	Note         string  `json:"note"`
	Source       string  `json:"source"`
	Device       string  `json:"device"`
	Key          string  `json:"key"`
	Clock        string  `json:"clock"`
	Rev          uint32  `json:"rev"`
	Voided       bool    `json:"voided"`
	// History is nil unless it was asked for.
	History *[]eventJSON `json:"history,omitempty"`
}

func newEventJSON(e cx.Event) eventJSON {
	j := eventJSON{
		ID: e.ID.String(), At: instantCell(e.At()), RecordedAt: instantOrNull(e.RecordedAt),
		Desk: e.Desk, Site: e.Site, Tag: e.Tag,
		Stage: string(e.Stage), Channel: string(e.Channel), Tried: string(e.Tried),
		Conversation: e.Conversation.String(), Note: e.Note, Source: string(e.Source),
		Device: e.Device, Key: e.Key, Clock: string(e.Clock), Rev: e.Rev, Voided: e.Voided,
	}
	if e.Tried != "" {
		j.Forced = &e.Forced
	}
	return j
}

func eventsJSON(w *bufio.Writer, f Format, events iter.Seq2[cx.Event, error], history func(cx.ID) ([]cx.Event, error)) (n int, err error) {
	out := newEncoder(w)
	if f == JSON {
		w.WriteString(`{"events":[`) // a bufio.Writer keeps its error for Flush
	}
	for e, err := range events {
		if err != nil {
			w.Flush()
			return n, err
		}
		j := newEventJSON(e)
		if history != nil {
			states, err := history(e.ID)
			if err != nil {
				w.Flush()
				return n, fmt.Errorf("reading the history of event %s: %w", e.ID, err)
			}
			earlier := make([]eventJSON, len(states))
			for i, s := range states {
				earlier[i] = newEventJSON(s)
			}
			j.History = &earlier
		}
		if f == JSON && n > 0 {
			w.WriteByte(',')
		}
		if err := out.Encode(j); err != nil {
			return n, err
		}
		n++
	}
	if f == JSON {
		w.WriteString("]}\n")
	}
	return n, nil
}

// newEncoder returns an encoder that leaves <, > and & as people wrote them.
func newEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// tallyRows writes each row as an object, between between two and end after
// each. The keys are written by hand, since they depend on the dimensions and
// have an order.
func tallyRows(w *bufio.Writer, t cx.Tally, between, end string) error {
	first := true
	for _, r := range t.Rows {
		if r.Count == 0 {
			continue
		}
		if !first {
			w.WriteString(between)
		}
		first = false
		w.WriteString(`{"week":"` + r.Week.String() + `"`)
		for i, d := range t.By {
			value, err := json.Marshal(r.Values[i])
			if err != nil {
				return err
			}
			w.WriteString(`,"` + string(d) + `":`)
			w.Write(value)
		}
		conversations := "null"
		if t.HasConversations {
			conversations = strconv.Itoa(r.Conversations)
		}
		w.WriteString(`,"count":` + strconv.Itoa(r.Count) + `,"conversations":` + conversations + "}" + end)
	}
	return nil
}
