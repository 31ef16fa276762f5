package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// caller is what a command asks, whether or not an agent runs.
type caller interface {
	Log(ctx context.Context, n api.NewEvent) (api.Logged, error)
	Undo(ctx context.Context, u api.Undo) (cx.Event, error)
	Void(ctx context.Context, id cx.ID) (cx.Event, error)
	Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error)
	Event(ctx context.Context, id cx.ID) (cx.Event, error)
	EventBySeq(ctx context.Context, seq uint64) (cx.Event, error)
	History(ctx context.Context, id cx.ID) ([]cx.Event, error)
	Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error]
	Export(ctx context.Context, w io.Writer, x api.Export) (api.Exported, error)
	Follow(ctx context.Context) iter.Seq2[cx.Event, error]
	Tally(ctx context.Context, q cx.Query) (cx.Tally, error)
	Catalogue(ctx context.Context) (cx.Catalogue, error)
	Import(ctx context.Context, b api.ImportBatch) (api.Imported, error)
	Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error)
}

var (
	_ caller = (*Desk)(nil)
	_ caller = (*api.Client)(nil)
)

// dial connects to a running agent until the test ends.
func dial(t testing.TB, r *running) *api.Client {
	t.Helper()
	c, err := api.Dial(t.Context(), r.opts.DB)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// seeded starts an agent with four events: one amended, one taken back, a second
// tag, and one by a person.
func seeded(t *testing.T) (*running, []cx.Event) {
	t.Helper()
	c := newClock()
	r := startWith(t, nil, "", Options{DB: dbPath(t), Now: c.Now})
	var events []cx.Event
	for i, tag := range []string{"praise", "bill-unclear", "idea"} {
		c.set(epoch.Add(time.Duration(i) * time.Second))
		o := r.Desk().Press(t.Context(), step{time.Duration(i) * time.Second, "A", fmt.Sprint("F", i), tag}.press())
		events = append(events, o.Event)
	}
	if _, err := r.Desk().Amend(t.Context(), events[0].ID, cx.Amendment{Note: new("twice")}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Desk().Void(t.Context(), events[1].ID); err != nil {
		t.Fatal(err)
	}
	l, err := r.Desk().Log(t.Context(), api.NewEvent{Tag: "how-to", Source: "cli", Ref: "seed", At: new(epoch.Add(-100 * time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	e, err := l.Event.Event()
	if err != nil {
		t.Fatal(err)
	}
	return r, append(events, e)
}

// list collects a stream.
func list(events iter.Seq2[cx.Event, error]) ([]cx.Event, error) {
	var all []cx.Event
	for e, err := range events {
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
	return all, nil
}

// unknown is the id of no event.
var unknown = cx.MakeID(epoch, cx.Origin{1, 2, 3, 4, 5}, 99)

type call struct {
	name string
	do   func(ctx context.Context, c caller, seed []cx.Event) (any, error)
}

func logging(name string, n api.NewEvent) call {
	return call{"log " + name, func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
		l, err := c.Log(ctx, n)
		l.FlushMicros = 0
		return l, err
	}}
}

func amending(name string, i int, a cx.Amendment) call {
	return call{"amend " + name, func(ctx context.Context, c caller, seed []cx.Event) (any, error) {
		return c.Amend(ctx, seed[i].ID, a)
	}}
}

func listing(name string, q cx.EventQuery) call {
	return call{"events " + name, func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
		return list(c.Events(ctx, q))
	}}
}

func exporting(name string, x api.Export) call {
	return call{"export " + name, func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
		var out strings.Builder
		n, err := c.Export(ctx, &out, x)
		return map[string]any{"file": out.String(), "events": n}, err
	}}
}

func tallying(name string, q cx.Query) call {
	return call{"tally " + name, func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
		return c.Tally(ctx, q)
	}}
}

func importing(name, sum string, first int, file string) call {
	return call{"import " + name, func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
		return c.Import(ctx, batchOf(sum, first, file))
	}}
}

// batchOf reads a file as a command does, for one batch.
func batchOf(sum string, first int, file string) api.ImportBatch {
	b := api.ImportBatch{File: sum, First: first, Done: true}
	in := export.NewReader(strings.NewReader(file))
	in.KeepRaw()
	for {
		var row export.Row
		if err := in.Next(&row); err != nil {
			if !errors.Is(err, io.EOF) {
				panic(err)
			}
			b.Header = in.Header()
			return b
		}
		b.Rows = append(b.Rows, api.ImportRow{Line: row.Line, At: row.At, Event: row.Event, Raw: slices.Clone(in.Raw())})
	}
}

func calls() []call {
	berlin := time.FixedZone("", 0)
	if z, err := time.LoadLocation("Europe/Berlin"); err == nil {
		berlin = z
	}
	row := "2026-11-16T09:30:00Z,idea\n"
	sum := strings.Repeat("0f", 32)
	return []call{
		logging("tag", api.NewEvent{Tag: "praise"}),
		logging("all", api.NewEvent{Tag: "praise", At: new(epoch.Add(time.Microsecond)), Stage: "use", Channel: "email", Tried: "chat", Forced: true, Note: "card 4111 1111 1111 1111 <&> \u2028", Ref: "r", Source: "page"}),
		logging("same ref", api.NewEvent{Tag: "praise", Ref: "seed"}),
		logging("unknown tag", api.NewEvent{Tag: "prase"}),
		logging("no UTF-8", api.NewEvent{Tag: "praise", Note: "\xff"}),
		logging("long note", api.NewEvent{Tag: "praise", Note: strings.Repeat("ä", 2001)}),
		logging("long ref", api.NewEvent{Tag: "praise", Ref: strings.Repeat("x", 81)}),
		logging("wrong year", api.NewEvent{Tag: "praise", At: new(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC))}),
		{"undo", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.Undo(ctx, api.Undo{}) }},
		{"undo of a device", func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
			return c.Undo(ctx, api.Undo{Device: "A"})
		}},
		{"undo of nothing", func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
			return c.Undo(ctx, api.Undo{Device: "B"})
		}},
		{"void", func(ctx context.Context, c caller, seed []cx.Event) (any, error) { return c.Void(ctx, seed[2].ID) }},
		{"void twice", func(ctx context.Context, c caller, seed []cx.Event) (any, error) { return c.Void(ctx, seed[1].ID) }},
		{"void unknown", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.Void(ctx, unknown) }},
		amending("all", 0, cx.Amendment{Tag: new("idea"), Stage: new(cx.StageUse), Channel: new(cx.Channel("")), Tried: new(cx.ChannelSMS), Forced: new(true), Note: new("")}),
		amending("conversation", 2, cx.Amendment{Conversation: &cx.ID{}}),
		amending("nothing", 0, cx.Amendment{}),
		amending("unknown tag", 0, cx.Amendment{Tag: new("prase")}),
		amending("taken back", 1, cx.Amendment{Tag: new("idea")}),
		{"event", func(ctx context.Context, c caller, seed []cx.Event) (any, error) { return c.Event(ctx, seed[0].ID) }},
		{"event unknown", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.Event(ctx, unknown) }},
		{"event #3", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.EventBySeq(ctx, 3) }},
		{"event #0", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.EventBySeq(ctx, 0) }},
		{"event #99", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.EventBySeq(ctx, 99) }},
		{"history", func(ctx context.Context, c caller, seed []cx.Event) (any, error) { return c.History(ctx, seed[0].ID) }},
		{"no history", func(ctx context.Context, c caller, seed []cx.Event) (any, error) { return c.History(ctx, seed[3].ID) }},
		{"history unknown", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.History(ctx, unknown) }},
		listing("all", cx.EventQuery{}),
		listing("voided", cx.EventQuery{Voided: true}),
		listing("newest", cx.EventQuery{Newest: true, Limit: 2}),
		listing("of a period", cx.EventQuery{From: epoch, To: epoch.Add(time.Nanosecond)}),
		exporting("csv", api.Export{Format: "csv"}),
		exporting("json", api.Export{Format: "json", Events: cx.EventQuery{Voided: true}}),
		exporting("history", api.Export{Format: "ndjson", History: true, Events: cx.EventQuery{From: epoch}}),
		exporting("nothing", api.Export{Format: "csv", Events: cx.EventQuery{To: epoch.Add(-1000 * time.Hour)}}),
		exporting("unknown format", api.Export{Format: "cvs"}),
		exporting("history as csv", api.Export{Format: "csv", History: true}),
		tallying("by nothing", cx.Query{}),
		tallying("by tag and day", cx.Query{By: []cx.Dimension{cx.ByTag, cx.ByDay}, Zone: berlin}),
		tallying("of a period", cx.Query{By: []cx.Dimension{cx.ByDesk}, From: epoch.Add(time.Second)}),
		tallying("of nothing", cx.Query{By: []cx.Dimension{cx.ByTag}, To: epoch.Add(-1000 * time.Hour)}),
		{"catalogue", func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
			known, err := c.Catalogue(ctx)
			return known.Tags(), err
		}},
		importing("row", sum, 0, "at,tag\n"+row),
		importing("no rows", sum, 0, "at,tag\n"),
		importing("empty lines and quotes", sum, 0, "at,tag,note\r\n\n\r\n\"2026-11-16T09:30:00Z\",idea,\"a \"\"b\"\"\r\nc\"\r\n\n2026-11-16T09:30:00Z,praise,"),
		importing("no SHA-256", "beef", 0, "at,tag\n"),
		importing("gap", sum, 5, "at,tag\n"+row),
		importing("too many", sum, 0, "at,tag\n"+strings.Repeat(row, api.MaxBatch+1)),
		{"import of other content", func(ctx context.Context, c caller, seed []cx.Event) (any, error) {
			file := fmt.Sprintf("id,at,tag\n\n%s,%s,how-to\n", seed[0].ID, seed[0].At().Format(time.RFC3339Nano))
			return c.Import(ctx, batchOf(sum, 0, file))
		}},
		{"import again", func(ctx context.Context, c caller, _ []cx.Event) (any, error) {
			b := batchOf(sum, 0, "at,tag\n"+row)
			if _, err := c.Import(ctx, b); err != nil {
				return nil, err
			}
			return c.Import(ctx, batchOf(sum, 0, "at,tag\n"+row))
		}},
		{"check", func(ctx context.Context, c caller, _ []cx.Event) (any, error) { return c.Check(ctx, nil) }},
	}
}

// outcome is the answer to a call as text, each event called #n.
func outcome(t *testing.T, r *running, events []cx.Event, v any, err error) string {
	t.Helper()
	b, marshalErr := json.MarshalIndent(v, "", " ")
	if marshalErr != nil {
		t.Fatal(marshalErr)
	}
	text := string(b)
	if err != nil {
		text = "error " + err.Error()
		if e := problem(err); e != nil {
			text = fmt.Sprintf("error %s: %s\nhint: %s", e.Code, e.Message, e.Hint)
		}
	}
	for _, e := range events {
		text = strings.ReplaceAll(text, e.ID.String(), fmt.Sprintf("#%d", e.ID.Seq()))
	}
	return strings.ReplaceAll(text, r.opts.DB, "desk.db")
}

// TestSameThroughSocket makes each call on a desk and through the socket of
// another agent's: the results and the errors are the same.
func TestSameThroughSocket(t *testing.T) {
	for _, call := range calls() {
		t.Run(call.name, func(t *testing.T) {
			direct, seed := seeded(t)
			v, err := call.do(t.Context(), direct.Desk(), seed)
			want := outcome(t, direct, allEvents(t, direct.store), v, err)

			behind, seed := seeded(t)
			v, err = call.do(t.Context(), dial(t, behind), seed)
			got := outcome(t, behind, allEvents(t, behind.store), v, err)
			diff(t, "through the socket", got, want)
			if err != nil && problem(err) == nil {
				t.Errorf("error %v carries no code", err)
			}
			diff(t, "stored", normalized(t, behind), normalized(t, direct))
		})
	}
}

func normalized(t *testing.T, r *running) string {
	t.Helper()
	all := allEvents(t, r.store)
	return outcome(t, r, all, all, nil)
}

// TestSameWithoutDatabase: every call says the same of a database that fails.
func TestSameWithoutDatabase(t *testing.T) {
	r, seed := seeded(t)
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	c := dial(t, r)
	for _, call := range calls() {
		t.Run(call.name, func(t *testing.T) {
			v, err := call.do(t.Context(), r.Desk(), seed)
			want := outcome(t, r, seed, v, err)
			v, err = call.do(t.Context(), c, seed)
			diff(t, "through the socket", outcome(t, r, seed, v, err), want)
			wantErr := problem(err)
			if wantErr == nil || wantErr.Code != api.CodeStorage && wantErr.Code != api.CodeBad {
				t.Errorf("error %v, want one of the database or the request", err)
			}
		})
	}
}

// TestSameWhenCancelled: whoever gives up hears of that and of nothing else.
func TestSameWhenCancelled(t *testing.T) {
	r, _ := seeded(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]caller{"desk": r.Desk(), "client": dial(t, r)} {
		if _, err := list(c.Follow(ctx)); err != nil {
			t.Errorf("%s: follow = %v, want a plain end", name, err)
		}
		if _, err := list(c.Events(ctx, cx.EventQuery{})); err == nil {
			t.Errorf("%s: events ended as if they were all", name)
		}
		if _, err := c.Export(ctx, io.Discard, api.Export{Format: "csv"}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: export = %v, want %v", name, err, context.Canceled)
		}
	}
}
