package store

import (
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// dayReader adds up what a file has of a day beside its summary.
type dayReader struct {
	tx     *bolt.Tx
	words  words
	stride uint32
	firsts []uint32 // see firstSenders
	erased map[uint32][]erasedCell
}

type erasedCell struct {
	origin cx.Origin
	cell   cell
}

const (
	dayMillis     = int64(24 * time.Hour / time.Millisecond)
	quarterMillis = int64(quarterHour / time.Millisecond)
)

// newDayReader reads the tombstones, of which there are few.
func newDayReader(tx *bolt.Tx, w words) (*dayReader, error) {
	r := &dayReader{tx: tx, words: w, stride: uint32(len(w.series) + 1), erased: make(map[uint32][]erasedCell)}
	var first map[cx.Place]uint32
	r.firsts, first = firstSenders(w)
	for key, value := range tombstonesTable.pairs(tx, nil) {
		t, err := parseTombstone(key, value)
		if err != nil {
			return nil, err
		}
		if t.sealed {
			continue
		}
		e, err := t.event(w, key)
		if err != nil {
			return nil, err
		}
		place, ok := first[cx.Place{Desk: e.Desk, Site: e.Site}]
		if !ok {
			return nil, tombstonesTable.damaged(key, errors.New("no sender has its desk and site"))
		}
		if !t.counts {
			continue
		}
		day := utcDay(t.at())
		c := cell{place: place, series: uint32(t.series), quarter: uint32(t.quarter % quartersPerDay), count: 1, heads: one(t.heads)}
		r.erased[day] = append(r.erased[day], erasedCell{cx.Origin(key[:len(cx.Origin{})]), c})
	}
	return r, nil
}

func one(yes bool) uint32 {
	if yes {
		return 1
	}
	return 0
}

// firstSenders returns for each sender, at its number, and for each place, the
// first sender with that desk and site. Senders are never taken away, so that a
// place keeps its number.
func firstSenders(w words) ([]uint32, map[cx.Place]uint32) {
	firsts, first := make([]uint32, len(w.senders)+1), make(map[cx.Place]uint32)
	for i, s := range w.senders {
		place := cx.Place{Desk: s.desk, Site: s.site}
		if first[place] == 0 {
			first[place] = uint32(i + 1)
		}
		firsts[i+1] = first[place]
	}
	return firsts, first
}

// readDay calls fn with the events of a day.
type readDay func(tx *bolt.Tx, day uint32, fn func(key, value []byte) (bool, error)) error

// readWarily trusts no page. It sees what is on the disk, and so not what a
// transaction has written itself.
func readWarily(tx *bolt.Tx, day uint32, fn func(key, value []byte) (bool, error)) error {
	p := newPager(cx.EventQuery{From: dayStart(day), To: dayStart(day + 1)})
	for !p.done {
		if err := p.page(tx, scanPerPage, fn); err != nil {
			return err
		}
	}
	return nil
}

// readPlainly sees the transaction's own changes.
func readPlainly(tx *bolt.Tx, day uint32, fn func(key, value []byte) (bool, error)) error {
	from, to := cx.FirstID(dayStart(day)), cx.FirstID(dayStart(day+1))
	for key, value := range eventsTable.pairs(tx, from[:]) {
		if !bytesLess(key, to[:]) {
			return nil
		}
		if more, err := fn(key, value); err != nil || !more {
			return err
		}
	}
	return nil
}

// cells adds up all of a day: events, tombstones and sealed records.
func (r *dayReader) cells(day uint32, read readDay) ([]cell, error) {
	var cells []cell
	add := func(c cell) { cells = append(cells, c) }
	err := read(r.tx, day, func(key, value []byte) (bool, error) {
		c, _, counts, err := r.event(key, value)
		if counts {
			add(c)
		}
		return true, err
	})
	if err != nil {
		return nil, err
	}
	for _, e := range r.erased[day] {
		add(e.cell)
	}
	if err := r.sealed(day, nil, add); err != nil {
		return nil, err
	}
	return addUp(cells), nil
}

// byOrigin returns the events of a day up to, and without, an id, and its tombstones
// where they are asked for, as the transaction sees them, of each origin that has any.
func (r *dayReader) byOrigin(day uint32, to cx.ID, tombstones bool) (map[cx.Origin][]cell, error) {
	out := make(map[cx.Origin][]cell)
	err := readPlainly(r.tx, day, func(key, value []byte) (bool, error) {
		if !bytesLess(key, to[:]) {
			return false, nil
		}
		c, id, counts, err := r.event(key, value)
		if counts {
			out[id.Origin()] = append(out[id.Origin()], c)
		}
		return true, err
	})
	if tombstones {
		for _, e := range r.erased[day] {
			out[e.origin] = append(out[e.origin], e.cell)
		}
	}
	return out, err
}

// event returns what an event counts as, if it counts.
func (r *dayReader) event(key, value []byte) (c cell, id cx.ID, counts bool, err error) {
	b, err := openBrief(key, value)
	if err != nil || !b.counts {
		return cell{}, id, false, err
	}
	id = cx.ID(key)
	if b.series == 0 || b.series > uint64(len(r.words.series)) || b.sender == 0 || b.sender > uint64(len(r.words.senders)) {
		return cell{}, id, false, eventsTable.damaged(key, fmt.Errorf("series %d or sender %d: %w", b.series, b.sender, errUnknownNumber))
	}
	return cell{
		place: r.firsts[b.sender], series: uint32(b.series),
		quarter: uint32(idMillis(key) % dayMillis / quarterMillis),
		count:   1, heads: one(b.heads),
	}, id, true, nil
}

// sealed calls fn with the cells of the sealed records of a day, those of one
// origin where one is given.
func (r *dayReader) sealed(day uint32, origin *cx.Origin, fn func(cell)) error {
	for key, value := range daySealed.pairs(r.tx, day, day+1) {
		if _, _, err := parseDayKey(key); err != nil {
			return err
		}
		if origin != nil && cx.Origin(key[dayKeyBytes:]) != *origin {
			continue
		}
		if err := eachSealed(r.words, key, value, fn); err != nil {
			return err
		}
	}
	return nil
}

// eachSealed reads one sealed record.
func eachSealed(w words, key, value []byte, fn func(cell)) error {
	stride, list, err := openDay(key, value)
	if err != nil {
		return err
	}
	known := true
	err = eachPlace(list, stride, func(uint32) bool { return true }, func(c cell) {
		if int(c.series) > len(w.series) || int(c.place) > len(w.senders) {
			known = false
			return
		}
		fn(c)
	})
	if err == nil && !known {
		err = errUnknownNumber
	}
	if err != nil {
		return daysTable.damaged(key, err)
	}
	return nil
}

// recount holds the summary of a day against its events, tombstones and sealed
// records. There must be one.
func (r *dayReader) recount(day uint32) error {
	cells, err := r.cells(day, readWarily)
	if err != nil {
		return err
	}
	return r.confirm(day, cells)
}
