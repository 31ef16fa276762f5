package cx

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func fullEvent() Event {
	id := MakeID(time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC), Origin{1, 2, 3, 4, 5}, 42)
	return Event{
		ID: id, RecordedAt: id.At().Add(time.Second), Desk: "desk 1", Site: "Berlin", Tag: "refund-slow",
		Stage: StagePay, Channel: ChannelPhone, Tried: ChannelChat, Forced: true, Conversation: id,
		Note: "the refund never came", Source: SourceDevice, Device: "keypad", Key: "F13",
	}
}

func TestEventCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Event)
		want   string // one line for each problem
	}{
		{"all is well", func(*Event) {}, ""},
		{"only a tag", func(e *Event) { *e = Event{Tag: "other"} }, ""},
		{"no tag", func(e *Event) { e.Tag = "" }, "tag is empty"},
		{"forced from nowhere", func(e *Event) { e.Tried = "" }, "forced without the channel that was tried"},
		{"tried", func(e *Event) { e.Tried = "hone" }, `tried: unknown channel "hone" (did you mean "phone"?)`},
		{"clock", func(e *Event) { e.Clock = "ok" }, `unknown clock "ok" (known: suspect)`},
		{
			"everything at once",
			func(e *Event) {
				long := strings.Repeat("x", 81)
				*e = Event{
					Tag: "A", Desk: long, Site: "a\x00", Device: long, Key: "\xff", Note: strings.Repeat("x", 2001),
					Stage: "pays", Channel: "smss", Tried: "x", Source: "mars", Clock: "late", Forced: true,
				}
			},
			`tag "A": 'A' is not a lower-case letter (a to z), digit or hyphen
desk has 81 characters, at most 80 are allowed
site contains the control character U+0000
device has 81 characters, at most 80 are allowed
key is not valid UTF-8
note has 2001 characters, at most 2000 are allowed
unknown stage "pays" (did you mean "pay"?)
unknown channel "smss" (did you mean "sms"?)
tried: unknown channel "x" (known: phone, in-person, email, chat, sms, social)
unknown source "mars" (known: device, terminal, page, cli, api, import)
unknown clock "late" (known: suspect)`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := fullEvent()
			tt.change(&e)
			if diff := cmp.Diff(tt.want, said(e.Check())); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEventCounts(t *testing.T) {
	tests := []struct {
		name          string
		change        func(*Event)
		counts        bool
		conversations int
	}{
		{"first of its conversation", func(*Event) {}, true, 1},
		{"second", func(e *Event) { e.Conversation = MakeID(e.At(), e.ID.Origin(), 41) }, true, 0},
		{"voided", func(e *Event) { e.Voided = true }, false, 1},
		{"suspect clock", func(e *Event) { e.Clock = ClockSuspect }, false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := fullEvent()
			tt.change(&e)
			if got := e.Counts(); got != tt.counts {
				t.Errorf("Counts() = %v, want %v", got, tt.counts)
			}
			if got := e.Conversations(); got != tt.conversations {
				t.Errorf("Conversations() = %d, want %d", got, tt.conversations)
			}
		})
	}
	if got, want := fullEvent().At(), at(t, "2026-11-16T09:00:00Z"); !got.Equal(want) {
		t.Errorf("At() = %v, want %v", got, want)
	}
}

func TestCheckAt(t *testing.T) {
	tests := []struct{ name, at, want string }{
		{"first", "2000-01-01T00:00:00Z", ""},
		{"last", "2100-12-31T23:59:59.999Z", ""},
		{"before, in another zone", "2000-01-01T00:59:59+01:00", "time 1999-12-31T23:59:59Z is outside the years 2000 to 2100"},
		{"after", "2101-01-01T00:00:00Z", "time 2101-01-01T00:00:00Z is outside the years 2000 to 2100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := CheckAt(at(t, tt.at)); said(err) != tt.want {
				t.Errorf("CheckAt(%s) = %v, want %s", tt.at, err, tt.want)
			}
		})
	}
}

func TestEventScrub(t *testing.T) {
	e := fullEvent()
	e.Note = "card 4111111111111111, cvv 123"
	if n := e.Scrub(); n != 2 || e.Note != "card [card …1111], cvv [code]" {
		t.Errorf("Scrub() = %d and the note %q", n, e.Note)
	}
	if n := e.Scrub(); n != 0 {
		t.Errorf("Scrub() again took out %d", n)
	}
}

func TestAmendmentApply(t *testing.T) {
	other := MakeID(time.UnixMilli(1), Origin{9}, 9)
	tests := []struct {
		name   string
		amend  Amendment
		change func(*Event) // what the amendment should do
	}{
		{"nothing", Amendment{}, func(*Event) {}},
		{"tag", Amendment{Tag: new("praise")}, func(e *Event) { e.Tag = "praise" }},
		{"stage", Amendment{Stage: new(StageUse)}, func(e *Event) { e.Stage = StageUse }},
		{"no stage", Amendment{Stage: new(Stage(""))}, func(e *Event) { e.Stage = "" }},
		{"channel", Amendment{Channel: new(ChannelSMS)}, func(e *Event) { e.Channel = ChannelSMS }},
		{"tried", Amendment{Tried: new(ChannelSMS)}, func(e *Event) { e.Tried = ChannelSMS }},
		{"not tried", Amendment{Tried: new(Channel(""))}, func(e *Event) { e.Tried, e.Forced = "", false }},
		{"not forced", Amendment{Forced: new(false)}, func(e *Event) { e.Forced = false }},
		{
			"note, cleaned and scrubbed",
			Amendment{Note: new(" a\r\n4111111111111111 ")},
			func(e *Event) { e.Note = "a\n[card …1111]" },
		},
		{"no note", Amendment{Note: new("")}, func(e *Event) { e.Note = "" }},
		{"conversation", Amendment{Conversation: &other}, func(e *Event) { e.Conversation = other }},
		{"its own conversation", Amendment{Conversation: new(ID)}, func(e *Event) { e.Conversation = e.ID }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, want := fullEvent(), fullEvent()
			tt.change(&want)
			got, err := tt.amend.Apply(before)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Apply (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAmendmentRefused(t *testing.T) {
	voided := fullEvent()
	voided.Voided = true
	tests := []struct {
		name  string
		event Event
		amend Amendment
		want  string
	}{
		{"voided", voided, Amendment{Tag: new("praise")}, "the event was taken back"},
		{"no tag", fullEvent(), Amendment{Tag: new("")}, "tag is empty"},
		{"unknown stage", fullEvent(), Amendment{Stage: new(Stage("by"))}, `unknown stage "by" (did you mean "buy"?)`},
		{"forced, not tried", fullEvent(), Amendment{Tried: new(Channel("")), Forced: new(true)}, "forced without the channel that was tried"},
		{"long note", fullEvent(), Amendment{Note: new(strings.Repeat("a", 2001))}, "note has 2001 characters, at most 2000 are allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.amend.Apply(tt.event)
			if said(err) != tt.want {
				t.Errorf("Apply = %v, want %s", err, tt.want)
			}
			if diff := cmp.Diff(Event{}, got); diff != "" {
				t.Errorf("an event in spite of the error:\n%s", diff)
			}
		})
	}
}
