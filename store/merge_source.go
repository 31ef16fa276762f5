package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// mergePage is how many events of a source are held at a time: enough that
// looking up where to go on costs little, and little memory for forty desks.
const mergePage = 1 << 10

// mergeSource is one file that is being merged, as a stream of its events in the
// order of their ids.
type mergeSource struct {
	file   *MergedFile
	events func() iter.Seq2[[]cx.Event, error] // nil for a database

	// Of a database.
	st      *Store
	merged  bool // made by Merge
	lineage cx.Origin
	pager   *pager
	words   words
	numbers renumbering
	// gone tells which events are not to be read at all, so that not even the names
	// in them get into the new file.
	gone func(cx.ID) bool

	// Of an export.
	next func() ([]cx.Event, error, bool)
	stop func()

	// pages are used in turns, since an entry of the page before may still be
	// looked at when the next one is read.
	pages [2]mergePageBuffer
	turn  int
	at    int
	ended bool
	last  cx.ID

	// moved are the ids that events of this file got anew.
	moved map[cx.ID]cx.ID
}

// mergePageBuffer holds events with all their states. What is in it is used again
// for the page after the next.
type mergePageBuffer struct {
	entries []mergeEntry
	states  []mergeState
	bodies  []byte
}

// mergeEntry is what one source knows of an event: its states with rising
// revisions, the last of which is how it stands.
type mergeEntry struct {
	id     cx.ID
	first  int // of its states in the page
	states []mergeState
}

// mergeState is one state of an event, with the numbers of the new file.
type mergeState struct {
	record record // noted is not set
	body   []byte // the record as it is stored
	note   string
	noted  noteState
	// undated says that an export does not tell when the event was stored.
	undated bool
}

// noteState says what is known of a state's note. The higher one stands where
// two files differ: a note that was deleted does not come back.
type noteState uint8

const (
	noNote noteState = iota
	noteKept
	noteDeleted
)

// open opens the source to be read.
func (s *mergeSource) open(ctx context.Context, o MergeOptions) (err error) {
	if s.events != nil {
		return nil
	}
	s.st, err = Open(s.file.Path, Options{ReadOnly: true, Timeout: o.Timeout, Now: o.Now, MachineIDFile: o.MachineIDFile})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	return s.st.view(ctx, func(tx *bolt.Tx, _ words) error {
		if s.merged, err = isMerged(tx); err != nil {
			return err
		}
		if !s.merged { // else it is no desk's
			s.file.Origin = s.st.Origin()
		}
		s.lineage, err = firstOrigin(tx)
		return err
	})
}

func (s *mergeSource) close() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	if s.st != nil {
		_ = s.st.Close() // it was only read
		s.st = nil
	}
}

// firstOrigin returns the origin that the file was made with. Every copy of a
// file has the same one, whatever became of the copies.
func firstOrigin(tx *bolt.Tx) (first cx.Origin, err error) {
	all, err := readOrigins(tx)
	for i, o := range all {
		if i == 0 || o.CreatedAt.Before(all[0].CreatedAt) {
			all[0], first = o, o.Origin
		}
	}
	return first, err
}

// rewind begins anew at the first event.
func (s *mergeSource) rewind() {
	s.at, s.ended, s.last = 0, false, cx.ID{}
	s.numbers, s.moved = renumbering{}, nil
	s.file.Events = 0
	for i := range s.pages {
		s.pages[i].entries = s.pages[i].entries[:0]
	}
	if s.events == nil {
		s.pager = newPager(cx.EventQuery{})
		return
	}
	if s.stop != nil {
		s.stop()
	}
	s.next, s.stop = iter.Pull2(s.events())
}

// head returns the event that the source stands at; ok is false at its end.
func (s *mergeSource) head() (*mergeEntry, bool) {
	page := &s.pages[s.turn]
	if s.at >= len(page.entries) {
		return nil, false
	}
	return &page.entries[s.at], true
}

// advance goes on to the next event.
func (s *mergeSource) advance(ctx context.Context, w *writer) error {
	s.at++
	if s.at < len(s.pages[s.turn].entries) || s.ended {
		return nil
	}
	return s.fill(ctx, w)
}

// fill reads the next page.
func (s *mergeSource) fill(ctx context.Context, w *writer) error {
	s.turn, s.at = 1-s.turn, 0
	for {
		err := s.fillPage(ctx, w)
		if _, ok := s.head(); ok || s.ended || err != nil { // all of a page may be gone
			return err
		}
	}
}

func (s *mergeSource) fillPage(ctx context.Context, w *writer) (err error) {
	page := &s.pages[s.turn]
	page.entries, page.states, page.bodies = page.entries[:0], page.states[:0], page.bodies[:0]
	if s.events != nil {
		err = s.fillExport(ctx, w, page)
	} else {
		err = s.st.view(ctx, func(tx *bolt.Tx, words words) error {
			s.words = words
			return s.pager.page(tx, mergePage, func(key, value []byte) (bool, error) {
				return true, s.take(tx, w, page, key, value)
			})
		})
		s.ended = s.pager.done
	}
	s.file.Events += len(page.entries)
	end := len(page.states)
	for i := len(page.entries) - 1; i >= 0; i-- { // states has stopped moving
		e := &page.entries[i]
		e.states = page.states[e.first:end:end]
		end = e.first
	}
	if err != nil {
		return &sourceError{s, err}
	}
	return nil
}

// take reads an event of a database with its former states.
func (s *mergeSource) take(tx *bolt.Tx, w *writer, page *mergePageBuffer, key, value []byte) error {
	r, id, err := openRecord(eventsTable, key, value)
	if err != nil || s.gone(id) {
		return err
	}
	page.entries = append(page.entries, mergeEntry{id: id, first: len(page.states)})
	if r.rev > 0 {
		for key, value := range historyTable.pairs(tx, id[:]) {
			if !bytes.HasPrefix(key, id[:]) {
				break
			}
			former, _, err := openRecord(historyTable, key, value)
			if err == nil && former.rev < r.rev {
				err = s.state(tx, w, page, historyTable, key, former)
			}
			if err != nil {
				return err
			}
		}
	}
	return s.state(tx, w, page, eventsTable, key, r)
}

// state adds one state to the page.
func (s *mergeSource) state(tx *bolt.Tx, w *writer, page *mergePageBuffer, t table, key []byte, r record) error {
	state := mergeState{}
	if r.noted {
		state.noted = noteDeleted
		note, err := notesTable.get(tx, key)
		if err != nil {
			return err
		}
		if note != nil {
			state.noted, state.note = noteKept, string(note)
		}
	}
	if err := s.numbers.renumber(w, s.words, &r); err != nil {
		return t.damaged(key, err)
	}
	r.noted = false
	page.add(state, r)
	return nil
}

func (p *mergePageBuffer) add(state mergeState, r record) {
	from := len(p.bodies)
	p.bodies = r.appendTo(p.bodies)
	state.record, state.body = r, p.bodies[from:len(p.bodies):len(p.bodies)]
	p.states = append(p.states, state)
}

var errOrder = errors.New("its events are not in the order of their ids")

func (s *mergeSource) fillExport(ctx context.Context, w *writer, page *mergePageBuffer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for range mergePage {
		states, err, ok := s.next()
		if !ok {
			s.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		id := states[len(states)-1].ID
		if !s.last.IsZero() && !bytesLess(s.last[:], id[:]) {
			return fmt.Errorf("%w: event %s follows %s", errOrder, id, s.last)
		}
		s.last = id
		if s.gone(id) {
			continue
		}
		page.entries = append(page.entries, mergeEntry{id: id, first: len(page.states)})
		for _, e := range states {
			state := mergeState{note: e.Note}
			if e.Note != "" {
				state.noted = noteKept
			}
			r, err := w.record(e, nil)
			if err != nil {
				return err
			}
			if e.RecordedAt.IsZero() {
				r.recorded, state.undated = 0, true // as if when it was made
			}
			r.noted = false
			page.add(state, r)
		}
	}
	return nil
}

// renumbering maps the numbers of words in one file to those in another, each
// found when it is first met; 0 is not found yet.
type renumbering struct{ texts, series, senders []uint64 }

func (n *renumbering) renumber(w *writer, from words, r *record) (err error) {
	if r.series, err = renumbered(&n.series, r.series, from.series, w.seriesNumber); err != nil {
		return fmt.Errorf("series %d: %w", r.series, err)
	}
	if r.sender, err = renumbered(&n.senders, r.sender, from.senders, w.senderNumber); err != nil {
		return fmt.Errorf("sender %d: %w", r.sender, err)
	}
	if r.tried|r.clock == 0 {
		return nil
	}
	r.tried, err = n.text(w, from, r.tried)
	if err == nil {
		r.clock, err = n.text(w, from, r.clock)
	}
	return err
}

// text renumbers a text, of which 0 is none.
func (n *renumbering) text(w *writer, from words, number uint64) (uint64, error) {
	if number == 0 {
		return 0, nil
	}
	return renumbered(&n.texts, number, from.texts, w.textNumber)
}

func renumbered[T any](known *[]uint64, number uint64, words []T, find func(T) (uint64, error)) (uint64, error) {
	if number == 0 || number > uint64(len(words)) {
		return number, errUnknownNumber
	}
	for uint64(len(*known)) < number {
		*known = append(*known, 0)
	}
	if to := (*known)[number-1]; to != 0 {
		return to, nil
	}
	to, err := find(words[number-1])
	(*known)[number-1] = to
	return to, err
}

// mergedKey is the record of metaTable that a file has which Merge made: 1: when,
// Unix ms.
var mergedKey = []byte("gathered")

func putMerged(tx *bolt.Tx, now int64) error {
	return metaTable.put(tx, mergedKey, appendUint(nil, 1, uint64(now)))
}

// isMerged reports whether Merge made the file.
func isMerged(tx *bolt.Tx) (bool, error) {
	b, err := metaTable.get(tx, mergedKey)
	return b != nil, err
}
