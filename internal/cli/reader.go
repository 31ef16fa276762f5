package cli

import (
	"context"
	"io"
	"iter"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// empty is a place without a database.
type empty struct{ catalogue cx.Catalogue }

// Events yields none.
func (empty) Events(context.Context, cx.EventQuery) iter.Seq2[cx.Event, error] {
	return func(func(cx.Event, error) bool) {}
}

// Export writes a file without events.
func (empty) Export(_ context.Context, w io.Writer, x api.Export) (api.Exported, error) {
	n, err := export.WriteEvents(w, export.Format(x.Format), func(func([]cx.Event, error) bool) {}, export.EventOptions{})
	return api.Exported{Events: n}, err
}

// Tally returns one without rows.
func (empty) Tally(_ context.Context, q cx.Query) (cx.Tally, error) {
	return cx.NewCounter(cx.Catalogue{}, q).Tally(), nil
}

// Catalogue returns the tags of the configuration.
func (e empty) Catalogue(context.Context) (cx.Catalogue, error) { return e.catalogue, nil }

// Contacts returns none.
func (empty) Contacts(context.Context) ([]cx.Contacts, error) { return nil, nil }

// Actions returns none.
func (empty) Actions(context.Context) ([]cx.Action, error) { return nil, nil }

// Refused returns 0.
func (empty) Refused(context.Context, time.Time, time.Time) (int, error) { return 0, nil }

// Frozen returns none.
func (empty) Frozen(context.Context, cx.Week) ([]cx.Frozen, error) { return nil, nil }
