package store

import (
	"bytes"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// deleteEvent deletes an event and all that hangs on it: its note, its former
// states and theirs, its place among the recent ones, and the refs that lead to
// it. What is left in its place, a sealed day or a tombstone, is the caller's to
// see to. An event that is not there is [ErrNoEvent].
func (w *writer) deleteEvent(id cx.ID) error {
	switch ok, err := eventsTable.has(w.tx, id[:]); {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("event %s: %w", id, ErrNoEvent)
	}
	if err := eventsTable.delete(w.tx, id[:]); err != nil {
		return err
	}
	for _, t := range []table{notesTable, historyTable} {
		if err := w.deletePrefix(t, id[:]); err != nil {
			return err
		}
	}
	return w.forgetPointers(id)
}

// deletePrefix deletes what has keys that begin so.
func (w *writer) deletePrefix(t table, prefix []byte) error {
	var keys [][]byte
	for key := range t.pairs(w.tx, prefix) {
		if !bytes.HasPrefix(key, prefix) {
			break
		}
		keys = append(keys, bytes.Clone(key))
	}
	for _, key := range keys {
		if err := t.delete(w.tx, key); err != nil {
			return err
		}
	}
	return nil
}

// pointer is a record that leads to an event by its id.
type pointer struct {
	table table
	key   []byte
}

// forgetPointers deletes the records that lead to an event. They are found by
// reading all of them, once in a transaction: there are few.
func (w *writer) forgetPointers(id cx.ID) error {
	if w.pointers == nil {
		w.pointers = make(map[cx.ID][]pointer)
		for _, t := range []table{recentTable, refsTable} {
			for key, value := range t.pairs(w.tx, nil) {
				b, err := t.unseal(key, value)
				if err != nil {
					return err
				}
				if len(b) >= len(id) {
					b = b[:len(id)] // a recent one's place follows
					w.pointers[cx.ID(b)] = append(w.pointers[cx.ID(b)], pointer{t, bytes.Clone(key)})
				}
			}
		}
	}
	for _, p := range w.pointers[id] {
		b, err := p.table.get(w.tx, p.key)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(b, id[:]) { // written over meanwhile, in this transaction
			continue
		}
		if err := p.table.delete(w.tx, p.key); err != nil {
			return err
		}
	}
	return nil
}

// owedRecord is in the file while bytes of what was deleted may still be in it,
// because it was not written anew since.
var owedRecord = recordKey{metaTable.sum, "owed"}

// owe notes that what was deleted is still in the file's free pages.
func (w *writer) owe() error {
	return metaTable.put(w.tx, []byte(owedRecord.key), nil)
}

// owes reports whether the file is to be written anew.
func owes(tx *bolt.Tx) (bool, error) {
	b, err := metaTable.get(tx, []byte(owedRecord.key))
	return b != nil, err
}
