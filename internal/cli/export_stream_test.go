package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// fileOf sends events as an agent does, and then the error.
func fileOf(events []cx.Event, broken error) exporter {
	return func(_ context.Context, w io.Writer, x api.Export) (api.Exported, error) {
		n, err := export.WriteEvents(w, export.Format(x.Format), func(yield func([]cx.Event, error) bool) { yield(events, nil) }, export.EventOptions{})
		return api.Exported{Events: n}, errors.Join(err, broken)
	}
}

// wildEvents are such as a file of text could spoil.
func wildEvents() []cx.Event {
	at := time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	id, wild := cx.MakeID(at, cx.Origin{1}, 1), cx.MakeID(time.Date(10888, 2, 29, 5, 0, 0, 7e6, time.UTC), cx.Origin{1}, 2)
	return []cx.Event{
		{
			ID: id, RecordedAt: at, Desk: "=north", Site: "B, \"1\"", Tag: "praise", Stage: cx.StageUse, Channel: cx.ChannelChat,
			Tried: cx.ChannelEmail, Forced: true, Conversation: id, Note: "'two\n\"lines\"", Source: cx.SourceDevice, Device: "d", Key: "k", Rev: 7, Voided: true,
		},
		{ID: wild, RecordedAt: wild.At().Add(time.Millisecond), Tag: "praise", Conversation: id, Source: cx.SourceAPI, Clock: cx.ClockSuspect},
	}
}

// TestThroughCSV: what an agent sends arrives as it was, and what broke it off is told.
func TestThroughCSV(t *testing.T) {
	t.Parallel()
	lost := errors.New("the agent went")
	for name, c := range map[string]struct {
		events []cx.Event
		broken error
	}{
		"none": {}, "all": {events: wildEvents()}, "broken off": {events: wildEvents(), broken: lost}, "nothing came": {broken: lost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []cx.Event
			var failed error
			for e, err := range throughCSV(t.Context(), fileOf(c.events, c.broken), cx.EventQuery{}) {
				if failed = err; err == nil {
					got = append(got, e)
				}
			}
			// In its own words, without a line of a file that nobody sees.
			if d := cmp.Diff(c.events, got); d != "" || fmt.Sprint(failed) != fmt.Sprint(c.broken) {
				t.Errorf("the error is %v, want %v; events (-want +got):\n%s", failed, c.broken, d)
			}
		})
	}
}

// TestThroughCSVBadRow: a row that cannot be read is named, whether the agent has sent all
// by then or sends on.
func TestThroughCSVBadRow(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]int{"the last": 0, "of many": 100_000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			send := func(ctx context.Context, w io.Writer, _ api.Export) (api.Exported, error) {
				_, err := io.WriteString(w, "at,tag\n2026-11-16T09:30:00Z,praise\nyesterday,praise\n")
				for range more {
					if err == nil {
						_, err = io.WriteString(w, "2026-11-16T09:30:00Z,praise\n")
					}
				}
				return api.Exported{}, errors.Join(err, ctx.Err())
			}
			n := 0
			var failed error
			for _, err := range throughCSV(t.Context(), send, cx.EventQuery{}) {
				if failed = err; err == nil {
					n++
				}
			}
			if n != 1 || failed == nil || !strings.HasPrefix(failed.Error(), "reading the agent's answer: line 3: ") {
				t.Errorf("after %d events the error is %v, want one of line 3", n, failed)
			}
		})
	}
}

// TestThroughCSVStopped: who wants no more is not told of an error, and leaves no sender
// behind.
func TestThroughCSVStopped(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range throughCSV(t.Context(), fileOf(wildEvents(), nil), cx.EventQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}
