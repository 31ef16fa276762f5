package cli

import (
	"bytes"
	"context"
	"io"
	"iter"
	"os"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// lineCounter shows how far an export has got, by the lines that came of the events
// that there are.
type lineCounter struct {
	w              io.Writer
	written, total int
	show           func(done, total int)
}

// to returns what writes to w and counts; w itself where there is nobody to see.
func (l *lineCounter) to(w io.Writer) io.Writer {
	if l == nil {
		return w
	}
	l.w = w
	return l
}

// Write writes and counts. A note may have lines of its own, so that there are more
// than events.
func (l *lineCounter) Write(b []byte) (int, error) {
	n, err := l.w.Write(b)
	l.written += bytes.Count(b[:n], []byte("\n"))
	l.show(min(l.written, l.total), l.total)
	return n, err
}

// pageEvents is how many events are handed over at once.
const pageEvents = 256

// pages hands over events in pages, and counts them; a page is good until the next.
func (l *lineCounter) pages(events iter.Seq2[cx.Event, error]) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		page := make([]cx.Event, 0, pageEvents)
		for e, err := range events {
			if err != nil {
				yield(nil, err)
				return
			}
			if page = append(page, e); len(page) < pageEvents {
				continue
			}
			if l != nil {
				l.written += len(page)
				l.show(min(l.written, l.total), l.total)
			}
			if !yield(page, nil) {
				return
			}
			page = page[:0]
		}
		if len(page) > 0 {
			yield(page, nil)
		}
	}
}

// exportEvents writes events in any format. A format that is no text is made here, of
// one event after the other, so that an agent's memory and time stay those for presses.
func exportEvents(
	ctx context.Context, r reader, w io.Writer, x api.Export, zone *time.Location, lines *lineCounter,
) (out api.Exported, err error) {
	f := export.Format(x.Format)
	if f.Text() {
		return r.Export(ctx, lines.to(w), x)
	}
	all := x.Events
	all.Voided = true
	events := eventStream(ctx, r, all)
	if !x.Events.Voided {
		events = withoutVoided(events, &out.Voided)
	}
	if x.Masked {
		events = masked(events)
	}
	out.Events, err = export.WriteEvents(w, f, lines.pages(events), export.EventOptions{Zone: zone})
	return out, err
}

// exportProgress returns what shows how far an export has got, nil where stderr is
// no terminal or the events go to one. done takes its line away.
func (p place) exportProgress(ctx context.Context, r reader, x api.Export, output string) (lines *lineCounter, done func()) {
	show, done := progressLine(p.env, "exporting")
	if show == nil || isStdout(output) && p.showsStdout() {
		return nil, func() {}
	}
	t, err := r.Tally(ctx, cx.Query{From: x.Events.From, To: x.Events.To, Filter: x.Events.Filter})
	if err != nil {
		return nil, func() {} // the export itself will say so
	}
	lines = &lineCounter{show: seldom(show)}
	for _, row := range t.Rows {
		lines.total += row.Count
	}
	return lines, done
}

// showsStdout reports whether stdout is a terminal.
func (p place) showsStdout() bool {
	out := p.env.Stdout
	if checked, ok := out.(*checkedWriter); ok {
		out = checked.w
	}
	f, ok := out.(*os.File)
	return ok && isTerminal(f)
}
