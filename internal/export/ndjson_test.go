package export

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

// storedStates are an event that was amended and taken back, and one that was not.
func storedStates() [][]cx.Event {
	at := time.Date(2026, 11, 16, 9, 30, 0, 123e6, time.UTC)
	origin := cx.Origin{1, 2, 3, 4, 5}
	first := cx.Event{
		ID: cx.MakeID(at, origin, 1), RecordedAt: at.Add(time.Second), Desk: `=de"sk`, Site: "<site>", Tag: "a", Stage: cx.StageUse,
		Channel: cx.ChannelPhone, Tried: cx.ChannelChat, Forced: true, Note: "two\nlines", Source: cx.SourceDevice, Device: "1209:0001", Key: "F13",
		Clock: cx.ClockSuspect,
	}
	first.Conversation = first.ID
	amended := first
	amended.Tag, amended.Tried, amended.Forced, amended.Rev = "b", "", false, 1
	voided := amended
	voided.Voided, voided.Rev, voided.Note = true, 2, ""
	other := cx.Event{ID: cx.MakeID(at, origin, 2), RecordedAt: at, Tag: "a", Conversation: first.ID, Source: cx.SourceCLI}
	return [][]cx.Event{{first, amended, voided}, {other}}
}

// TestReadStored: what is written is read again, with its history and without.
func TestReadStored(t *testing.T) {
	want := storedStates()
	history := func(id cx.ID) ([]cx.Event, error) {
		for _, states := range want {
			if states[0].ID == id {
				return states[:len(states)-1], nil
			}
		}
		return nil, errors.New("no such event")
	}
	for _, o := range []EventOptions{{}, {History: history}} {
		var out bytes.Buffer
		var pages iter.Seq2[[]cx.Event, error] = func(yield func([]cx.Event, error) bool) {
			for _, states := range want {
				if !yield(states[len(states)-1:], nil) {
					return
				}
			}
		}
		if _, err := WriteEvents(&out, NDJSON, pages, o); err != nil {
			t.Fatal(err)
		}
		var got [][]cx.Event
		for states, err := range ReadStored(&out) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, states)
		}
		expected := want
		if o.History == nil {
			expected = [][]cx.Event{want[0][2:], want[1]}
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("history %v (-want +got):\n%s", o.History != nil, diff)
		}
	}
}

func TestReadStoredBadLines(t *testing.T) {
	const good = `{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"a"}`
	for _, tt := range []struct{ name, line, want string }{
		{"no JSON", `id,at,tag`, "invalid character"},
		{"unknown key", `{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"a","tags":1}`, `unknown field "tags"`},
		{"two values", good + good, "want one JSON object a line"},
		{"no id", `{"at":"2026-11-10T08:00:00Z","tag":"a"}`, "there is no id"},
		{"another instant", `{"id":"01M727H6008G0TF85500000001","at":"2026-11-11T08:00:00Z","tag":"a"}`, "is not the instant in the id"},
		{"no tag", `{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z"}`, "tag is empty"},
		{"history of another", `{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"a","rev":1,"history":[{"id":"01M7NRC9R08G0TF85500000002","at":"2026-11-17T22:00:00Z","tag":"a"}]}`, "in that of"},
		{"history of later", `{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"a","history":[` + good + `]}`, "revision 0 is not in its place"},
		{"too long", `{"id":"` + strings.Repeat("x", maxLineBytes), "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			var last error
			for _, err := range ReadStored(strings.NewReader("\n" + good + "\n" + tt.line + "\n" + good + "\n")) {
				if last = err; err == nil {
					n++
				}
			}
			if n != 1 || last == nil || !strings.HasPrefix(last.Error(), "line 3: ") || !strings.Contains(last.Error(), tt.want) {
				t.Errorf("%d events, then %v; want 1, then line 3: … %s", n, last, tt.want)
			}
		})
	}
}

// FuzzReadStored: what can be read is written so that it reads the same.
func FuzzReadStored(f *testing.F) {
	f.Add(`{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"a"}`)
	f.Add(`{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"a","rev":1,"tried":"chat","forced":true,"note":"x\ny","history":[{"id":"01M727H6008G0TF85500000001","at":"2026-11-10T08:00:00Z","tag":"b"}]}`)
	f.Fuzz(func(t *testing.T, line string) {
		read := func(text string) (all [][]cx.Event, failed bool) {
			for states, err := range ReadStored(strings.NewReader(text)) {
				if err != nil {
					return nil, true
				}
				all = append(all, states)
			}
			return all, false
		}
		want, failed := read(line)
		if failed || len(want) == 0 {
			return
		}
		var out bytes.Buffer
		for _, states := range want {
			history := func(cx.ID) ([]cx.Event, error) { return states[:len(states)-1], nil }
			var page iter.Seq2[[]cx.Event, error] = func(yield func([]cx.Event, error) bool) { yield(states[len(states)-1:], nil) }
			if _, err := WriteEvents(&out, NDJSON, page, EventOptions{History: history}); err != nil {
				t.Fatal(err)
			}
		}
		got, failed := read(out.String())
		if diff := cmp.Diff(want, got); failed || diff != "" {
			t.Errorf("read again, failed %v (-want +got):\n%s\n%s", failed, diff, out.String())
		}
	})
}

// TestReadStoredLongHistory: an event that was corrected often, with the longest
// notes, is read again.
func TestReadStoredLongHistory(t *testing.T) {
	at := time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	e := cx.Event{ID: cx.MakeID(at, cx.Origin{1}, 1), RecordedAt: at, Tag: "a", Source: cx.SourceCLI}
	e.Conversation = e.ID
	var want []cx.Event
	for rev := range uint32(30) {
		e.Rev, e.Note = rev, strings.Repeat("\U0001F600", 2000)
		want = append(want, e)
	}
	last := len(want) - 1
	events := func(yield func([]cx.Event, error) bool) { yield(want[last:], nil) }
	history := func(cx.ID) ([]cx.Event, error) { return want[:last], nil }
	var out bytes.Buffer
	if _, err := WriteEvents(&out, NDJSON, events, EventOptions{History: history}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for got, err := range ReadStored(&out) {
		if n++; err != nil || !cmp.Equal(want, got) {
			t.Errorf("%d states, %v; want %d as they were", len(got), err, len(want))
		}
	}
	if n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}
