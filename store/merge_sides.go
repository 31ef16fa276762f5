package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"

	"magicbutton/internal/cx"
)

// mergeSides is what the files have beside events.
type mergeSides struct {
	tombstones map[string]mergedTombstone // by key
	gone       map[cx.Origin][]purgedIn
	refusals   map[string]uint64
	imports    map[string]ImportState
	snapshots  map[cx.Origin]tagSnapshot // by the lineage of the file
	seals      map[sealOf]sealedPart
	records    mergedRecords
}

// mergedTombstone is a tombstone with the numbers of the file that it is from.
type mergedTombstone struct {
	tombstone
	source *mergeSource
}

// readSides reads of all files what they have beside events.
func (m *merger) readSides(ctx context.Context) error {
	m.sides = &mergeSides{
		tombstones: make(map[string]mergedTombstone), gone: make(map[cx.Origin][]purgedIn),
		refusals: make(map[string]uint64), imports: make(map[string]ImportState),
		snapshots: make(map[cx.Origin]tagSnapshot), seals: make(map[sealOf]sealedPart),
		records: newMergedRecords(),
	}
	for _, s := range m.sources {
		if s.st == nil {
			continue
		}
		err := s.st.view(ctx, func(tx *bolt.Tx, words words) error {
			s.words = words
			return m.readSide(tx, s)
		})
		if err != nil {
			return &sourceError{s, err}
		}
	}
	return nil
}

func (m *merger) readSide(tx *bolt.Tx, s *mergeSource) error {
	all, err := readOrigins(tx)
	if err != nil {
		return err
	}
	for _, o := range all {
		m.total += int(o.LastSeq)
		if o.LastSeq == 0 && o.Origin != s.file.Origin {
			continue
		}
		known := m.origin(o.Origin)
		known.LastSeq = max(known.LastSeq, o.LastSeq)
		if known.created.IsZero() || o.CreatedAt.Before(known.created) {
			known.created = o.CreatedAt
		}
	}
	for _, read := range []func(*bolt.Tx, *mergeSource) error{
		m.readTombstones, m.readPurgedIn, m.readRefusals, m.readImports, m.readSnapshots, m.readRecords,
	} {
		if err := read(tx, s); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) readTombstones(tx *bolt.Tx, s *mergeSource) error {
	for key, value := range tombstonesTable.pairs(tx, nil) {
		t, err := parseTombstone(key, value)
		if err != nil {
			return err
		}
		if _, err := t.event(s.words, key); err != nil {
			return err
		}
		other, ok := m.sides.tombstones[string(key)]
		if ok && t.quarter == other.quarter && t.sealed != other.sealed {
			// That it is sealed stands, as where the two come with a purge.
			t, other.tombstone = t.asSealed(), other.asSealed()
			m.sides.tombstones[string(key)] = other
		}
		if !ok || t.compare(s.words, other.tombstone, other.source.words) > 0 {
			m.sides.tombstones[string(key)] = mergedTombstone{t, s}
		}
	}
	return nil
}

// compare orders what two files left of one erased event: the higher one is kept.
func (t tombstone) compare(words words, other tombstone, others words) int {
	if t.rev != other.rev {
		return int(int64(t.rev) - int64(other.rev))
	}
	var key [tombstoneKeyBytes]byte
	a, _ := t.event(words, key[:]) // both were looked at
	b, _ := other.event(others, key[:])
	return strings.Compare(tombstoneText(a), tombstoneText(b))
}

func tombstoneText(e cx.Event) string {
	var b strings.Builder
	b.Write(e.ID[:])
	for _, f := range eventFields {
		b.WriteString(f.text(e) + "\x00")
	}
	return b.String()
}

// erased reports whether a file says that the event was erased. Of two machines
// with one origin, the quarter hour tells which one's event.
func (s *mergeSides) erased(id cx.ID) bool {
	if len(s.tombstones) == 0 {
		return false
	}
	t, ok := s.tombstones[string(tombstoneKey(id))]
	return ok && t.quarter == quarterOf(id.At())
}

// purged reports whether a file says that the event was purged.
func (s *mergeSides) purged(id cx.ID) bool {
	for _, p := range s.gone[id.Origin()] {
		if p.has(id) {
			return true
		}
	}
	return false
}

func (m *merger) readRefusals(tx *bolt.Tx, _ *mergeSource) error {
	for key, value := range refusalsTable.pairs(tx, nil) {
		if _, err := parseRefusal(key, value); err != nil {
			return err
		}
		b, err := refusalsTable.unseal(key, value)
		if err != nil {
			return err
		}
		n, err := parseCount(key, b)
		if err != nil {
			return err
		}
		m.sides.refusals[string(key)] = max(m.sides.refusals[string(key)], n) // a counter only goes up
	}
	return nil
}

// readImports reads which files were imported to their end, so that they are not
// imported again. One that was not is known to the file that will go on with it.
func (m *merger) readImports(tx *bolt.Tx, s *mergeSource) error {
	for key := range importsTable.pairs(tx, nil) {
		if len(key) != 32 {
			continue
		}
		state, err := readImport(tx, [32]byte(key))
		if err != nil {
			return err
		}
		known, ok := m.sides.imports[string(key)]
		if (state.Done || s == m.before) && (!ok || state.Rows > known.Rows || state.Done && !known.Done) {
			m.sides.imports[string(key)] = state
		}
	}
	return nil
}

// putSides stores what the files have beside events.
func (m *merger) putSides(ctx context.Context, w *writer) (bool, error) {
	for _, put := range []func(*writer) error{
		m.putTombstones, m.putPurged, m.putCounters, func(w *writer) error { return m.putOrigins(ctx, w) }, m.putCatalogue, m.putSeals, m.putRecords,
	} {
		if err := put(w); err != nil {
			return false, err
		}
	}
	m.tellOrigins(w.words)
	return true, putMerged(w.tx, w.now.UnixMilli())
}

func (m *merger) putTombstones(w *writer) (err error) {
	for _, key := range slices.Sorted(maps.Keys(m.sides.tombstones)) {
		t := m.sides.tombstones[key]
		id := t.id([]byte(key))
		m.origin(id.Origin()).seen.add(id.Seq())
		if t.sealed || m.sides.purged(id) { // the sealed day counts it
			if err := t.asSealed().put(w.tx, []byte(key)); err != nil {
				return err
			}
			continue
		}
		from, words := &t.source.numbers, t.source.words
		e, err := t.event(words, []byte(key))
		if err != nil {
			return err
		}
		if t.series, err = renumbered(&from.series, t.series, words.series, w.seriesNumber); err != nil {
			return err
		}
		if t.desk, err = from.text(w, words, t.desk); err != nil {
			return err
		}
		if t.site, err = from.text(w, words, t.site); err != nil {
			return err
		}
		// A tally finds its place among the senders.
		i := slices.IndexFunc(words.senders, func(s sender) bool { return s.desk == e.Desk && s.site == e.Site })
		place, err := renumbered(&from.senders, uint64(i+1), words.senders, w.senderNumber)
		if err != nil {
			return tombstonesTable.damaged([]byte(key), err)
		}
		desk := m.origin(id.Origin()).desks.at(place)
		desk.saw(t.at())
		if t.counts {
			m.tally(desk, t.at())
		}
		if err := t.put(w.tx, []byte(key)); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) putPurged(w *writer) error {
	for _, o := range slices.SortedFunc(maps.Keys(m.sides.gone), func(a, b cx.Origin) int { return bytes.Compare(a[:], b[:]) }) {
		var all seqRanges
		for _, p := range m.sides.gone[o] {
			all = all.union(p.seqs)
		}
		if err := all.put(w.tx, o); err != nil {
			return err
		}
		known := m.origin(o)
		for _, run := range all {
			known.LastSeq = max(known.LastSeq, run.last)
			for n := run.first; n <= run.last; n++ {
				known.seen.add(n)
			}
		}
	}
	return nil
}

// union returns the numbers that are in either.
func (r seqRanges) union(other seqRanges) seqRanges {
	all := slices.Concat(r, other)
	slices.SortFunc(all, func(a, b seqRange) int {
		if a.first < b.first {
			return -1
		}
		return 1
	})
	var out seqRanges
	for _, run := range all {
		if n := len(out); n > 0 && run.first <= out[n-1].last+1 {
			out[n-1].last = max(out[n-1].last, run.last)
			continue
		}
		out = append(out, run)
	}
	return out
}

// putOrigins stores the origins. The new file signs with the origin of the one
// that it replaces.
func (m *merger) putOrigins(ctx context.Context, w *writer) error {
	if m.before != nil {
		var file fileRecord
		var own originRecord
		err := m.before.st.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
			if file, err = readFile(tx); err == nil {
				own, _, err = readOrigin(tx, file.origin)
			}
			return err
		})
		if err != nil {
			return &sourceError{m.before, err}
		}
		if err := originsTable.delete(w.tx, w.origin[:]); err != nil {
			return err
		}
		if err := errors.Join(file.put(w.tx), own.put(w.tx, file.origin)); err != nil {
			return err
		}
	}
	for _, o := range slices.SortedFunc(maps.Keys(m.origins), func(a, b cx.Origin) int { return bytes.Compare(a[:], b[:]) }) {
		known := m.origins[o]
		r, ok, err := readOrigin(w.tx, o)
		if err != nil {
			return err
		}
		if !ok {
			r.created = known.created
			if r.created.IsZero() {
				r.created = w.now
			}
		}
		r.lastSeq = known.LastSeq
		if err := r.put(w.tx, o); err != nil {
			return err
		}
	}
	return nil
}

// putCounters stores the refusals, and which files were imported.
func (m *merger) putCounters(w *writer) error {
	for _, key := range slices.Sorted(maps.Keys(m.sides.refusals)) {
		if err := refusalsTable.put(w.tx, []byte(key), protowire.AppendVarint(nil, m.sides.refusals[key])); err != nil {
			return err
		}
		m.origin(cx.Origin([]byte(key)[4:9])) // check wants it to be known
	}
	for _, key := range slices.Sorted(maps.Keys(m.sides.imports)) {
		if err := m.sides.imports[key].put(w, [32]byte([]byte(key))); err != nil {
			return err
		}
	}
	return nil
}
