package cli

import (
	"context"
	"iter"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

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
