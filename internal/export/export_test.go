package export_test

import (
	"bytes"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

var testOrigin = cx.Origin{1, 2, 3, 4, 5}

// newEvent returns an event as a press makes it.
func newEvent(instant string, seq uint64) cx.Event {
	id := cx.MakeID(at(instant), testOrigin, seq)
	return cx.Event{
		ID: id, Conversation: id, RecordedAt: id.At().Add(7 * time.Millisecond),
		Desk: "desk-3", Site: "Berlin", Tag: "praise", Source: cx.SourceDevice,
		Device: "1209:0001 pad-a", Key: "F13",
	}
}

// sampleEvents has one event for each thing that a cell can hold.
func sampleEvents() []cx.Event {
	plain := newEvent("2026-11-16T09:30:00Z", 1)
	full := newEvent("2026-11-16T09:30:05.25Z", 2)
	full.Conversation = plain.ID
	full.Tag, full.Stage, full.Channel = "bounced", cx.StageGetHelp, cx.ChannelPhone
	full.Tried, full.Forced = cx.ChannelChat, true
	full.Note = "=SUM(A1)\nsaid \"hello\", <twice>"
	tried := newEvent("2026-11-16T10:00:00.001Z", 3)
	tried.Tried, tried.Desk, tried.Note, tried.Rev = cx.ChannelEmail, "-5", "'quoted'", 2
	voided := newEvent("2026-11-16T11:00:00Z", 4)
	voided.Voided, voided.Rev, voided.Source, voided.Device, voided.Key = true, 1, cx.SourceImport, "", ""
	early := newEvent("1970-01-01T00:00:00Z", 5)
	early.Clock = cx.ClockSuspect
	late := cx.Event{
		ID: cx.MakeID(at("9999-12-31T23:59:59Z").AddDate(5000, 0, 0), testOrigin, 6), Tag: "other",
		Source: cx.SourceDevice, Clock: cx.ClockSuspect, Note: "größer 😀",
	}
	late.Conversation, late.RecordedAt = late.ID, late.ID.At()
	return []cx.Event{early, plain, full, tried, voided, late}
}

// seq gives out events two at a time, in a page that is written anew each time.
func seq(events []cx.Event) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		var page []cx.Event
		for chunk := range slices.Chunk(events, 2) {
			page = append(page[:0], chunk...)
			if !yield(page, nil) {
				return
			}
		}
	}
}

func writeEvents(t testing.TB, f export.Format, events []cx.Event, o export.EventOptions) []byte {
	t.Helper()
	var out bytes.Buffer
	n, err := export.WriteEvents(&out, f, seq(events), o)
	if err != nil {
		t.Fatal(err)
	}
	if n != len(events) {
		t.Errorf("WriteEvents said %d events, want %d", n, len(events))
	}
	return out.Bytes()
}

// readEvents returns what a file holds, and its errors as text.
func readEvents(t testing.TB, file string) (rows []export.Row, problems []string) {
	t.Helper()
	for row, err := range export.ReadEvents(strings.NewReader(file)) {
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		rows = append(rows, row)
	}
	return rows, problems
}
