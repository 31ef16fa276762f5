package cli

import (
	"context"
	"iter"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// fileReader reads a file with the tags that the configuration has now: nothing
// has been written since they were changed, perhaps.
type fileReader struct {
	*store.Store
	catalogue cx.Catalogue
}

// Catalogue returns the tags of file and configuration.
func (f fileReader) Catalogue(context.Context) (cx.Catalogue, error) { return f.catalogue, nil }

// History returns an event's earlier states, as the agent does.
func (f fileReader) History(ctx context.Context, id cx.ID) ([]cx.Event, error) {
	states, err := f.Store.History(ctx, id)
	if err != nil {
		return nil, err
	}
	return states[:len(states)-1], nil
}

// Tally counts with those tags, which the store does not know.
func (f fileReader) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	counter := cx.NewCounter(f.catalogue, q)
	for e, err := range f.Events(ctx, cx.EventQuery{From: q.From, To: q.To}) {
		if err != nil {
			return cx.Tally{}, err
		}
		counter.Add(e)
	}
	return counter.Tally(), nil
}

// empty is a place without a database.
type empty struct{ catalogue cx.Catalogue }

// Events yields none.
func (empty) Events(context.Context, cx.EventQuery) iter.Seq2[cx.Event, error] {
	return func(func(cx.Event, error) bool) {}
}

// History knows no event.
func (empty) History(context.Context, cx.ID) ([]cx.Event, error) { return nil, store.ErrNoEvent }

// Tally returns one without rows.
func (empty) Tally(_ context.Context, q cx.Query) (cx.Tally, error) {
	return cx.NewCounter(cx.Catalogue{}, q).Tally(), nil
}

// Catalogue returns the tags of the configuration.
func (e empty) Catalogue(context.Context) (cx.Catalogue, error) { return e.catalogue, nil }
