package api

import (
	"fmt"

	"magicbutton/internal/cx"
)

// TimeFormat is how instants are written: RFC 3339, UTC, milliseconds.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// Event is a [cx.Event] as JSON, on the wire and in exports. Instants are in
// [TimeFormat]; what is not said is "".
type Event struct {
	ID           cx.ID  `json:"id"`
	At           string `json:"at"`
	RecordedAt   string `json:"recorded_at,omitempty"`
	Desk         string `json:"desk,omitempty"`
	Site         string `json:"site,omitempty"`
	Tag          string `json:"tag"`
	Stage        string `json:"stage,omitempty"`
	Channel      string `json:"channel,omitempty"`
	Tried        string `json:"tried,omitempty"`
	Forced       bool   `json:"forced,omitempty"`
	Conversation cx.ID  `json:"conversation"`
	Note         string `json:"note,omitempty"`
	Source       string `json:"source,omitempty"`
	Device       string `json:"device,omitempty"`
	Key          string `json:"key,omitempty"`
	Clock        string `json:"clock,omitempty"`
	Rev          uint32 `json:"rev,omitempty"`
	Voided       bool   `json:"voided,omitempty"`
}

// FromEvent puts an event on the wire.
func FromEvent(e cx.Event) Event {
	w := Event{
		ID: e.ID, Desk: e.Desk, Site: e.Site, Tag: e.Tag,
		Stage: string(e.Stage), Channel: string(e.Channel), Tried: string(e.Tried), Forced: e.Forced,
		Conversation: e.Conversation, Note: e.Note, Source: string(e.Source), Device: e.Device,
		Key: e.Key, Clock: string(e.Clock), Rev: e.Rev, Voided: e.Voided,
	}
	if !e.ID.IsZero() {
		w.At = e.At().Format(TimeFormat)
	}
	if !e.RecordedAt.IsZero() {
		w.RecordedAt = e.RecordedAt.UTC().Format(TimeFormat)
	}
	return w
}

// Event takes an event off the wire, checked.
func (w Event) Event() (cx.Event, error) {
	e := cx.Event{
		ID: w.ID, Desk: w.Desk, Site: w.Site, Tag: w.Tag,
		Stage: cx.Stage(w.Stage), Channel: cx.Channel(w.Channel), Tried: cx.Channel(w.Tried), Forced: w.Forced,
		Conversation: w.Conversation, Note: w.Note, Source: cx.Source(w.Source), Device: w.Device,
		Key: w.Key, Clock: cx.Clock(w.Clock), Rev: w.Rev, Voided: w.Voided,
	}
	if w.RecordedAt != "" {
		t, err := cx.ParseInstant(w.RecordedAt)
		if err != nil {
			return cx.Event{}, fmt.Errorf("recorded_at: %w", err)
		}
		e.RecordedAt = t
	}
	return e, e.Check()
}
