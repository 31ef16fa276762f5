package cli

import (
	"bytes"
	"context"
	"io"
	"os"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
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
