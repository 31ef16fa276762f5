package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"magicbutton/internal/cx"
)

// storedEvent is an event in NDJSON; see [WriteEvents].
type storedEvent struct {
	ID           cx.ID         `json:"id"`
	At           string        `json:"at"`
	RecordedAt   *string       `json:"recorded_at"`
	Desk         string        `json:"desk"`
	Site         string        `json:"site"`
	Tag          string        `json:"tag"`
	Stage        cx.Stage      `json:"stage"`
	Channel      cx.Channel    `json:"channel"`
	Tried        cx.Channel    `json:"tried"`
	Forced       *bool         `json:"forced"`
	Conversation cx.ID         `json:"conversation"`
	Note         string        `json:"note"`
	Source       cx.Source     `json:"source"`
	Device       string        `json:"device"`
	Key          string        `json:"key"`
	Clock        cx.Clock      `json:"clock"`
	Rev          uint32        `json:"rev"`
	Voided       bool          `json:"voided"`
	History      []storedEvent `json:"history"`
}

// maxLineBytes bounds one line: an event with its former states, of each of which it
// has a note of up to 8000 bytes, or more in escapes.
const maxLineBytes = 16 << 20

// ReadStored reads the NDJSON that [WriteEvents] writes: the states of each event,
// the oldest first and how it stands last; one state where the file has no history.
// Every event has an id, and every state is checked and its note scrubbed. It ends
// at the first bad line, with a *[LineError].
func ReadStored(r io.Reader) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		in := bufio.NewScanner(r)
		in.Buffer(make([]byte, 1<<16), maxLineBytes)
		line := 0
		for in.Scan() {
			if line++; len(bytes.TrimSpace(in.Bytes())) == 0 {
				continue
			}
			states, err := parseStored(in.Bytes())
			if err != nil {
				yield(nil, &LineError{line, err})
				return
			}
			if !yield(states, nil) {
				return
			}
		}
		if err := in.Err(); err != nil {
			yield(nil, &LineError{line + 1, err})
		}
	}
}

func parseStored(line []byte) ([]cx.Event, error) {
	var e storedEvent
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return nil, err
	}
	if dec.More() {
		return nil, errors.New("want one JSON object a line")
	}
	now, err := e.event()
	if err != nil {
		return nil, err
	}
	states := make([]cx.Event, 0, len(e.History)+1)
	for i, h := range e.History {
		former, err := h.event()
		switch {
		case err != nil:
			return nil, fmt.Errorf("history: %w", err)
		case former.ID != now.ID:
			return nil, fmt.Errorf("history: event %s in that of %s", former.ID, now.ID)
		case former.Rev >= now.Rev || i > 0 && former.Rev <= states[i-1].Rev:
			return nil, fmt.Errorf("history: revision %d is not in its place", former.Rev)
		}
		states = append(states, former)
	}
	return append(states, now), nil
}

// event checks one state.
func (s storedEvent) event() (cx.Event, error) {
	if s.ID.IsZero() {
		return cx.Event{}, errors.New("there is no id")
	}
	e := cx.Event{
		ID: s.ID, Desk: s.Desk, Site: s.Site, Tag: s.Tag, Stage: s.Stage, Channel: s.Channel, Tried: s.Tried,
		Forced: s.Forced != nil && *s.Forced, Conversation: s.Conversation, Note: s.Note,
		Source: s.Source, Device: s.Device, Key: s.Key, Clock: s.Clock, Rev: s.Rev, Voided: s.Voided,
	}
	if e.Conversation.IsZero() {
		e.Conversation = e.ID
	}
	at, err := cellInstant("at", s.At)
	if err == nil && !at.Equal(e.At()) {
		err = fmt.Errorf("at %q is not the instant in the id, %s", clip(s.At), instantCell(e.At()))
	}
	if err == nil && s.RecordedAt != nil {
		e.RecordedAt, err = cellInstant("recorded_at", *s.RecordedAt)
	}
	e.Scrub()
	return e, errors.Join(err, checkMasked(&e), e.Check())
}
