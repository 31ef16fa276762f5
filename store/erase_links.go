package store

import (
	"bytes"
	"fmt"
	"maps"
	"math"
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
// uses any more once some events are erased, and returns them. Their numbers stay
// taken: a text that nothing can have stands there.
func (w *writer) blankNames(names map[string]bool, erased map[cx.ID]cx.ID) (gone []string, err error) {
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
	if err := w.deleteUsed(names, erased); err != nil {
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

// deleteUsed takes those away that an event has, or a former state of one. Of the
// events, which may be many while presses wait, it reads those that the transaction
// found, and leaves out what was erased since.
func (w *writer) deleteUsed(names map[string]bool, erased map[cx.ID]cx.ID) error {
	seen := make([]bool, len(w.words.senders))
	use := func(t table, key []byte, sender uint64) error {
		if sender == 0 || sender > uint64(len(seen)) {
			return t.damaged(key, fmt.Errorf("sender %d: %w", sender, errUnknownNumber))
		}
		if seen[sender-1] {
			return nil
		}
		if t.sum == eventsTable.sum {
			if _, ok := erased[cx.ID(key)]; ok {
				return nil
			}
		}
		seen[sender-1] = true
		delete(names, w.words.senders[sender-1].device)
		delete(names, w.words.senders[sender-1].key)
		return nil
	}
	if len(names) == 0 {
		return nil
	}
	err := newPager(cx.EventQuery{}).page(w.tx, math.MaxInt, func(key, value []byte) (bool, error) {
		b, err := openBrief(key, value)
		if err != nil {
			return false, err
		}
		return len(names) > 0, use(eventsTable, key, b.sender)
	})
	if err != nil {
		return err
	}
	for key, value := range historyTable.pairs(w.tx, nil) {
		if len(names) == 0 {
			return nil
		}
		r, _, err := openRecord(historyTable, key, value)
		if err != nil {
			return err
		}
		if err := use(historyTable, key, r.sender); err != nil {
			return err
		}
	}
	return nil
}
