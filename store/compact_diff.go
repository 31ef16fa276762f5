package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// recordKey names a record of a file.
type recordKey struct {
	table uint32 // the sum of the table's name
	key   string
}

// of returns the table that the record is in.
func (k recordKey) of() (table, error) {
	for _, t := range tablesOf(len(formatTables)) {
		if t.sum == k.table {
			return t, nil
		}
	}
	return table{}, errors.New("a record of no table")
}

// changes are how one file differs from another.
type changes struct {
	// records are those that differ, and their values, sealed; nil for one that is
	// gone.
	records map[recordKey][]byte
	// sequences are the numbers of all buckets, by the sum of the table's name.
	sequences map[uint32]uint64
}

// add notes a record. The bytes are copied.
func (c changes) add(t table, key, value []byte) {
	c.records[recordKey{t.sum, string(key)}] = bytes.Clone(value)
}

// keys returns the keys of one table, in order.
func (c changes) keys(t table) []string {
	var keys []string
	for k := range c.records {
		if k.table == t.sum {
			keys = append(keys, k.key)
		}
	}
	slices.Sort(keys)
	return keys
}

// apply makes the changes in the file at path, which nobody has open. Then they
// are durable.
func (c changes) apply(path string) error {
	db, err := bolt.Open(path, fileMode, &bolt.Options{Timeout: defaultWriteTimeout})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for k, value := range c.records {
			t, err := k.of()
			if err != nil {
				return err
			}
			b := t.in(tx)
			b.FillPercent = fillPercent
			if value == nil {
				err = b.Delete([]byte(k.key))
			} else {
				err = b.Put([]byte(k.key), value)
			}
			if err != nil {
				return fmt.Errorf("writing to bucket %s: %w", t.name, err)
			}
		}
		return putSequences(tx, c.sequences)
	})
	return errors.Join(err, db.Close())
}

// sequencesOf returns the numbers of the buckets; see bucketKind.
func sequencesOf(tx *bolt.Tx) map[uint32]uint64 {
	all := make(map[uint32]uint64)
	for _, t := range tablesOf(len(formatTables)) {
		if b := t.in(tx); b != nil {
			all[t.sum] = b.Sequence()
		}
	}
	return all
}

func putSequences(tx *bolt.Tx, all map[uint32]uint64) error {
	for _, t := range tablesOf(len(formatTables)) {
		b := t.in(tx)
		if b == nil || b.Sequence() == all[t.sum] {
			continue
		}
		if err := b.SetSequence(all[t.sum]); err != nil {
			return fmt.Errorf("numbering bucket %s: %w", t.name, err)
		}
	}
	return nil
}

// changed returns how a transaction differs from the beginning.
func (r *rewriting) changed(tx *bolt.Tx) (changes, error) {
	all := changes{make(map[recordKey][]byte), sequencesOf(tx)}
	format, err := readFormat(tx)
	if err != nil {
		return changes{}, err
	}
	if r.edit == nil && tx.ID() == r.first.tx.ID()+1 {
		all.records[owedRecord] = nil // there is no other change
		return all, nil
	}
	for _, t := range tablesOf(format) {
		differences(t, r.first.tx, tx, func(key, value []byte) { all.add(t, key, value) })
	}
	return all, nil
}

// patch returns what is to be changed in the new file, which is as planned, so
// that it is as it must be in the end.
func (r *rewriting) patch(final changes) changes {
	patch := changes{make(map[recordKey][]byte), final.sequences}
	for k, value := range final.records {
		if planned, ok := r.planned.records[k]; !ok || string(planned) != string(value) {
			patch.records[k] = value
		}
	}
	for k := range r.planned.records {
		if _, ok := final.records[k]; ok {
			continue
		}
		for _, t := range tablesOf(len(formatTables)) {
			if t.sum == k.table { // as it was in the beginning
				patch.add(t, []byte(k.key), t.in(r.first.tx).Get([]byte(k.key)))
			}
		}
	}
	return patch
}

// differences calls fn with each record of a table that is another one in the
// second transaction than in the first; value is nil where it is gone. Both are of
// one file: what lies on a page that both have is the same without a look at it.
func differences(t table, first, second *bolt.Tx, fn func(key, value []byte)) {
	a, b := t.in(first).Cursor(), t.in(second).Cursor()
	ka, va := a.First()
	kb, vb := b.First()
	for ka != nil || kb != nil {
		order := 0
		switch {
		case ka == nil:
			order = 1
		case kb == nil:
			order = -1
		case &ka[0] != &kb[0]:
			order = bytes.Compare(ka, kb)
		}
		switch {
		case order < 0:
			fn(ka, nil)
		case order > 0, &va[0] != &vb[0] && !bytes.Equal(va, vb):
			fn(kb, vb)
		}
		if order <= 0 {
			ka, va = a.Next()
		}
		if order >= 0 {
			kb, vb = b.Next()
		}
	}
}
