package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Purging says what to drop. Days are UTC days: an instant stands for the start of
// the one that it is in. A zero instant drops nothing of its kind.
type Purging struct {
	// NotesBefore drops the notes of events from before, former ones too.
	NotesBefore time.Time
	// EventsBefore drops the events from before. What they count in tallies is kept
	// for good. Events from before the year 2000 stay: it is the clock of their desk
	// that is wrong.
	EventsBefore time.Time
}

// Purged says what was dropped.
type Purged struct {
	// Notes counts notes, those of former states too, Events events, voided ones
	// too, and Days the days that they were of.
	Notes, Events, Days int
	// Compacted is what became of the file, nil where it was left as it is.
	Compacted *Compacted
}

// purgedNotes is how many notes are dropped in one transaction: a press may have to
// wait for it.
const purgedNotes = 500

// purgedEvents is how many events are dropped in one transaction, for the same reason:
// it holds a press for a few hundredths of a second, where a day of a hundred thousand
// events at once held it for most of a second.
const purgedEvents = 4000

// firstPurged is the first day whose events are dropped.
var firstPurged = utcDay(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))

// Purge drops old notes and events, in transactions that let presses in between,
// and ends with writing the file anew, so that nothing of them is left in it. A
// purge that was interrupted can be made again; where nothing is left to drop it
// writes the file anew if that is still to be done. progress may be nil.
func (s *Store) Purge(ctx context.Context, p Purging, progress func(done, total int)) (done Purged, err error) {
	if err := acquire(ctx, &s.care); err != nil {
		return done, err
	}
	defer s.care.Unlock()
	if !p.NotesBefore.IsZero() {
		if done.Notes, err = s.purgeNotes(ctx, utcDay(p.NotesBefore)); err != nil {
			return done, err
		}
	}
	if !p.EventsBefore.IsZero() {
		if err := s.purgeDays(ctx, utcDay(p.EventsBefore), &done); err != nil {
			return done, err
		}
	}
	var owed bool
	err = s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
		owed, err = owes(tx)
		return err
	})
	if err != nil || !owed {
		return done, err
	}
	c, err := s.rewrite(ctx, nil, progress)
	if err != nil {
		return done, fmt.Errorf("what was purged can still be found in the file: %w", err)
	}
	done.Compacted = &c
	return done, nil
}

// purgeNotes drops the notes of events from before a day.
func (s *Store) purgeNotes(ctx context.Context, before uint32) (total int, err error) {
	end := cx.FirstID(dayStart(before))
	old := func(tx *bolt.Tx, most int) (keys [][]byte) {
		for key := range notesTable.pairs(tx, nil) {
			if !bytesLess(key, end[:]) || len(keys) == most {
				break
			}
			keys = append(keys, append([]byte(nil), key...))
		}
		return keys
	}
	for {
		found := 0
		err := s.view(ctx, func(tx *bolt.Tx, _ words) error {
			found = len(old(tx, 1))
			return nil
		})
		if err != nil || found == 0 {
			return total, err
		}
		n := 0
		_, err = s.write(ctx, func(w *writer) error {
			keys := old(w.tx, purgedNotes)
			n = len(keys)
			for _, key := range keys {
				if err := notesTable.delete(w.tx, key); err != nil {
					return err
				}
			}
			return w.owe()
		})
		if err != nil {
			return total, err
		}
		total += n
	}
}

// purgeDays drops the events from before a day, one day after the other.
func (s *Store) purgeDays(ctx context.Context, before uint32, done *Purged) error {
	for {
		day, found := uint32(0), false
		err := s.view(ctx, func(tx *bolt.Tx, _ words) (err error) {
			day, found, err = oldestDay(tx)
			return err
		})
		if err != nil || !found || day >= before {
			return err
		}
		n, err := s.purgeDay(ctx, day)
		done.Events += n
		if err != nil {
			return err
		}
		done.Days++
	}
}

// purgeDay drops the events of a day, while nobody counts.
func (s *Store) purgeDay(ctx context.Context, day uint32) (events int, err error) {
	if err := acquire(ctx, &s.moves); err != nil {
		return 0, err
	}
	defer s.moves.Unlock()
	if err := s.confirmDay(ctx, day); err != nil {
		return 0, err
	}
	for more := true; more; {
		n := 0
		_, err := s.write(ctx, func(w *writer) (err error) {
			n, more, err = w.purgeDay(day, purgedEvents)
			return err
		})
		if err != nil {
			return events, err
		}
		events += n
	}
	return events, nil
}

// confirmDay holds the summary of a day, where it has one, against its events: what is
// about to be sealed stands for good.
func (s *Store) confirmDay(ctx context.Context, day uint32) error {
	return s.view(ctx, func(tx *bolt.Tx, w words) error {
		if has, err := daysTable.has(tx, dayTotals.key(day)); err != nil || !has {
			return err
		}
		r, err := newDayReader(tx, w)
		if err != nil {
			return err
		}
		return r.recount(day)
	})
}

// oldestDay returns the first day that has events, or tombstones that count.
func oldestDay(tx *bolt.Tx) (day uint32, found bool, err error) {
	from := cx.FirstID(dayStart(firstPurged))
	for key := range eventsTable.pairs(tx, from[:]) {
		day, found = utcDay(cx.ID(key).At()), true
		break
	}
	for key, value := range tombstonesTable.pairs(tx, nil) {
		t, err := parseTombstone(key, value)
		if err != nil {
			return 0, false, err
		}
		if d := utcDay(t.at()); !t.sealed && d >= firstPurged && (!found || d < day) {
			day, found = d, true
		}
	}
	return day, found, nil
}

// purgeDay seals the first events of a day and deletes them; with the last of them it
// seals what its tombstones count, too. The numbers are kept, so that no copy counts
// again, and the tombstones: a restored backup may bring back what was purged, but
// nothing that was erased. more says that the day has other events; what it counts is
// right in between.
func (w *writer) purgeDay(day uint32, most int) (events int, more bool, err error) {
	from, to := cx.FirstID(dayStart(day)), cx.FirstID(dayStart(day+1))
	ids := w.keysOf(eventsTable, from, to, most+1)
	if more = len(ids) > most; more {
		to, ids = cx.ID(ids[most]), ids[:most]
	}
	var dead map[cx.ID]tombstone
	if !more {
		if dead, err = w.tombstonesOf(day); err != nil {
			return 0, false, err
		}
	}
	if err := w.sealDay(day, to, !more); err != nil {
		return 0, false, err
	}
	// As deleteEvent does, and all at once.
	for _, t := range []table{notesTable, historyTable, eventsTable} {
		for _, key := range w.keysOf(t, from, to, 0) {
			if err := t.delete(w.tx, key); err != nil {
				return 0, false, err
			}
		}
	}
	seqs := make(map[cx.Origin][]uint64)
	for _, key := range ids {
		id := cx.ID(key)
		if err := w.forgetPointers(id); err != nil {
			return 0, false, err
		}
		seqs[id.Origin()] = append(seqs[id.Origin()], id.Seq())
	}
	for id, t := range dead {
		if err := t.asSealed().put(w.tx, tombstoneKey(id)); err != nil {
			return 0, false, err
		}
		seqs[id.Origin()] = append(seqs[id.Origin()], id.Seq())
	}
	if err := w.notePurged(seqs); err != nil {
		return 0, false, err
	}
	return len(ids), more, w.owe()
}

// notePurged keeps the numbers of what was purged.
func (w *writer) notePurged(seqs map[cx.Origin][]uint64) error {
	for origin, numbers := range seqs {
		ranges, err := readPurged(w.tx, origin)
		if err != nil {
			return err
		}
		if err := ranges.with(numbers).put(w.tx, origin); err != nil {
			return err
		}
	}
	return nil
}

// keysOf returns the keys of a table that begin with the id of an event from one up
// to, and without, another; where most is not 0, no more than so many.
func (w *writer) keysOf(t table, from, to cx.ID, most int) (keys [][]byte) {
	for key := range t.pairs(w.tx, from[:]) {
		if !bytesLess(key, to[:]) || most > 0 && len(keys) == most {
			break
		}
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}

// tombstonesOf returns the tombstones of a day that are not sealed, by what stands for
// the ids of their events.
func (w *writer) tombstonesOf(day uint32) (map[cx.ID]tombstone, error) {
	dead := make(map[cx.ID]tombstone)
	for key, value := range tombstonesTable.pairs(w.tx, nil) {
		t, err := parseTombstone(key, value)
		if err != nil {
			return nil, err
		}
		if !t.sealed && utcDay(t.at()) == day {
			dead[t.id(key)] = t
		}
	}
	return dead, nil
}
