package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"iter"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// dayPart is a part of what is kept of a UTC day, the first byte of its key in
// daysTable; the day follows. The first three are its summary: all that counts in
// a tally, added up. They are there together or not at all, and always right:
// whatever changes an event of the day deletes them in the same transaction.
type dayPart byte

// Each is the stride of its lists as a varint, and then cells, see appendCells.
const (
	dayTotals   dayPart = 1 + iota // by series
	dayQuarters                    // by quarter hour and series
	dayPlaces                      // by place, quarter hour and series
	// daySealed is as dayPlaces, and the record of an origin's events that were
	// purged; the origin follows the day in the key. The summary of the day has
	// them too.
	daySealed
)

// summaryParts are the parts of a summary.
var summaryParts = [...]dayPart{dayTotals, dayQuarters, dayPlaces}

const dayKeyBytes = 1 + 4

func (p dayPart) key(day uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{byte(p)}, day)
}

func sealKey(day uint32, o cx.Origin) []byte { return append(daySealed.key(day), o[:]...) }

// parseDayKey reads a key of daysTable.
func parseDayKey(key []byte) (dayPart, uint32, error) {
	want := dayKeyBytes
	if len(key) > 0 && dayPart(key[0]) == daySealed {
		want += len(cx.Origin{})
	}
	if len(key) != want || key[0] < byte(dayTotals) || key[0] > byte(daySealed) {
		return 0, 0, daysTable.damaged(key, errors.New("its key is no part of a day"))
	}
	return dayPart(key[0]), binary.BigEndian.Uint32(key[1:]), nil
}

// pairs yields the days that have the part, from one up to, and without, another.
func (p dayPart) pairs(tx *bolt.Tx, from, to uint32) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		end := p.key(to)
		for key, value := range daysTable.pairs(tx, p.key(from)) {
			if bytes.Compare(key, end) >= 0 || !yield(key, value) {
				return
			}
		}
	}
}

// each calls fn with the days that have the part, from one up to, and without,
// another; fn reads nothing of the bucket. It is as wary as pager.page, and faster
// than pairs where there are many.
func (p dayPart) each(tx *bolt.Tx, from, to uint32, fn func(day uint32, key, value []byte) error) error {
	tree, err := daysTable.treeOf(tx)
	if tree == nil || err != nil {
		return err
	}
	end := p.key(to)
	if _, _, err := tree.find(daysTable, p.key(from)); err != nil {
		return err
	}
	for ok := tree.leaf().i < tree.leaf().count; ok && err == nil; ok, err = tree.next() {
		key, value := tree.pair()
		if bytes.Compare(key, end) >= 0 {
			_, err := daysTable.unseal(key, value) // so that none before it is left out
			return err
		}
		_, day, err := parseDayKey(key)
		if err == nil {
			err = fn(day, key, value)
		}
		if err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return tree.edge(daysTable, right)
}

// touchDay is told of each change to the events and the tombstones of a day: the
// summary of the day is gone with the transaction, and is made anew later. What
// is sealed stands.
func (w *writer) touchDay(day uint32) error {
	// Nearly all presses are of today, which has no summary.
	if has, err := daysTable.has(w.tx, dayTotals.key(day)); err != nil || !has {
		return err
	}
	for _, p := range summaryParts {
		if err := daysTable.delete(w.tx, p.key(day)); err != nil {
			return err
		}
	}
	return nil
}

// sealDay adds the events of a day up to, and without, an id to its sealed records,
// and its tombstones where they are to go. The caller then deletes them, in the same
// transaction: else they count twice. The day may have other events, and be sealed
// again.
func (w *writer) sealDay(day uint32, to cx.ID, tombstones bool) error {
	r, err := newDayReader(w.tx, w.words)
	if err != nil {
		return err
	}
	byOrigin, err := r.byOrigin(day, to, tombstones)
	if err != nil {
		return err
	}
	for origin, cells := range byOrigin {
		if err := r.sealed(day, &origin, func(c cell) { cells = append(cells, c) }); err != nil {
			return err
		}
		b := binary.AppendUvarint(nil, uint64(r.stride))
		if err := daysTable.put(w.tx, sealKey(day, origin), appendPlaces(b, r.stride, addUp(cells))); err != nil {
			return err
		}
	}
	return nil
}

// putDay writes the summary of a day.
func (w *writer) putDay(day, stride uint32, cells []cell) error {
	for i, list := range summarise(stride, cells) {
		record := append(binary.AppendUvarint(nil, uint64(stride)), list...)
		if err := daysTable.put(w.tx, summaryParts[i].key(day), record); err != nil {
			return err
		}
	}
	return nil
}

// summarise returns the lists of the parts of a summary.
func summarise(stride uint32, cells []cell) (lists [len(summaryParts)][]byte) {
	quarters := without(cells, func(c *cell) { c.place = 0 })
	totals := without(quarters, func(c *cell) { c.quarter = 0 })
	return [...][]byte{
		appendCells(nil, stride, totals),
		appendCells(nil, stride, quarters),
		appendPlaces(nil, stride, cells),
	}
}

// readDayPart returns the list under a key of daysTable, and its stride.
func readDayPart(tx *bolt.Tx, key []byte) (stride uint32, list []byte, err error) {
	b, err := daysTable.get(tx, key)
	if err != nil {
		return 0, nil, err
	}
	if b == nil {
		return 0, nil, daysTable.damaged(key, errors.New("it is missing"))
	}
	return parseDay(key, b)
}

// openDay is readDayPart for a pair that was read already.
func openDay(key, value []byte) (stride uint32, list []byte, err error) {
	b, err := daysTable.unseal(key, value)
	if err != nil {
		return 0, nil, err
	}
	return parseDay(key, b)
}

func parseDay(key, b []byte) (stride uint32, list []byte, err error) {
	v, n := uvarint(b)
	if n <= 0 || v == 0 || v > 1<<32-1 {
		return 0, nil, daysTable.damaged(key, errCells)
	}
	return uint32(v), b[n:], nil
}

// confirm holds the summary of a day against what it should be.
func (r *dayReader) confirm(day uint32, cells []cell) error {
	for i, part := range summaryParts {
		key := part.key(day)
		stride, list, err := readDayPart(r.tx, key)
		if err != nil {
			return err
		}
		if want := summarise(stride, cells)[i]; !bytes.Equal(want, list) {
			return daysTable.damaged(key, errors.New("it is not the sum of the day's events"))
		}
	}
	return nil
}
