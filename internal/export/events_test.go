package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// textFormats are compared byte by byte; what is in the others is read back.
var textFormats = []export.Format{export.CSV, export.JSON, export.NDJSON}

func TestWriteEvents(t *testing.T) {
	for _, f := range textFormats {
		t.Run(string(f), func(t *testing.T) {
			golden(t, "events."+string(f), writeEvents(t, f, sampleEvents(), export.EventOptions{}))
			golden(t, "no-events."+string(f), writeEvents(t, f, nil, export.EventOptions{}))
		})
	}
}

func TestWriteEventsWithHistory(t *testing.T) {
	now := newEvent("2026-11-16T09:30:00Z", 1)
	now.Rev, now.Tag = 2, "idea"
	before := now
	before.Rev, before.Note = 1, "slow"
	first := before
	first.Rev, first.Tag = 0, "praise"
	untouched := newEvent("2026-11-16T09:31:00Z", 2)
	history := func(id cx.ID) ([]cx.Event, error) {
		if id == now.ID {
			return []cx.Event{first, before}, nil
		}
		return nil, nil
	}
	for _, f := range []export.Format{export.JSON, export.NDJSON} {
		out := writeEvents(t, f, []cx.Event{now, untouched}, export.EventOptions{History: history})
		golden(t, "history."+string(f), out)
	}
	var out bytes.Buffer
	for _, f := range []export.Format{export.CSV, export.XLSX, export.Parquet} {
		if _, err := export.WriteEvents(&out, f, seq(nil), export.EventOptions{History: history}); err == nil || out.Len() > 0 {
			t.Errorf("%s with history: error %v and %d bytes, want an error alone", f, err, out.Len())
		}
	}
	if _, err := export.WriteEvents(&out, export.Markdown, seq(nil), export.EventOptions{}); err == nil || out.Len() > 0 {
		t.Errorf("events as Markdown: error %v and %d bytes, want an error alone", err, out.Len())
	}
	lost := errors.New("lost")
	_, err := export.WriteEvents(&out, export.NDJSON, seq([]cx.Event{now}), export.EventOptions{
		History: func(cx.ID) ([]cx.Event, error) { return nil, lost },
	})
	if !errors.Is(err, lost) || !strings.Contains(err.Error(), now.ID.String()) {
		t.Errorf("history that cannot be read: %v, want %v and the event's id", err, lost)
	}
}

// The JSON forms carry what the CSV does, under the same names.
func TestJSONKeysAreTheColumns(t *testing.T) {
	file := writeEvents(t, export.CSV, nil, export.EventOptions{})
	columns := strings.Split(strings.TrimSpace(string(file)), ",")
	out := writeEvents(t, export.NDJSON, sampleEvents()[:1], export.EventOptions{})
	dec := json.NewDecoder(bytes.NewReader(out))
	var keys []string
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			break
		}
		if token == json.Delim('{') {
			depth++
			continue
		}
		key, ok := token.(string)
		if ok && depth == 1 {
			keys = append(keys, key)
			var value any
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(columns, keys); diff != "" {
		t.Errorf("keys (-columns +keys):\n%s", diff)
	}
}

func TestJSONIsValid(t *testing.T) {
	out := writeEvents(t, export.JSON, sampleEvents(), export.EventOptions{})
	var file struct {
		Events []struct{ ID, Note string }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	for i, e := range sampleEvents() {
		if got := file.Events[i]; got.ID != e.ID.String() || got.Note != e.Note {
			t.Errorf("event %d = %+v, want id %s, note %q", i, got, e.ID, e.Note)
		}
	}
}

// A store that fails half-way must not look like a short file.
func TestWriteEventsStopsAtAnError(t *testing.T) {
	torn := errors.New("record torn")
	events := func(yield func([]cx.Event, error) bool) {
		if yield([]cx.Event{newEvent("2026-11-16T09:30:00Z", 1)}, nil) && yield(nil, torn) {
			t.Error("WriteEvents asked for more after an error")
		}
	}
	for _, f := range export.EventFormats() {
		n, err := export.WriteEvents(new(bytes.Buffer), f, events, export.EventOptions{})
		if n != 1 || !errors.Is(err, torn) {
			t.Errorf("WriteEvents as %s = %d, %v, want 1, %v", f, n, err, torn)
		}
	}
}

func TestEventsRoundTrip(t *testing.T) {
	file := writeEvents(t, export.CSV, sampleEvents(), export.EventOptions{})
	rows, problems := readEvents(t, string(file))
	if problems != nil {
		t.Fatal(problems)
	}
	var got []cx.Event
	for _, r := range rows {
		if !r.At.Equal(r.Event.At()) {
			t.Errorf("line %d: At = %v, want the id's %v", r.Line, r.At, r.Event.At())
		}
		got = append(got, r.Event)
	}
	if diff := cmp.Diff(sampleEvents(), got); diff != "" {
		t.Errorf("read events (-written +read):\n%s", diff)
	}
	again := writeEvents(t, export.CSV, got, export.EventOptions{})
	if diff := cmp.Diff(string(file), string(again)); diff != "" {
		t.Errorf("the second export differs (-first +second):\n%s", diff)
	}
}

func TestTextCells(t *testing.T) {
	for text, cell := range map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-5": "'-5", "@home": "'@home",
		"'":       "''",
		"'=1":     "''=1",
		"''":      "'''",
		"'tis":    "''tis",
		"plain":   "plain",
		"5-":      "5-",
		" =1":     `" =1"`,
		"=a,b":    `"'=a,b"`,
		"\"=1\"":  `"""=1"""`,
		"=\"1\"":  `"'=""1"""`,
		"\uff1d1": "\uff1d1", // a full-width =
		`\.`:      `"\."`,
	} {
		e := newEvent("2026-11-16T09:30:00Z", 1)
		e.Note = text
		file := string(writeEvents(t, export.CSV, []cx.Event{e}, export.EventOptions{}))
		if want := "," + cell + ",device,"; !strings.Contains(file, want) {
			t.Errorf("note %q is written as %q, want %s in it", text, file, want)
		}
		// " =1" has white space that no stored note has, but a row with an id is
		// taken as it stands.
		rows, problems := readEvents(t, file)
		if problems != nil || len(rows) != 1 || rows[0].Event.Note != text {
			t.Errorf("note %q is read as %v, %v", text, rows, problems)
		}
	}
}
