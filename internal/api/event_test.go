package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
)

func TestEvent(t *testing.T) {
	id := cx.MakeID(epoch, cx.Origin{1, 2, 3, 4, 5}, 42)
	for name, e := range map[string]cx.Event{
		"least": {ID: id, Tag: "praise", Conversation: id},
		"all": {
			ID: id, RecordedAt: epoch.Add(time.Millisecond), Desk: "d", Site: "s", Tag: "praise", Stage: cx.StageUse,
			Channel: cx.ChannelChat, Tried: cx.ChannelEmail, Forced: true, Conversation: id, Note: "<two>\n\"lines\" \u2028",
			Source: cx.SourceDevice, Device: "dev", Key: "key", Clock: cx.ClockSuspect, Rev: 7, Voided: true,
		},
		"to be made": {Tag: "praise"},
		"wild clock": {ID: cx.MakeID(time.Date(10500, 1, 1, 0, 0, 0, 0, time.UTC), cx.Origin{1}, 1), Tag: "praise"},
		"wild clock, stored by it": {
			ID: cx.MakeID(time.Date(10888, 2, 29, 5, 0, 0, 7e6, time.UTC), cx.Origin{1}, 1), Tag: "praise", Clock: cx.ClockSuspect,
			RecordedAt: time.Date(10888, 2, 29, 5, 0, 0, 8e6, time.UTC),
		},
		"before all era": {ID: cx.MakeID(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), cx.Origin{1}, 1), Tag: "praise"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := json.Marshal(FromEvent(e))
			if err != nil {
				t.Fatal(err)
			}
			var w Event
			if err := json.Unmarshal(b, &w); err != nil {
				t.Fatal(err)
			}
			got, err := w.Event()
			if d := cmp.Diff(e, got); d != "" || err != nil {
				t.Errorf("over the wire (-want +got), %v:\n%s", err, d)
			}
		})
	}
}

func TestEventText(t *testing.T) {
	id := cx.MakeID(epoch, cx.Origin{1, 2, 3, 4, 5}, 42)
	b, err := json.Marshal(FromEvent(cx.Event{ID: id, RecordedAt: epoch.In(time.FixedZone("", 3600)), Tag: "praise", Conversation: id}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"` + id.String() + `","at":"2026-11-16T09:30:00.000Z","recorded_at":"2026-11-16T09:30:00.000Z","tag":"praise","conversation":"` + id.String() + `"}`
	if got := string(b); got != want {
		t.Errorf("event = %s, want %s", got, want)
	}
}

func TestEventRefused(t *testing.T) {
	for name, w := range map[string]Event{
		"no tag":      {},
		"stage":       {Tag: "praise", Stage: "pya"},
		"recorded_at": {Tag: "praise", RecordedAt: "yesterday"},
		"note":        {Tag: "praise", Note: strings.Repeat("x", cx.MaxNoteRunes+1)},
	} {
		if e, err := w.Event(); err == nil {
			t.Errorf("%s: %+v, want an error", name, e)
		}
	}
}
