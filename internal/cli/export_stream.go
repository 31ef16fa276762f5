package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// eventStream yields events for a file that is made here. Those of an agent come as CSV:
// to write and read that costs a tenth of a JSON object an event.
func eventStream(ctx context.Context, r reader, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	if c, ok := r.(*api.Client); ok {
		return throughCSV(ctx, c.Export, q)
	}
	return r.Events(ctx, q)
}

// exporter writes a file of events, as an agent does.
type exporter func(context.Context, io.Writer, api.Export) (api.Exported, error)

// throughCSV yields the events of an export while it comes.
func throughCSV(ctx context.Context, send exporter, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		from, to := io.Pipe()
		sent := make(chan error, 1) // the sender ends, whoever waits for it
		go func() {
			_, err := send(ctx, to, api.Export{Events: q, Format: string(export.CSV)})
			sent <- err                // first: the reader asks why the file ended
			_ = to.CloseWithError(err) // never fails
		}()
		err := eachRow(from, yield)
		var broken error
		select {
		case broken = <-sent:
		default: // it sends on, and is called off for what is wrong here
			cancel()
			_ = from.Close() // never fails
			<-sent           //nolint:errcheck // that it was called off
		}
		switch {
		case errors.Is(err, errStopped):
		case broken != nil:
			yield(cx.Event{}, broken)
		case err != nil:
			yield(cx.Event{}, fmt.Errorf("reading the agent's answer: %w", err))
		}
	}
}

// errStopped says that nobody wants more events.
var errStopped = errors.New("stopped")

// eachRow yields the events of a file.
func eachRow(file io.Reader, yield func(cx.Event, error) bool) error {
	in := export.NewReader(file)
	var row export.Row
	for {
		switch err := in.Next(&row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case !yield(row.Event, nil):
			return errStopped
		}
	}
}

// withoutVoided leaves out events that were taken back, and counts them.
func withoutVoided(events iter.Seq2[cx.Event, error], voided *int) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		for e, err := range events {
			if err == nil && e.Voided {
				*voided++
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
