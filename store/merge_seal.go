package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// purgedIn is what one file says was purged of an origin.
type purgedIn struct {
	seqs seqRanges
	// last is the last day that has a sealed record of the origin, 0 for none. Two
	// copies of one machine give a number to two events, of which the later one may
	// not be the one that was purged.
	last uint32
}

func (p purgedIn) has(id cx.ID) bool {
	return p.seqs.has(id.Seq()) && (p.last == 0 || utcDay(id.At()) <= p.last)
}

// sealedPart is an origin's record of a sealed day, as a file has it.
type sealedPart struct {
	day    uint32
	cells  []cell // with the numbers of the file
	total  int
	source *mergeSource
}

// sealOf names a day of an origin. Each desk seals its days by itself, so that the
// records of two desks add up, and those of two copies of one desk are one.
type sealOf struct {
	day    uint32
	origin cx.Origin
}

func (m *merger) readPurgedIn(tx *bolt.Tx, s *mergeSource) error {
	last, err := m.readSeals(tx, s)
	if err != nil {
		return err
	}
	for key, value := range purgedTable.pairs(tx, nil) {
		b, err := purgedTable.unseal(key, value)
		if err != nil {
			return err
		}
		seqs, err := parsePurged(key, b)
		if err != nil {
			return err
		}
		o := cx.Origin(key)
		m.sides.gone[o] = append(m.sides.gone[o], purgedIn{seqs, last[o]})
	}
	return nil
}

// readSeals reads the sealed records of a file, and returns the last day of each
// origin. Of two files' records of one day and origin that with more events
// stands: the other file had less of it when it was purged there.
func (m *merger) readSeals(tx *bolt.Tx, s *mergeSource) (last map[cx.Origin]uint32, err error) {
	last = make(map[cx.Origin]uint32)
	for key, value := range daySealed.pairs(tx, 0, 1<<32-1) {
		_, day, err := parseDayKey(key)
		if err != nil {
			return nil, err
		}
		part := sealedPart{day: day, source: s}
		err = eachSealed(s.words, key, value, func(c cell) {
			part.cells = append(part.cells, c)
			part.total += int(c.count)
		})
		if err != nil {
			return nil, err
		}
		of := sealOf{day, cx.Origin(key[dayKeyBytes:])}
		last[of.origin] = max(last[of.origin], day)
		if known, ok := m.sides.seals[of]; !ok || part.compare(known) > 0 {
			m.sides.seals[of] = part
		}
	}
	return last, nil
}

func (p sealedPart) compare(other sealedPart) int {
	if n := cmp.Compare(p.total, other.total); n != 0 {
		return n
	}
	return strings.Compare(p.canonical(), other.canonical())
}

// canonical is what the record counts, as a text that does not depend on the
// numbers of a file.
func (p sealedPart) canonical() string {
	lines := make([]string, len(p.cells))
	for i, c := range p.cells {
		from := p.source.words.senders[c.place-1]
		lines[i] = fmt.Sprintf("%q %q %q %d %d %d", from.desk, from.site, p.source.words.series[c.series-1], c.quarter, c.count, c.heads)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// putSeals stores the sealed records with the numbers of the new file.
func (m *merger) putSeals(w *writer) (err error) {
	seals := slices.SortedFunc(maps.Keys(m.sides.seals), func(a, b sealOf) int {
		return cmp.Or(cmp.Compare(a.day, b.day), strings.Compare(string(a.origin[:]), string(b.origin[:])))
	})
	for _, of := range seals {
		part := m.sides.seals[of]
		from, words := &part.source.numbers, part.source.words
		for i := range part.cells {
			c := &part.cells[i]
			if c.place, err = renumbered32(&from.senders, c.place, words.senders, w.senderNumber); err != nil {
				return err
			}
			if c.series, err = renumbered32(&from.series, c.series, words.series, w.seriesNumber); err != nil {
				return err
			}
		}
	}
	firsts, _ := firstSenders(w.words) // only now, as there are no new ones after this
	stride := uint32(len(w.words.series) + 1)
	for _, of := range seals {
		cells := m.sides.seals[of].cells
		for i := range cells {
			cells[i].place = firsts[cells[i].place]
		}
		b := binary.AppendUvarint(nil, uint64(stride))
		if err := daysTable.put(w.tx, sealKey(of.day, of.origin), appendPlaces(b, stride, addUp(cells))); err != nil {
			return err
		}
	}
	return nil
}

func renumbered32[T any](known *[]uint64, number uint32, words []T, find func(T) (uint64, error)) (uint32, error) {
	n, err := renumbered(known, uint64(number), words, find)
	return uint32(n), err
}
