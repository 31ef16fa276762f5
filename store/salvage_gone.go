package store

import (
	"fmt"
	"slices"

	"magicbutton/internal/cx"
)

// What is left of events that are gone names texts, series and senders too, and
// after a purge nothing else may name them any more.

// goneNumbers calls see with the numbers that only sealed days and tombstones name.
func (v *salvager) goneNumbers(see func(t table, n uint64)) {
	for key, p := range v.small[daysTable.sum] {
		if !isSeal([]byte(key)) {
			continue
		}
		stride, list, err := parseDay([]byte(key), p.record)
		if err != nil {
			continue // putSeal says so
		}
		var place, series uint64
		err = eachPlace(list, stride, func(uint32) bool { return true }, func(c cell) {
			place, series = max(place, uint64(c.place)), max(series, uint64(c.series))
		})
		if err == nil {
			see(sendersTable, place)
			see(seriesTable, series)
		}
	}
	for key, p := range v.small[tombstonesTable.sum] {
		t, err := parseTombstone([]byte(key), tombstonesTable.seal([]byte(key), p.record))
		if err == nil {
			see(seriesTable, t.series)
			see(dictionaryTable, max(t.desk, t.site))
		}
	}
}

// isSeal reports whether a key of daysTable is that of a sealed day.
func isSeal(key []byte) bool {
	part, _, err := parseDayKey(key)
	return err == nil && part == daySealed
}

// putSeal writes a sealed day. One that cannot be read is left out: it must not
// cost everything else.
func (v *salvager) putSeal(w *writer, key []byte, p piece) error {
	if !isSeal(key) {
		return nil
	}
	if err := eachSealed(w.words, key, daysTable.seal(key, p.record), func(cell) {}); err != nil {
		v.report.Remarks = append(v.report.Remarks, fmt.Sprintf("what purged events of a day counted is left out: %v", err))
		return nil
	}
	v.report.Days++
	return daysTable.put(w.tx, key, p.record)
}

// putTombstone writes what is left of an erased event.
func (v *salvager) putTombstone(w *writer, key []byte, p piece) error {
	t, err := parseTombstone(key, tombstonesTable.seal(key, p.record))
	if err != nil {
		return err
	}
	v.report.Erased++
	if id := t.id(key); t.sealed || v.purged[id.Origin()].has(id.Seq()) {
		return t.asSealed().put(w.tx, key)
	}
	e, err := t.event(w.words, key)
	if err != nil {
		return err
	}
	// A tally finds its place among the senders, and the one that had it may be lost.
	if !slices.ContainsFunc(w.words.senders, func(s sender) bool { return s.desk == e.Desk && s.site == e.Site }) {
		if _, err := w.senderNumber(sender{source: cx.SourceImport, desk: e.Desk, site: e.Site}); err != nil {
			return err
		}
	}
	return tombstonesTable.put(w.tx, key, p.record)
}
