package store

import (
	"bytes"
	"fmt"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"
)

// A pointer from a bucket to its tree that leads to a page below its root would
// show a part of the bucket for the whole. So what a bucket has at both ends, and
// how much in all, stands beside the pointer: in the bucket's sequence, a number
// that bbolt keeps for its user. From the high bits on:
//
//	32 bits  number of the records
//	16 bits  sum of the first key
//	16 bits  sum of the last key
//
// 0 is an empty bucket. It is kept by put and delete, since format 2. The buckets
// whose records are numbered have their last number in the sequence, which serves
// as well.
func sealBucket(count uint64, first, last []byte) uint64 {
	if count == 0 {
		return 0
	}
	return count<<32 | uint64(edgeSum(first))<<16 | uint64(edgeSum(last))
}

func edgeSum(key []byte) uint16 {
	sum := crc32.Checksum(key, castagnoli)
	return uint16(sum>>16) ^ uint16(sum)
}

// sealedCount returns how many records a bucket has, by its sequence.
func sealedCount(sequence uint64) uint64 { return sequence >> 32 }

// bucketKind says what a bucket's sequence is.
type bucketKind int

const (
	sealedBucket   bucketKind = iota // see sealBucket
	numberedBucket                   // the last of its numbers, of which none is left out
	ringBucket                       // the last number that was given out
)

func (t table) kind() bucketKind {
	switch t.sum {
	case dictionaryTable.sum, seriesTable.sum, sendersTable.sum, catalogueTable.sum:
		return numberedBucket
	case recentTable.sum:
		return ringBucket
	}
	return sealedBucket
}

// sealedFormat is the first in which buckets are sealed.
const sealedFormat = 2

// The edges of a tree.
const (
	left  = 0
	right = 1
)

// edge checks the end of a bucket. The path stands there.
func (t *bucketTree) edge(of table, side int) error {
	kind := of.kind()
	if t.checked[side] || t.r.format < sealedFormat || kind == ringBucket {
		return nil
	}
	leaf := t.leaf()
	if (leaf.count == 0) != (t.sealed == 0) {
		return t.named(damagedPage(leaf.id, "%d entries, but the bucket says %d", leaf.count, sealedCount(t.sealed)))
	}
	ok := leaf.count == 0
	if !ok {
		key := leaf.key([2]int{0, leaf.count - 1}[side])
		switch {
		case kind == numberedBucket:
			ok = bytes.Equal(key, number32([2]uint64{1, t.sealed}[side]))
		case side == left:
			ok = edgeSum(key) == uint16(t.sealed>>16)
		default:
			ok = edgeSum(key) == uint16(t.sealed)
		}
	}
	if !ok {
		return t.named(damagedPage(leaf.id, "it is not the %s one", [2]string{"first", "last"}[side]))
	}
	t.checked[side] = true
	return nil
}

// edges goes to both ends of a bucket and checks them.
func (t *bucketTree) edges(of table) error {
	if t.checked[left] && t.checked[right] {
		return nil
	}
	if _, err := t.first(); err != nil {
		return err
	}
	if err := t.edge(of, left); err != nil {
		return err
	}
	if _, err := t.last(); err != nil {
		return err
	}
	if err := t.edge(of, right); err != nil {
		return err
	}
	t.checked = [2]bool{true, true} // of a ring, too, of whose ends nothing is known
	return nil
}

// changing is what a transaction knows of a bucket that it changes.
type changing struct {
	count       uint64
	first, last []byte
}

// sealBuckets seals the buckets of a file of a format that did not. It reads all.
func sealBuckets(tx *bolt.Tx) error {
	for _, t := range tablesOf(len(formatTables)) {
		b := t.in(tx)
		if t.kind() != sealedBucket || b == nil {
			continue
		}
		var now changing
		c := b.Cursor()
		for key, _ := c.First(); key != nil; key, _ = c.Next() {
			if now.count++; now.first == nil {
				now.first = bytes.Clone(key)
			}
			now.last = append(now.last[:0], key...)
		}
		if err := b.SetSequence(sealBucket(now.count, now.first, now.last)); err != nil {
			return fmt.Errorf("sealing bucket %s: %w", t.name, err)
		}
	}
	return nil
}
