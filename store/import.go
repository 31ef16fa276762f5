package store

import (
	"context"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// Import stores a batch of rows, all or none, and in the same transaction how
// far the file came: after an interruption the same batches can be given again,
// or those from [Store.ImportState] on. Batches come in order and leave none
// out. A file that was imported to its end is [ErrImported] unless Again, but for
// batches in which every row has an id: they tell by themselves what is new. A
// row that contradicts what is stored is a [ConflictError], one that may not be
// stored at all a [RowError]. A row whose event was erased or purged here is left
// out: it is counted already. The rows are the store's from then on.
func (s *Store) Import(ctx context.Context, b ImportBatch) (result ImportResult, err error) {
	for i := range b.Rows {
		if err := b.Rows[i].imported(); err != nil {
			return ImportResult{}, &RowError{b.First + i, err}
		}
	}
	_, err = s.write(ctx, func(w *writer) error {
		result = ImportResult{}
		state, err := readImport(w.tx, b.File)
		if err != nil {
			return err
		}
		switch {
		case !state.Done:
		case b.Again && b.First == 0:
			state = ImportState{}
		case !slices.ContainsFunc(b.Rows, func(n New) bool { return n.Event.ID.IsZero() }):
			return w.importRows(b.Rows, b.First, &result)
		default:
			return ErrImported
		}
		if b.First > state.Rows {
			return fmt.Errorf("importing from row %d: only %d rows are stored", b.First+1, state.Rows)
		}
		result.Skipped = min(state.Rows-b.First, len(b.Rows))
		if err := w.importRows(b.Rows[result.Skipped:], b.First+result.Skipped, &result); err != nil {
			return err
		}
		state.Rows = max(state.Rows, b.First+len(b.Rows))
		state.Done = b.Done
		return state.put(w, b.File)
	})
	if err != nil {
		return ImportResult{}, err
	}
	return result, nil
}

// imported makes a row what may be stored, or says why it may not, but for its
// words: see [importer.check].
func (n *New) imported() error {
	n.Ref = ""
	e := &n.Event
	if e.Note != "" {
		e.Note = cx.CleanNote(e.Note)
		// Checked before it is scrubbed: the scrubber's work grows with the note.
		if err := cx.CheckNote(e.Note); err != nil {
			return err
		}
		e.Scrub()
	}
	if e.ID.IsZero() {
		if e.Source == "" {
			e.Source = cx.SourceImport
		}
		return cx.CheckAt(n.At)
	}
	if e.Conversation.IsZero() {
		e.Conversation = e.ID
	}
	if !e.RecordedAt.IsZero() {
		e.RecordedAt = millis(e.RecordedAt.UnixMilli())
	}
	if e.ID.Seq() == 0 || e.ID.Origin() == (cx.Origin{}) {
		return fmt.Errorf("event id %s has no origin or no sequence number", e.ID)
	}
	return nil
}

// sawSeq notes the highest sequence number of an origin, so that none is given
// out twice and holes show.
func (w *writer) sawSeq(id cx.ID) error {
	r, ok, err := readOrigin(w.tx, id.Origin())
	if err != nil || ok && id.Seq() <= r.lastSeq {
		return err
	}
	if !ok {
		r.created = w.now
	}
	r.lastSeq = id.Seq()
	w.own = nil // it may be this one
	return r.put(w.tx, id.Origin())
}

// ImportState says how far the import of a file came, by its SHA-256.
func (s *Store) ImportState(ctx context.Context, file [32]byte) (state ImportState, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		state, err = readImport(tx, file)
		return err
	})
	return state, err
}

// An import is stored as 1: rows; 2: done; 3: when it was last changed, Unix ms.
func (i ImportState) put(w *writer, file [32]byte) error {
	b := appendUint(nil, 1, uint64(i.Rows))
	b = appendUint(b, 2, protowire.EncodeBool(i.Done))
	b = appendUint(b, 3, uint64(w.now.UnixMilli()))
	return importsTable.put(w.tx, file[:], b)
}

func readImport(tx *bolt.Tx, file [32]byte) (ImportState, error) {
	b, err := importsTable.get(tx, file[:])
	if b == nil || err != nil {
		return ImportState{}, err
	}
	f, err := importsTable.parse(file[:], b)
	return ImportState{Rows: int(f.numbers[1]), Done: f.numbers[2] == 1}, err
}
