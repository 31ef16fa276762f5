package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

const (
	// maxFindings bounds each list of a report: a file of noise has millions.
	maxFindings = 100
	// progressEvery is how many records are checked between two reports and two
	// looks at the context.
	progressEvery = 1 << 12
)

// Check looks at everything in the file: the pages, every checksum, that what
// the records name exists, the sequences, and the conversations. What it finds is
// in the report; the error is for a check that could not be made or was ended by
// ctx. progress may be nil; it is called now and then with the number of records
// done, of about total. Presses are stored meanwhile; the check sees the file as it
// was when it began.
func (s *Store) Check(ctx context.Context, progress func(done, total int)) (CheckReport, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	c := &checker{ctx: ctx, progress: progress, origin: s.origin, seen: make(map[cx.Origin]*sequence), gone: make(map[cx.Origin]*sequence)}
	// A compaction would wait for it, and presses for that.
	if err := acquire(ctx, &s.care); err != nil {
		return CheckReport{}, err
	}
	defer s.care.Unlock()
	err := s.transact(ctx, c.all)
	if errors.Is(err, ErrDamaged) {
		c.damage("%v", err) // not even the names of its buckets could be read
		err = nil
	}
	if err != nil {
		return CheckReport{}, err
	}
	return c.report, nil
}

// checker is one run of a check.
type checker struct {
	ctx         context.Context //nolint:containedctx // lives as long as one call of Check
	tx          *bolt.Tx
	words       words
	wordless    bool // they could not be read
	origin      cx.Origin
	origins     map[cx.Origin]uint64    // last sequence number
	seen, gone  map[cx.Origin]*sequence // the numbers of events, and of erased and purged ones
	days        []uint32                // that have a summary
	report      CheckReport
	progress    func(done, total int)
	done, total int
}

func (c *checker) damage(format string, args ...any) {
	c.report.Damage = addFinding(c.report.Damage, fmt.Sprintf(format, args...))
}

func (c *checker) remark(format string, args ...any) {
	c.report.Remarks = addFinding(c.report.Remarks, fmt.Sprintf(format, args...))
}

func addFinding(list []string, line string) []string {
	switch {
	case len(list) < maxFindings:
		return append(list, line)
	case len(list) == maxFindings:
		return append(list, "and more")
	}
	return list
}

// all checks all there is in a transaction.
func (c *checker) all(tx *bolt.Tx) error {
	c.tx = tx
	var fresh wordCache // what the store has in memory may be older than the damage
	var err error
	if c.words, err = fresh.at(tx); err != nil {
		c.damage("%v", err)
		c.wordless = true
	}
	return c.records()
}

func (c *checker) records() error {
	checks := map[uint32]func(key, value []byte) error{
		metaTable.sum:       c.sealed(metaTable),
		originsTable.sum:    c.originRecord,
		dictionaryTable.sum: c.sealed(dictionaryTable),
		seriesTable.sum:     c.sealed(seriesTable),
		sendersTable.sum:    c.sealed(sendersTable),
		eventsTable.sum:     c.event,
		notesTable.sum:      c.note,
		historyTable.sum:    c.state,
		catalogueTable.sum:  parsed(parseCatalogue),
		refusalsTable.sum:   c.refusal,
		refsTable.sum:       c.ref,
		importsTable.sum:    c.sealed(importsTable),
		recentTable.sum:     c.recent,
		daysTable.sum:       c.day,
		tombstonesTable.sum: c.tombstone,
		purgedTable.sum:     c.purge,
		contactsTable.sum:   parsed(parseContacts),
		actionsTable.sum:    parsed(parseAction),
		frozenTable.sum:     parsed(parseFrozen),
	}
	c.origins = make(map[cx.Origin]uint64)
	format, err := readFormat(c.tx)
	if err != nil {
		return err
	}
	pages, err := c.newPages()
	if err != nil {
		return err
	}
	for _, t := range tablesOf(format) {
		err := guard(func() error { return c.table(pages, t, checks[t.sum]) })
		if errors.Is(err, ErrDamaged) {
			c.damage("%v", err)
			pages.cut = true
		} else if err != nil {
			return err
		}
	}
	pages.lost(c)
	if _, ok := c.origins[c.origin]; !ok {
		c.damage("origin %s signs new events and is not among the origins", c.origin)
	}
	c.appendOnly()
	c.account()
	if !pages.cut { // what is on a page that cannot be read would be said to be missing
		c.sequences()
	}
	// Where a record is damaged there is no sum to hold against.
	if c.report.OK() {
		if err := c.recount(); err != nil {
			return err
		}
	}
	c.progress(c.done, c.done)
	return nil
}

// table checks the pages of one bucket, and the records on them.
func (c *checker) table(pages *pageCheck, t table, check func(key, value []byte) error) error {
	tree, err := pages.tree(t)
	if err != nil {
		return err
	}
	var n uint64
	ok, err := tree.first()
	if err == nil {
		err = tree.edge(t, left)
	}
	for ; ok && err == nil; ok, err = tree.next() {
		if c.done%progressEvery == 0 {
			if err := c.ctx.Err(); err != nil {
				return err
			}
			c.progress(c.done, max(c.done, c.total))
		}
		c.done++
		n++
		if err := check(tree.pair()); err != nil {
			c.damage("%v", err)
		}
	}
	if err == nil {
		err = tree.edge(t, right)
	}
	if err == nil && t.kind() == sealedBucket && tree.r.format >= sealedFormat && n != sealedCount(tree.sealed) {
		c.damage("bucket %s: %d records, but it says %d", t.name, n, sealedCount(tree.sealed))
	}
	return err
}

// sealed checks nothing but a record's seal.
func (c *checker) sealed(t table) func(key, value []byte) error {
	return func(key, value []byte) error {
		_, err := t.unseal(key, value)
		return err
	}
}

// parsed checks that a record can be read.
func parsed[T any](parse func(key, value []byte) (T, error)) func(key, value []byte) error {
	return func(key, value []byte) error {
		_, err := parse(key, value)
		return err
	}
}

func (c *checker) originRecord(key, value []byte) error {
	b, err := originsTable.unseal(key, value)
	if err != nil {
		return err
	}
	if len(key) != len(cx.Origin{}) {
		return originsTable.damaged(key, errors.New("its key is no origin"))
	}
	r, err := parseOrigin(key, b)
	c.origins[cx.Origin(key)] = r.lastSeq
	c.total += int(r.lastSeq) // most records are events
	return err
}

func (c *checker) refusal(key, value []byte) error {
	r, err := parseRefusal(key, value)
	if err != nil {
		return err
	}
	if _, ok := c.origins[r.Origin]; !ok {
		return refusalsTable.damaged(key, fmt.Errorf("origin %s is not among the origins", r.Origin))
	}
	return nil
}

func (c *checker) ref(key, value []byte) error { return c.points(refsTable, key, value) }

func (c *checker) recent(key, value []byte) error {
	if len(key) != 2 || binary.BigEndian.Uint16(key) >= recentSlots {
		return recentTable.damaged(key, errors.New("its key is no slot"))
	}
	b, err := recentTable.unseal(key, value)
	if err != nil {
		return err
	}
	id, _, err := parseRecent(key, b)
	if err != nil {
		return err
	}
	return c.pointsTo(recentTable, key, id)
}

// points checks a record that is the id of an event.
func (c *checker) points(t table, key, value []byte) error {
	b, err := t.unseal(key, value)
	if err != nil {
		return err
	}
	if len(b) != len(cx.ID{}) {
		return t.damaged(key, errors.New("not an id"))
	}
	return c.pointsTo(t, key, cx.ID(b))
}

func (c *checker) pointsTo(t table, key []byte, id cx.ID) error {
	switch ok, err := eventsTable.has(c.tx, id[:]); {
	case err != nil:
		return err
	case !ok:
		return t.damaged(key, fmt.Errorf("event %s: %w", id, ErrNoEvent))
	}
	return nil
}

// appendOnly checks that numbered records are there without a gap, once each.
func (c *checker) appendOnly() {
	w := c.words
	if c.wordless {
		return
	}
	for _, t := range []table{dictionaryTable, seriesTable, sendersTable, catalogueTable} {
		b := t.in(c.tx)
		last, _ := b.Cursor().Last()
		if n := b.Sequence(); n > 0 && !bytes.Equal(last, number32(n)) || n == 0 && last != nil {
			c.damage("bucket %s: its last record is %x, not %d", t.name, last, n)
		}
	}
	index := indexWords(w)
	if len(index.texts) != len(w.texts) || len(index.series) != len(w.series) || len(index.senders) != len(w.senders) {
		c.damage("a text, series or sender has two numbers")
	}
	for i, text := range w.texts {
		if text == "" {
			c.damage("%v", dictionaryTable.damaged(number32(uint64(i+1)), errors.New("it is empty")))
		}
	}
}
