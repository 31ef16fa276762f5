package agent

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// Import stores one batch of a file.
func (d *Desk) Import(ctx context.Context, b api.ImportBatch) (api.Imported, error) {
	file, err := parseSHA256(b.File)
	if err != nil {
		return api.Imported{}, api.Bad(err)
	}
	if len(b.Rows) > api.MaxBatch {
		return api.Imported{}, api.Bad(fmt.Errorf("importing: a batch of %d rows, at most %d are allowed", len(b.Rows), api.MaxBatch))
	}
	batch := store.ImportBatch{File: file, First: b.First, Done: b.Done, Again: b.Again}
	var errs []error
	for _, r := range b.Rows {
		e, err := r.Event.Event()
		if err == nil && e.ID.IsZero() {
			err = cx.CheckAt(r.At)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", r.Line, err))
			continue
		}
		batch.Rows = append(batch.Rows, store.New{At: r.At, Event: e})
	}
	if err := errors.Join(errs...); err != nil {
		return api.Imported{}, api.Bad(err)
	}
	if err := d.checkOrder(ctx, file, b.First); err != nil {
		return api.Imported{}, err
	}
	res, err := d.store.Import(ctx, batch)
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return api.Imported{}, &api.Error{
			Code:    api.CodeConflict,
			Message: fmt.Sprintf("line %d: %v", b.Rows[conflict.Row-b.First].Line, err),
			Hint:    "what was stored before this line stays; correct the line and import the file again",
		}
	}
	if errors.Is(err, store.ErrImported) {
		return api.Imported{}, &api.Error{Code: api.CodeConflict, Message: err.Error(), Hint: "--again imports it once more, and counts its events once more"}
	}
	return api.Imported{New: res.Added, Changed: res.Replaced, Unchanged: res.Unchanged + res.Skipped}, storageError(err)
}

// checkOrder refuses a batch that leaves out rows before it.
func (d *Desk) checkOrder(ctx context.Context, file [32]byte, first int) error {
	state, err := d.store.ImportState(ctx, file)
	if err != nil {
		return storageError(err)
	}
	if first < 0 || first > state.Rows {
		return &api.Error{
			Code:    api.CodeConflict,
			Message: fmt.Sprintf("importing from row %d: only the %d rows before are stored", first+1, state.Rows),
			Hint:    "import the file from its beginning",
		}
	}
	return nil
}

func parseSHA256(s string) (sum [32]byte, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(sum) {
		return sum, fmt.Errorf("file %q: want its SHA-256 in 64 hex digits", s)
	}
	return [32]byte(b), nil
}
