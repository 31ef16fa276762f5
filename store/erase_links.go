package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// known tells the events that are there from those that were erased before.
func (e *eraser) known(tx *bolt.Tx, _ words) error {
	for _, id := range e.wanted {
		there, err := eventsTable.has(tx, id[:])
		if err != nil {
			return err
		}
		if there {
			e.ids = append(e.ids, id)
			continue
		}
		dead, err := erased(tx, id)
		if err != nil {
			return err
		}
		if !dead {
			return fmt.Errorf("event %s: %w", id, ErrNoEvent)
		}
		e.before = append(e.before, id)
	}
	return nil
}

// unlink puts what stands for an erased event in the place of its id where other
// events of a period, and former states of theirs, name it as the first of their
// conversation: the id tells its exact instant. That makes a revision, so that the
// copies of these events in other files give way to them, and no former state.
func (e *eraser) unlink(w *writer, p period) error {
	from, to := cx.FirstID(p.from), cx.FirstID(p.to)
	for _, t := range []table{eventsTable, historyTable} {
		changed := make(map[string]record)
		for key, value := range t.pairs(w.tx, from[:]) {
			if bytes.Compare(key[:min(len(key), len(to))], to[:]) >= 0 {
				break
			}
			r, _, err := openRecord(t, key, value)
			if err != nil {
				return err
			}
			if stand, ok := e.as[r.conversation]; ok {
				r.conversation = stand
				if t.sum == eventsTable.sum {
					r.rev++
				}
				r.rest = bytes.Clone(r.rest)
				changed[string(key)] = r
			}
		}
		for _, key := range slices.Sorted(maps.Keys(changed)) {
			if err := t.put(w.tx, []byte(key), changed[key].appendTo(nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

// blankNames takes names of devices and keys out of the dictionary that nothing
// uses any more, and returns them. Their numbers stay taken: a text that nothing
// can have stands there.
func (w *writer) blankNames(names map[string]bool) (gone []string, err error) {
	delete(names, "")
	for _, s := range w.words.senders {
		for _, other := range []string{string(s.source), s.desk, s.site} {
			delete(names, other)
		}
	}
	for _, s := range w.words.series {
		for _, other := range []string{s.tag, string(s.stage), string(s.channel)} {
			delete(names, other)
		}
	}
	for name := range names { // such a word may also be the channel that was tried, or a clock's
		_, notChannel := cx.ParseChannel(name)
		_, notClock := cx.ParseClock(name)
		if notChannel == nil || notClock == nil {
			delete(names, name)
		}
	}
	for key, value := range refusalsTable.pairs(w.tx, nil) {
		r, err := parseRefusal(key, value)
		if err != nil {
			return nil, err
		}
		delete(names, r.Device)
		delete(names, r.Key)
	}
	if err := w.deleteUsed(names); err != nil {
		return nil, err
	}
	gone = slices.Sorted(maps.Keys(names))
	for _, name := range gone {
		n, ok := w.index.texts[name]
		if !ok {
			continue
		}
		if err := dictionaryTable.put(w.tx, number32(n), fmt.Appendf(nil, "\x00%d", n)); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// deleteUsed takes those away that an event has, or a former state of one.
func (w *writer) deleteUsed(names map[string]bool) error {
	for _, t := range []table{eventsTable, historyTable} {
		if len(names) == 0 {
			return nil
		}
		for key, value := range t.pairs(w.tx, nil) {
			r, _, err := openRecord(t, key, value)
			if err != nil {
				return err
			}
			if r.sender == 0 || r.sender > uint64(len(w.words.senders)) {
				return t.damaged(key, fmt.Errorf("sender %d: %w", r.sender, errUnknownNumber))
			}
			s := &w.words.senders[r.sender-1]
			delete(names, s.device)
			delete(names, s.key)
			if len(names) == 0 {
				return nil
			}
		}
	}
	return nil
}
