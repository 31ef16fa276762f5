package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"time"

	"magicbutton/internal/cx"
)

// objects writes JSON objects one a line: alone (NDJSON), or as the last member
// of an object that the caller has opened up to the list's bracket (JSON).
type objects struct {
	w      *bufio.Writer
	format Format
	n      int // objects written
	buf    bytes.Buffer
}

// add writes one object.
func (o *objects) add(object []byte) error {
	before, after := "", "\n"
	if o.format == JSON {
		before, after = ",\n", ""
		if o.n == 0 {
			before = "\n"
		}
	}
	o.n++
	_, err := fmt.Fprintf(o.w, "%s%s%s", before, object, after)
	return err
}

// end closes the list and the object around it.
func (o *objects) end() error {
	if o.format != JSON {
		return nil
	}
	last := "\n]}\n"
	if o.n == 0 {
		last = "]}\n"
	}
	_, err := o.w.WriteString(last)
	return err
}

// marshal returns v as JSON, leaving <, > and & as people wrote them. What it
// returns is good until it is called again.
func (o *objects) marshal(v any) ([]byte, error) {
	o.buf.Reset()
	e := json.NewEncoder(&o.buf)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(o.buf.Bytes(), []byte("\n")), err
}

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

func instantOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := instantCell(t)
	return &s
}

func eventsJSON(w *bufio.Writer, f Format, events iter.Seq2[cx.Event, error], o EventOptions) (int, error) {
	out := objects{w: w, format: f}
	if f == JSON {
		fmt.Fprint(w, `{"events":[`)
	}
	for e, err := range events {
		if err != nil {
			return out.n, err
		}
		j := newEventJSON(e)
		if o.History != nil {
			if j.History, err = history(e.ID, o); err != nil {
				return out.n, err
			}
		}
		object, err := out.marshal(j)
		if err != nil {
			return out.n, err
		}
		if err := out.add(object); err != nil {
			return out.n, err
		}
	}
	return out.n, out.end()
}

func history(id cx.ID, o EventOptions) (*[]eventJSON, error) {
	states, err := o.History(id)
	if err != nil {
		return nil, fmt.Errorf("reading the history of event %s: %w", id, err)
	}
	earlier := make([]eventJSON, len(states))
	for i, e := range states {
		earlier[i] = newEventJSON(e)
	}
	return &earlier, nil
}

func tallyJSON(w *bufio.Writer, f Format, t cx.Tally, o TallyOptions) error {
	out := objects{w: w, format: f}
	if f == JSON {
		if err := tallyHead(&out, t, o); err != nil {
			return err
		}
	}
	for _, r := range t.Rows {
		if r.Count == 0 {
			continue
		}
		object, err := tallyRow(&out, t, r)
		if err != nil {
			return err
		}
		if err := out.add(object); err != nil {
			return err
		}
	}
	return out.end()
}

// tallyHead writes the beginning of the object, up to the list of rows.
func tallyHead(out *objects, t cx.Tally, o TallyOptions) error {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	head, err := out.marshal(struct {
		Zone string         `json:"zone"`
		From *string        `json:"from"`
		To   *string        `json:"to"`
		By   []cx.Dimension `json:"by"`
	}{o.Zone.String(), instantOrNull(o.Period.From), instantOrNull(o.Period.To), append([]cx.Dimension{}, t.By...)})
	if err != nil {
		return err
	}
	fmt.Fprintf(out.w, `%s,"rows":[`, bytes.TrimSuffix(head, []byte("}")))
	return nil
}

// tallyRow is written by hand: its keys depend on the dimensions and have an
// order.
func tallyRow(out *objects, t cx.Tally, r cx.Row) ([]byte, error) {
	b := []byte(`{"week":"` + r.Week.String() + `"`)
	for i, d := range t.By {
		value, err := out.marshal(r.Values[i])
		if err != nil {
			return nil, err
		}
		b = append(b, `,"`+string(d)+`":`...)
		b = append(b, value...)
	}
	b = strconv.AppendInt(append(b, `,"count":`...), int64(r.Count), 10)
	b = append(b, `,"conversations":`...)
	if t.HasConversations {
		b = strconv.AppendInt(b, int64(r.Conversations), 10)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}'), nil
}
