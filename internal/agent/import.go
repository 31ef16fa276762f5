package agent

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"magicbutton/internal/api"
	"magicbutton/internal/export"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// importMemory holds rows of batches that were stored: they are long, and the next
// one is as long.
var importMemory sync.Pool

// Import stores one batch of a file.
func (d *Desk) Import(ctx context.Context, b api.ImportBatch) (api.Imported, error) {
	file, err := parseSHA256(b.File)
	if err != nil {
		return api.Imported{}, api.Bad(err)
	}
	if len(b.Rows) > api.MaxBatch {
		return api.Imported{}, api.Bad(fmt.Errorf("importing: a batch of %d rows, at most %d are allowed", len(b.Rows), api.MaxBatch))
	}
	rows, _ := importMemory.Get().(*[]store.New)
	if rows == nil || cap(*rows) < len(b.Rows) {
		rows = new(make([]store.New, len(b.Rows)))
	}
	defer importMemory.Put(rows)
	batch := store.ImportBatch{File: file, First: b.First, Rows: (*rows)[:len(b.Rows)], Done: b.Done, Again: b.Again}
	for i := range b.Rows {
		batch.Rows[i] = store.New{At: b.Rows[i].At, Event: b.Rows[i].Event}
	}
	if err := d.checkOrder(ctx, file, b.First); err != nil {
		return api.Imported{}, err
	}
	res, err := d.store.Import(ctx, batch)
	if err != nil {
		return api.Imported{}, importError(b, err)
	}
	d.tell(page.Moment{What: page.WhatAnew})
	return api.Imported{New: res.Added, Changed: res.Replaced, Unchanged: res.Unchanged + res.Skipped, Gone: res.Gone}, nil
}

// importError names the line where the store names the row.
func importError(b api.ImportBatch, err error) error {
	var bad *store.RowError
	var conflict *store.ConflictError
	switch {
	case errors.As(err, &bad):
		return api.Bad(fmt.Errorf("line %d: %w", b.Rows[bad.Row-b.First].Line, bad.Err))
	case errors.As(err, &conflict):
		return &api.Error{
			Code:    api.CodeConflict,
			Message: fmt.Sprintf("line %d: %v", b.Rows[conflict.Row-b.First].Line, err),
			Hint:    "what was stored before this line stays; correct the line and import the file again",
		}
	case errors.Is(err, store.ErrImported):
		return &api.Error{Code: api.CodeConflict, Message: err.Error(), Hint: "--again imports it once more, and counts its events once more"}
	}
	return storageError(err)
}

// importCSV takes a batch off the wire.
func (a *Agent) importCSV(w http.ResponseWriter, r *http.Request) {
	b, line, err := api.ParseImport(r.URL.Query())
	if err != nil {
		respond(w, nil, err)
		return
	}
	body, err := bodyOf(w, r)
	if err == nil {
		b.Rows, err = importRows(body, line)
	}
	if err != nil {
		respond(w, nil, api.Bad(err))
		return
	}
	imported, err := a.desk.Import(r.Context(), b)
	respond(w, imported, err)
}

// importRows reads the rows of a batch; the one behind the header is in the given
// line of the file.
func importRows(body []byte, line int) ([]api.ImportRow, error) {
	if len(body) == 0 {
		return nil, nil
	}
	var rows []api.ImportRow
	in := export.NewReader(bytes.NewReader(body))
	for {
		var row export.Row
		err := in.Next(&row)
		var bad *export.LineError
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case errors.As(err, &bad):
			return nil, fmt.Errorf("line %d: %w", bad.Line-2+line, bad.Err) // behind the header is line 2
		case err != nil:
			return nil, err
		}
		rows = append(rows, api.ImportRow{Line: row.Line - 2 + line, At: row.At, Event: row.Event})
	}
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
