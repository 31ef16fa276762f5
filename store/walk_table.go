package store

import (
	"bytes"
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"
)

// treeOf returns what reads the pages of a bucket; nil for a file that no store has
// open, and where the file's format does not have the bucket.
func (t table) treeOf(tx *bolt.Tx) (*bucketTree, error) {
	r, err := pagesOf(tx)
	if r == nil || err != nil {
		return nil, err
	}
	return r.tree(t)
}

// verify checks what bbolt reads to find a key, or that there is none.
func (t table) verify(tx *bolt.Tx, key []byte) error {
	tree, err := t.treeOf(tx)
	if tree == nil || err != nil {
		return err
	}
	_, _, err = tree.find(t, key)
	return err
}

// get returns the record under key, nil where there is none.
func (t table) get(tx *bolt.Tx, key []byte) ([]byte, error) {
	if err := t.verify(tx, key); err != nil {
		return nil, err
	}
	b := t.in(tx)
	if b == nil {
		return nil, nil
	}
	value := b.Get(key)
	if value == nil {
		return nil, nil
	}
	return t.unseal(key, value)
}

// has reports whether there is a record under key. That a key is missing is looked up
// once: until a transaction changes the bucket it stays so.
func (t table) has(tx *bolt.Tx, key []byte) (bool, error) {
	tree, err := t.treeOf(tx)
	if err != nil {
		return false, err
	}
	var found bool
	if tree != nil {
		if tree.missing != nil && bytes.Equal(tree.missing, key) {
			return false, nil
		}
		if _, found, err = tree.find(t, key); err != nil {
			return false, err
		}
	}
	b := t.in(tx)
	has := b != nil && b.Get(key) != nil
	if tree != nil && !found && !has { // neither before the transaction nor in it
		tree.missing = append(tree.missing[:0], key...)
	}
	return has, nil
}

// put stores a record.
func (t table) put(tx *bolt.Tx, key, record []byte) error {
	change, err := t.changes(tx, key, false)
	if err != nil {
		return err
	}
	b := t.in(tx)
	b.FillPercent = fillPercent // is not kept in the file
	isNew := change != nil && b.Get(key) == nil
	if err := b.Put(key, t.seal(key, record)); err != nil {
		return fmt.Errorf("writing to bucket %s: %w", t.name, err)
	}
	if !isNew {
		return nil
	}
	if change.count == 0 || bytes.Compare(key, change.first) < 0 {
		change.first = append(change.first[:0], key...)
	}
	if change.count == 0 || bytes.Compare(key, change.last) > 0 {
		change.last = append(change.last[:0], key...)
	}
	change.count++
	return change.seal(b)
}

// delete deletes a record, if there is one.
func (t table) delete(tx *bolt.Tx, key []byte) error {
	b := t.in(tx)
	if b == nil {
		return nil
	}
	change, err := t.changes(tx, key, true)
	if err != nil || b.Get(key) == nil {
		return err
	}
	key = bytes.Clone(key) // it may lie on the page that changes
	if err := b.Delete(key); err != nil {
		return fmt.Errorf("deleting from bucket %s: %w", t.name, err)
	}
	if change == nil {
		return nil
	}
	change.count--
	if change.count == 0 {
		// Not looked for in the bucket, see lastKey.
		change.first, change.last = change.first[:0], change.last[:0]
		return change.seal(b)
	}
	if bytes.Equal(key, change.first) {
		// Not from the bucket's start: it may have many pages that were emptied.
		k, _ := b.Cursor().Seek(key)
		change.first = append(change.first[:0], k...)
	}
	if bytes.Equal(key, change.last) {
		k, _ := b.Cursor().Last()
		change.last = append(change.last[:0], k...)
	}
	return change.seal(b)
}

func (c *changing) seal(b *bolt.Bucket) error {
	return b.SetSequence(c.sequence())
}

// sequence is what is kept of it beside the bucket's root.
func (c *changing) sequence() uint64 { return sealBucket(c.count, c.first, c.last) }

// changes verifies the pages that a change of a record rewrites, and those beside
// them where it is deleted: bbolt would write on what it takes a damaged page for,
// and what it did not see would be gone. It returns what is known of the bucket,
// nil where it is not sealed.
func (t table) changes(tx *bolt.Tx, key []byte, deleted bool) (*changing, error) {
	tree, err := t.treeOf(tx)
	if err != nil {
		return nil, err
	}
	if tree == nil {
		return t.changesUnseen(tx), nil
	}
	tree.missing = nil
	if tree.change == nil && t.kind() != ringBucket {
		// Or the seal would be made anew over a bucket that is not whole.
		if err := tree.edges(t); err != nil {
			return nil, err
		}
	}
	if _, err := tree.seek(key); err != nil {
		return nil, err
	}
	if deleted {
		if err := tree.neighbours(); err != nil {
			return nil, err
		}
	}
	if tree.change == nil && t.kind() == sealedBucket {
		tree.change = t.changesUnseen(tx)
	}
	return tree.change, nil
}

// changesUnseen returns what the bucket itself says.
func (t table) changesUnseen(tx *bolt.Tx) *changing {
	b := t.in(tx)
	if t.kind() != sealedBucket {
		return nil
	}
	first, _ := b.Cursor().First()
	if first == nil {
		return &changing{}
	}
	if b.Sequence() == 0 {
		return nil // a file of a format that did not seal it
	}
	last, _ := b.Cursor().Last()
	return &changing{sealedCount(b.Sequence()), bytes.Clone(first), bytes.Clone(last)}
}

// pairs yields the pairs of the bucket from a key on, none where the file's format
// does not have it. They live until the next one is asked for. Damage ends the
// transaction, see guard.
func (t table) pairs(tx *bolt.Tx, from []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		tree, err := t.treeOf(tx)
		if err != nil {
			panic(damage{err})
		}
		if tree == nil || tx.Writable() {
			t.pairsOfWriter(tx, from, yield)
			return
		}
		at := bytes.Clone(from)
		for {
			// Looked up each time: fn may have read others of the bucket.
			_, found, err := tree.find(t, at)
			if err != nil {
				panic(damage{err})
			}
			if !found && tree.leaf().i == tree.leaf().count {
				return
			}
			key, value := tree.pair()
			if _, err := t.unseal(key, value); err != nil {
				panic(damage{err})
			}
			at = append(append(at[:0], key...), 0) // the next key that there can be
			if !yield(bytes.Clone(key), bytes.Clone(value)) {
				return
			}
		}
	}
}

// pairsOfWriter is for a transaction that may have changed the bucket, and for a
// file that no store has open.
func (t table) pairsOfWriter(tx *bolt.Tx, from []byte, yield func(key, value []byte) bool) {
	b := t.in(tx)
	if b == nil {
		return
	}
	verify := func(key []byte) {
		if err := t.verify(tx, key); err != nil {
			panic(damage{err})
		}
	}
	c := b.Cursor()
	verify(from)
	key, value := c.Seek(from)
	for key != nil && yield(key, value) {
		verify(append(bytes.Clone(key), 0))
		key, value = c.Next()
	}
}

// firstKey returns the first key, nil where there is none. A record that a
// transaction is to delete is verified when it does.
func (t table) firstKey(tx *bolt.Tx) []byte {
	key, _ := t.in(tx).Cursor().First()
	return bytes.Clone(key)
}

// lastKey returns the last key of a sealed bucket, nil where there is none. bbolt
// 1.5.0's Cursor.Last does not end where every page of a bucket was emptied in the
// transaction.
func (t table) lastKey(tx *bolt.Tx) []byte {
	b := t.in(tx)
	if b.Sequence() == 0 {
		return nil
	}
	key, _ := b.Cursor().Last()
	return bytes.Clone(key)
}

// ends verifies that the bucket has the first and the last record that it had.
func (t table) ends(tx *bolt.Tx) error {
	tree, err := t.treeOf(tx)
	if tree == nil || err != nil {
		return err
	}
	return tree.edges(t)
}

// bounds returns the instants of the first and the last event, zero for none.
func bounds(tx *bolt.Tx) (first, last time.Time, err error) {
	tree, err := eventsTable.treeOf(tx)
	if tree == nil || err != nil {
		return first, last, err
	}
	if err := tree.edges(eventsTable); err != nil {
		return first, last, err
	}
	for i, to := range []*time.Time{&first, &last} {
		ok, err := [2]func() (bool, error){tree.first, tree.last}[i]()
		if err != nil || !ok {
			return first, last, err
		}
		key, value := tree.pair()
		_, id, err := openRecord(eventsTable, key, value)
		if err != nil {
			return first, last, err
		}
		*to = id.At()
	}
	return first, last, nil
}
