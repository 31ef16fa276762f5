package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"magicbutton/internal/cx"
)

// Store is an open database.
type Store struct{}

// Open opens the database at path.
func Open(path string, o Options) (*Store, error) { return nil, errors.ErrUnsupported }

// Close closes the database.
func (s *Store) Close() error { return nil }

// Created reports whether Open made the database.
func (s *Store) Created() bool { return false }

// Path returns the path that the database was opened with.
func (s *Store) Path() string { return "" }

// Origin returns the origin that new events are signed with.
func (s *Store) Origin() cx.Origin { return cx.Origin{} }

// Info describes the database.
func (s *Store) Info(ctx context.Context) (Info, error) { return Info{}, errors.ErrUnsupported }

// Append stores events.
func (s *Store) Append(ctx context.Context, events ...New) ([]Appended, error) {
	return nil, errors.ErrUnsupported
}

// Void takes an event back.
func (s *Store) Void(ctx context.Context, id cx.ID) (cx.Event, error) {
	return cx.Event{}, errors.ErrUnsupported
}

// Amend corrects an event.
func (s *Store) Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	return cx.Event{}, errors.ErrUnsupported
}

// Event returns one event.
func (s *Store) Event(ctx context.Context, id cx.ID) (cx.Event, error) {
	return cx.Event{}, errors.ErrUnsupported
}

// EventBySeq returns an event of this origin.
func (s *Store) EventBySeq(ctx context.Context, seq uint64) (cx.Event, error) {
	return cx.Event{}, errors.ErrUnsupported
}

// History returns every state of an event, oldest first; the last one is the current.
func (s *Store) History(ctx context.Context, id cx.ID) ([]cx.Event, error) {
	return nil, errors.ErrUnsupported
}

// LastLive returns the newest live event.
func (s *Store) LastLive(ctx context.Context, q LiveQuery) (e cx.Event, ok bool, err error) {
	return cx.Event{}, false, errors.ErrUnsupported
}

// Events yields events in the order of their ids.
func (s *Store) Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) { yield(cx.Event{}, errors.ErrUnsupported) }
}

// Tally answers a query.
func (s *Store) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	return cx.Tally{}, errors.ErrUnsupported
}

// SetCatalogue puts the configured catalogue over the file's.
func (s *Store) SetCatalogue(ctx context.Context, configured cx.Catalogue) error {
	return errors.ErrUnsupported
}

// Catalogue returns the file's catalogue.
func (s *Store) Catalogue(ctx context.Context) (cx.Catalogue, error) {
	return cx.Catalogue{}, errors.ErrUnsupported
}

// Refuse counts a refused press.
func (s *Store) Refuse(ctx context.Context, at time.Time, device, key string) error {
	return errors.ErrUnsupported
}

// Refusals returns the refused presses of a period.
func (s *Store) Refusals(ctx context.Context, from, to time.Time) ([]Refusal, error) {
	return nil, errors.ErrUnsupported
}

// Import stores a part of a file.
func (s *Store) Import(ctx context.Context, b ImportBatch) (ImportResult, error) {
	return ImportResult{}, errors.ErrUnsupported
}

// ImportState says how far the import of a file came.
func (s *Store) ImportState(ctx context.Context, file [32]byte) (ImportState, error) {
	return ImportState{}, errors.ErrUnsupported
}

// Check looks at everything in the file.
func (s *Store) Check(ctx context.Context, progress func(done, total int)) (CheckReport, error) {
	return CheckReport{}, errors.ErrUnsupported
}
