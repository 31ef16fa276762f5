package store

import (
	"encoding/binary"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// lostWords are the numbers of texts, series and senders that are not in the file
// any more. Something stands for each, so that the events that name them count.
type lostWords struct {
	texts            map[uint64]bool
	suspect, import_ uint64 // the numbers of these texts
}

// putWords writes the texts, series and senders under the numbers that they have.
func (v *salvager) putWords() error {
	most, err := v.numbers()
	if err != nil {
		return err
	}
	texts, lost := v.numbered(dictionaryTable, most[dictionaryTable.sum], func(n uint64) []byte { return fmt.Appendf(nil, "lost-text-%d", n) })
	v.lost.texts = lost
	number := func(text string) uint64 {
		for i, t := range texts {
			if string(t) == text {
				return uint64(i + 1)
			}
		}
		texts = append(texts, []byte(text))
		return uint64(len(texts))
	}
	v.lost.suspect, v.lost.import_ = number(string(cx.ClockSuspect)), number(string(cx.SourceImport))
	series, _ := v.numbered(seriesTable, most[seriesTable.sum], func(n uint64) []byte {
		return appendUint(nil, 1, number(fmt.Sprintf("lost-series-%d", n)))
	})
	for i, record := range series {
		f, err := parseFields(record)
		if err != nil || lost[f.numbers[2]] || lost[f.numbers[3]] { // its stage or channel
			series[i] = appendUint(nil, 1, number(fmt.Sprintf("lost-series-%d", i+1)))
		}
	}
	senders, _ := v.numbered(sendersTable, most[sendersTable.sum], func(n uint64) []byte {
		return appendUint(appendUint(nil, 1, v.lost.import_), 2, number(fmt.Sprintf("lost-sender-%d", n)))
	})
	for i, record := range senders {
		f, err := parseFields(record)
		if err != nil || lost[f.numbers[1]] { // its source
			b := appendUint(nil, 1, v.lost.import_)
			for n := protowire.Number(2); n <= 5; n++ {
				b = appendUint(b, n, f.numbers[n])
			}
			senders[i] = b
		}
	}
	defer func() { v.store.index = nil }() // which knows nothing of what is written here
	return v.store.update(func(w *writer) error {
		for _, all := range []struct {
			table   table
			records [][]byte
		}{{dictionaryTable, texts}, {seriesTable, series}, {sendersTable, senders}} {
			for i, record := range all.records {
				if err := all.table.put(w.tx, number32(uint64(i+1)), record); err != nil {
					return err
				}
			}
			if err := all.table.in(w.tx).SetSequence(uint64(len(all.records))); err != nil {
				return fmt.Errorf("numbering bucket %s: %w", all.table.name, err)
			}
		}
		return nil
	})
}

// numbered returns the records of an append-only bucket, with something in the
// place of each that is lost, and the numbers of those.
func (v *salvager) numbered(t table, most uint64, lost func(n uint64) []byte) ([][]byte, map[uint64]bool) {
	records, gone := make([][]byte, most), make(map[uint64]bool)
	for n := uint64(1); n <= most; n++ {
		if p, ok := v.small[t.sum][string(number32(n))]; ok {
			records[n-1] = p.record
			continue
		}
		gone[n] = true
		records[n-1] = lost(n)
	}
	v.report.Unnamed += len(gone)
	if len(gone) > 0 {
		v.report.Remarks = append(v.report.Remarks, fmt.Sprintf("%d of %d records of bucket %s are lost; what names them now says so", len(gone), most, t.name))
	}
	return records, gone
}

// numbers returns the highest number that was given out in each append-only bucket,
// by what the file says and by what its records name.
func (v *salvager) numbers() (map[uint32]uint64, error) {
	most := make(map[uint32]uint64)
	see := func(t table, n uint64) {
		if n <= 1<<31 { // keys have 32 bits
			most[t.sum] = max(most[t.sum], n)
		}
	}
	for _, t := range []table{dictionaryTable, seriesTable, sendersTable} {
		for _, key := range v.keys(t) {
			if len(key) == 4 {
				see(t, uint64(binary.BigEndian.Uint32([]byte(key))))
			}
		}
		if !v.wreck.cut {
			see(t, v.wreck.words[string(t.name)])
		}
	}
	for _, t := range []table{seriesTable, sendersTable} {
		for _, p := range v.small[t.sum] {
			if f, err := parseFields(p.record); err == nil {
				for _, n := range f.numbers {
					see(dictionaryTable, n)
				}
			}
		}
	}
	v.goneNumbers(see)
	err := v.each(slices.Values(v.large), func(_ largePage, t table, _, record []byte) error {
		if t.sum == notesTable.sum {
			return nil
		}
		if r, err := parseRecord(record); err == nil {
			see(seriesTable, r.series)
			see(sendersTable, r.sender)
			see(dictionaryTable, max(r.tried, r.clock))
		}
		return nil
	})
	return most, err
}

// mend returns a record without the words that are lost, where they are of a list
// that the program knows.
func (l lostWords) mend(r record) record {
	if l.texts[r.tried] {
		r.tried, r.forced = 0, false
	}
	if l.texts[r.clock] {
		r.clock = l.suspect
	}
	return r
}
