package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// importer stores many rows in one transaction, and does once what is the same for
// most of them.
type importer struct {
	w             *writer
	result        *ImportResult
	events, notes appender
	// last is the greatest id in the file; what is greater is new.
	last cx.ID
	// buried says that events were erased or purged here, so that each new one is
	// looked for among them.
	buried  bool
	origins []seenOrigin // the one used last is the last
	day     uint32       // whose summary is gone, where touched
	touched bool
	record  []byte
}

// seenOrigin is the highest number that the file has of an origin, and what is
// purged of it, where anything is buried.
type seenOrigin struct {
	origin cx.Origin
	seq    uint64
	purged seqRanges
}

// importRows stores rows, of which the first is number first in the file.
func (w *writer) importRows(rows []New, first int, result *ImportResult) error {
	m := &importer{w: w, result: result, events: appender{table: eventsTable}, notes: appender{table: notesTable}}
	last, err := lastID(w.tx)
	if err != nil {
		return err
	}
	m.last = last
	m.buried = tombstonesTable.firstKey(w.tx) != nil || purgedTable.firstKey(w.tx) != nil
	for i := range rows {
		if err := m.row(&rows[i], first+i); err != nil {
			return err
		}
	}
	return m.finish()
}

// lastID returns the greatest id of an event, zero for none.
func lastID(tx *bolt.Tx) (id cx.ID, err error) {
	if err := eventsTable.ends(tx); err != nil {
		return cx.ID{}, err
	}
	key, _ := eventsTable.in(tx).Cursor().Last()
	if key != nil && len(key) != len(id) {
		return cx.ID{}, eventsTable.damaged(key, errors.New("its key is no id"))
	}
	copy(id[:], key)
	return id, nil
}

// row stores one row, which is number n in the file.
func (m *importer) row(n *New, number int) error {
	event := n.Event // a copy: the transaction may be run again
	e := &event
	if err := m.check(e); err != nil {
		return &RowError{number, err}
	}
	if e.ID.IsZero() {
		if err := m.finish(); err != nil { // append reads what was put
			return err
		}
		m.result.Added++
		stored, err := m.w.append(New{At: n.At, Event: *e})
		if err == nil && bytesLess(m.last[:], stored.Event.ID[:]) {
			m.last = stored.Event.ID
		}
		return err
	}
	if bytesLess(m.last[:], e.ID[:]) {
		m.last = e.ID
		return m.add(e)
	}
	if err := m.finish(); err != nil {
		return err
	}
	before, err := readEvent(m.w.tx, m.w.words, e.ID)
	if errors.Is(err, ErrNoEvent) {
		return m.add(e)
	}
	if err != nil {
		return err
	}
	if e.RecordedAt.IsZero() {
		e.RecordedAt = before.RecordedAt
	}
	kept := *e
	if before.Note == "" {
		r, _, err := m.w.stored(e.ID)
		if err != nil {
			return err
		}
		if r.noted { // its note was purged, and stays so
			kept.Note = ""
		}
	}
	switch {
	case kept == before, e.Rev < before.Rev: // as it is, or as it was
		m.result.Unchanged++
		return nil
	case e.Rev > before.Rev:
		m.result.Replaced++
		return m.w.revise(before, *e)
	}
	return &ConflictError{Row: number, ID: e.ID, StoredRev: before.Rev, Rev: e.Rev}
}

// check says whether an event's words may be stored. Those that the file has were
// checked when they came.
func (m *importer) check(e *cx.Event) error {
	_, known := m.w.index.series[series{e.Tag, e.Stage, e.Channel}]
	if known {
		_, known = m.w.index.senders[sender{e.Source, e.Desk, e.Site, e.Device, e.Key}]
	}
	if known && e.Tried == "" && !e.Forced && e.Clock == "" {
		return nil
	}
	return e.Check()
}

// add stores an event that is not in the file, unless it was.
func (m *importer) add(e *cx.Event) error {
	o, err := m.origin(e.ID.Origin())
	if err != nil {
		return err
	}
	if m.buried {
		dead, err := erased(m.w.tx, e.ID)
		if err != nil {
			return err
		}
		if dead || o.purged.has(e.ID.Seq()) {
			m.result.Gone++
			return nil
		}
	}
	o.seq = max(o.seq, e.ID.Seq())
	m.result.Added++
	if e.RecordedAt.IsZero() {
		// Not now: two desks that import one file must agree about its events.
		e.RecordedAt = e.At()
	}
	r, err := m.w.record(*e, nil)
	if err != nil {
		return err
	}
	if day := utcDay(e.At()); !m.touched || day != m.day {
		if err := m.w.touchDay(day); err != nil {
			return err
		}
		m.day, m.touched = day, true
	}
	if e.Note != "" {
		if err := m.notes.put(m.w.tx, e.ID[:], []byte(e.Note)); err != nil {
			return err
		}
	}
	m.record = r.appendTo(m.record[:0])
	return m.events.put(m.w.tx, e.ID[:], m.record)
}

// origin returns what was seen of an origin.
func (m *importer) origin(o cx.Origin) (*seenOrigin, error) {
	n := len(m.origins)
	if n > 0 && m.origins[n-1].origin == o {
		return &m.origins[n-1], nil
	}
	i := slices.IndexFunc(m.origins, func(s seenOrigin) bool { return s.origin == o })
	if i >= 0 {
		m.origins[i], m.origins[n-1] = m.origins[n-1], m.origins[i]
		return &m.origins[n-1], nil
	}
	seen := seenOrigin{origin: o}
	if m.buried {
		var err error
		if seen.purged, err = readPurged(m.w.tx, o); err != nil {
			return nil, err
		}
	}
	m.origins = append(m.origins, seen)
	return &m.origins[n], nil
}

// finish writes what was put off.
func (m *importer) finish() error {
	if err := errors.Join(m.events.finish(), m.notes.finish()); err != nil {
		return err
	}
	for i, s := range m.origins {
		if s.seq == 0 {
			continue
		}
		if err := m.w.sawSeq(cx.MakeID(m.w.now, s.origin, s.seq)); err != nil {
			return err
		}
		m.origins[i].seq = 0
	}
	return nil
}

// appender puts records behind all others of a bucket, in one transaction: where
// the last page was verified for the one before, it need not be for the next, and
// the bucket is sealed once for them all.
type appender struct {
	table
	bucket *bolt.Bucket
	change *changing // nil before the first, or where another was put meanwhile
	block  []byte    // where values are made: bbolt wants them until the commit
}

// blockBytes is how much memory for values is taken at once.
const blockBytes = 64 << 10

// put stores a record.
func (a *appender) put(tx *bolt.Tx, key, record []byte) error {
	if a.change == nil || bytes.Compare(key, a.change.last) <= 0 {
		return a.first(tx, key, record)
	}
	size := len(record) + sealBytes
	if cap(a.block)-len(a.block) < size {
		a.block = make([]byte, 0, max(size, blockBytes))
	}
	from := len(a.block)
	a.block = append(append(a.block, recordVersion), record...)
	sum := a.crc(key, a.block[from:])
	a.block = binary.BigEndian.AppendUint32(a.block, sum)
	if err := a.bucket.Put(key, a.block[from:len(a.block):len(a.block)]); err != nil {
		return fmt.Errorf("writing to bucket %s: %w", a.name, err)
	}
	a.change.last = append(a.change.last[:0], key...)
	a.change.count++
	return nil
}

// first stores a record as any other, and sees whether the next may follow it.
func (a *appender) first(tx *bolt.Tx, key, record []byte) error {
	if err := a.finish(); err != nil {
		return err
	}
	if err := a.table.put(tx, key, record); err != nil {
		return err
	}
	tree, err := a.treeOf(tx)
	if tree != nil && tree.change != nil && bytes.Equal(tree.change.last, key) {
		a.change, a.bucket = tree.change, a.in(tx)
	}
	return err
}

// finish seals the bucket.
func (a *appender) finish() error {
	if a.change == nil {
		return nil
	}
	err := a.change.seal(a.bucket)
	a.change = nil
	return err
}
