package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"magicbutton/internal/cx"
)

// Erased says what was erased, and that it is gone.
type Erased struct {
	// IDs are the events that were erased, in order; Before those that had been
	// erased before.
	IDs, Before []cx.ID
	// Notes counts their notes, those of former states too, and Revisions their
	// former states.
	Notes, Revisions int
	// Actions are the actions whose words were erased, and ActionsBefore those whose
	// words had been before.
	Actions, ActionsBefore []string
	// Words counts the names of devices and keys that nothing else had.
	Words int
	// Compacted is what became of the file, and Search what a search of the new one
	// found; nil where there was nothing to erase.
	Compacted *Compacted
	Search    *Search
}

// Erase removes events from the file: each with its notes, its former states and
// all that leads to it. What stays is a tombstone: the quarter hour, tag, stage,
// channel, desk and site, so that tallies stay as they are, and the number, so that
// no copy of the event comes back. The file is written anew without them and takes
// the place of the old one, so that either all of it is done or nothing; then it is
// searched for what was erased. An event that is not there is [ErrNoEvent].
// progress may be nil.
func (s *Store) Erase(ctx context.Context, ids []cx.ID, progress func(done, total int)) (Erased, error) {
	if err := acquire(ctx, &s.care); err != nil {
		return Erased{}, err
	}
	defer s.care.Unlock()
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b cx.ID) int { return bytes.Compare(a[:], b[:]) })
	e := &eraser{wanted: slices.Compact(ids)}
	if err := s.view(ctx, e.known); err != nil {
		return Erased{}, err
	}
	if len(e.ids) == 0 {
		return Erased{Before: e.before}, nil
	}
	c, err := s.rewrite(ctx, e.edit, progress)
	if err != nil {
		return Erased{}, err
	}
	out := Erased{
		IDs: e.ids, Before: e.before, Notes: len(e.notes), Revisions: e.revisions, Words: len(e.words), Compacted: &c,
	}
	// From here on it is done, and the search is to be told of whatever ctx says.
	found, err := s.search(context.WithoutCancel(ctx), e)
	out.Search = &found
	if err != nil {
		return out, fmt.Errorf("searching database %s for what was erased: %w", s.path, err)
	}
	return out, nil
}

// eraser is one run of Erase. What an edit found is that of its last run.
type eraser struct {
	wanted []cx.ID
	ids    []cx.ID // those of them that are there
	before []cx.ID // those that were erased before

	as        map[cx.ID]cx.ID // what stands for each of ids from now on
	notes     []erasedNote
	revisions int
	words     []string
	actions   []erasedAction
}

type erasedNote struct {
	key  []byte
	text string
}

// edit erases.
func (e *eraser) edit(w *writer) error {
	e.as, e.notes, e.revisions, e.words = make(map[cx.ID]cx.ID), nil, 0, nil
	names := make(map[string]bool) // of devices and keys
	for _, id := range e.ids {
		if err := e.look(w, id, names); err != nil {
			return err
		}
		if err := e.bury(w, id); err != nil {
			return err
		}
	}
	for _, p := range e.periods() {
		if err := e.unlink(w, p); err != nil {
			return err
		}
	}
	var err error
	e.words, err = w.blankNames(names, e.as)
	return err
}

// look notes what is about to go with an event.
func (e *eraser) look(w *writer, id cx.ID, names map[string]bool) error {
	note := func(key []byte) error {
		b, err := notesTable.get(w.tx, key)
		if b != nil {
			e.notes = append(e.notes, erasedNote{bytes.Clone(key), string(b)})
		}
		return err
	}
	from := func(r record) error {
		sent, err := w.words.event(id, r)
		names[sent.Device], names[sent.Key] = true, true
		return err
	}
	r, ok, err := w.stored(id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("event %s: %w", id, ErrNoEvent)
	}
	if err := from(r); err != nil {
		return eventsTable.damaged(id[:], err)
	}
	if err := note(id[:]); err != nil {
		return err
	}
	for key, value := range historyTable.pairs(w.tx, id[:]) {
		if !bytes.HasPrefix(key, id[:]) {
			break
		}
		e.revisions++
		r, _, err := openRecord(historyTable, key, value)
		if err != nil {
			return err
		}
		if err := from(r); err != nil {
			return historyTable.damaged(key, err)
		}
		if err := note(bytes.Clone(key)); err != nil {
			return err
		}
	}
	return nil
}

// bury deletes an event and puts a tombstone in its place.
func (e *eraser) bury(w *writer, id cx.ID) error {
	r, _, err := w.stored(id)
	if err != nil {
		return err
	}
	event, err := w.words.event(id, r)
	if err != nil {
		return eventsTable.damaged(id[:], err)
	}
	t := tombstone{
		quarter: quarterOf(id.At()), series: r.series, rev: r.rev,
		counts: event.Counts(), heads: event.Conversations() == 1,
	}
	if t.desk, err = w.textNumber(event.Desk); err != nil {
		return err
	}
	if t.site, err = w.textNumber(event.Site); err != nil {
		return err
	}
	if err := w.deleteEvent(id); err != nil {
		return err
	}
	e.as[id] = t.id(tombstoneKey(id))
	if err := t.put(w.tx, tombstoneKey(id)); err != nil {
		return err
	}
	return w.touchDay(utcDay(id.At()))
}

// period is half-open.
type period struct{ from, to time.Time }

// periods are those in which other events may name erased ones as the first of
// their conversation.
func (e *eraser) periods() (all []period) {
	for _, id := range e.ids {
		p := period{id.At().Add(-conversationSpan), id.At().Add(conversationSpan + time.Millisecond)}
		if n := len(all); n > 0 && !p.from.After(all[n-1].to) {
			all[n-1].to = p.to
			continue
		}
		all = append(all, p)
	}
	return all
}
