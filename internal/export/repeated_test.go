package export_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// An event is written as it would be alone, whatever was written before it: texts
// that differ only in their middle, in what they are together with or in what needs
// quotes, and instants far apart and close together.
func TestEventsDoNotDependOnEachOther(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "a", "b", "ab", "ba", "desk 1 north", "desk 2 north", "=1 north", "x, north", "\"x\" north", "\nnorth", "größer"}
	text := func() string { return texts[random.IntN(len(texts))] }
	ms := int64(0)
	events := make([]cx.Event, 700)
	for i := range events {
		switch random.IntN(4) {
		case 0:
			ms += random.Int64N(1 << 41)
		case 1:
			ms -= random.Int64N(ms + 1)
		default:
			ms += random.Int64N(1500)
		}
		e := newEvent("2026-11-16T09:30:00Z", 1)
		e.ID = cx.MakeID(time.UnixMilli(ms), testOrigin, random.Uint64N(cx.MaxSeq)+1)
		e.Conversation, e.RecordedAt = e.ID, time.UnixMilli(ms-1000+random.Int64N(2000)).UTC()
		e.Desk, e.Site, e.Tag, e.Device, e.Key, e.Note = text(), text(), text(), text(), text(), text()
		e.Stage, e.Channel, e.Source = cx.Stage(text()), cx.Channel(text()), cx.Source(text())
		events[i] = e
	}
	for _, f := range []export.Format{export.CSV, export.NDJSON} {
		t.Run(string(f), func(t *testing.T) {
			head := writeEvents(t, f, nil, export.EventOptions{})
			rest, _ := bytes.CutPrefix(writeEvents(t, f, events, export.EventOptions{}), head)
			for i := range events {
				alone, _ := bytes.CutPrefix(writeEvents(t, f, events[i:i+1], export.EventOptions{}), head)
				if !strings.Contains(string(alone), events[i].ID.String()) {
					t.Fatalf("event %d alone has not its id: %q", i, alone)
				}
				var found bool
				if rest, found = bytes.CutPrefix(rest, alone); !found {
					t.Fatalf("event %d is %q, alone %q", i, rest[:min(len(alone), len(rest))], alone)
				}
			}
			if len(rest) > 0 {
				t.Errorf("behind the last event: %q", rest)
			}
		})
	}
}
