package store

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Event returns an event as it stands, voided or not, or [ErrNoEvent].
func (s *Store) Event(ctx context.Context, id cx.ID) (e cx.Event, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, w words) (err error) {
		e, err = readEvent(tx, w, id)
		return err
	})
	return e, err
}

// EventBySeq returns an event by the number that its desk shows, #42: the
// sequence number of this origin. There is no index of them: the last 1024 live
// events are looked at first, then all ids, the newest first.
func (s *Store) EventBySeq(ctx context.Context, seq uint64) (cx.Event, error) {
	var id cx.ID
	matches := func(other cx.ID) bool { return other.Seq() == seq && other.Origin() == s.origin }
	err := s.view(ctx, func(tx *bolt.Tx, _ words) error {
		return recentIDs(tx, func(recent cx.ID) (bool, error) {
			if matches(recent) {
				id = recent
			}
			return id.IsZero(), nil
		})
	})
	if err != nil {
		return cx.Event{}, err
	}
	p := newPager(cx.EventQuery{Newest: true})
	for id.IsZero() && !p.done {
		err := s.view(ctx, func(tx *bolt.Tx, _ words) error {
			return p.page(tx, idsPerPage, func(key, value []byte) (bool, error) {
				_, got, err := openRecord(eventsTable, key, value)
				if err == nil && matches(got) {
					id = got
				}
				return err == nil && id.IsZero(), err
			})
		})
		if err != nil {
			return cx.Event{}, err
		}
	}
	if id.IsZero() {
		return cx.Event{}, fmt.Errorf("event #%d: %w", seq, ErrNoEvent)
	}
	return s.Event(ctx, id)
}

// History returns the states of an event, the oldest first; the last one is how
// it stands. Notes that are no longer kept are "".
func (s *Store) History(ctx context.Context, id cx.ID) (states []cx.Event, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, w words) error {
		for key, value := range historyTable.pairs(tx, id[:]) {
			if !bytes.HasPrefix(key, id[:]) {
				break
			}
			r, _, err := openRecord(historyTable, key, value)
			if err != nil {
				return err
			}
			e, err := noted(tx, w, historyTable, key, r)
			if err != nil {
				return err
			}
			states = append(states, e)
		}
		now, err := readEvent(tx, w, id)
		states = append(states, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return states, nil
}

// idsPerPage is how many events are looked at in one transaction by what only
// looks; see [eventsPerPage].
const idsPerPage = 1 << 16

// openRecord returns the record of a pair of eventsTable or historyTable, and
// the event that it belongs to.
func openRecord(t table, key, value []byte) (record, cx.ID, error) {
	want := len(cx.ID{})
	if t.sum == historyTable.sum {
		want = revisionKeyBytes
	}
	if len(key) != want {
		return record{}, cx.ID{}, t.damaged(key, fmt.Errorf("its key has %d bytes, want %d", len(key), want))
	}
	b, err := t.unseal(key, value)
	if err != nil {
		return record{}, cx.ID{}, err
	}
	r, err := parseRecord(b)
	if err != nil {
		return record{}, cx.ID{}, t.damaged(key, err)
	}
	return r, cx.ID(key[:len(cx.ID{})]), nil
}

// noted turns a record into an event with its note, which is under the same key.
func noted(tx *bolt.Tx, w words, t table, key []byte, r record) (cx.Event, error) {
	e, err := w.event(cx.ID(key[:len(cx.ID{})]), r)
	if err != nil {
		return cx.Event{}, t.damaged(key, err)
	}
	if r.noted {
		note, err := notesTable.get(tx, key)
		if err != nil {
			return cx.Event{}, err
		}
		e.Note = string(note)
	}
	return e, nil
}

func storedRecord(tx *bolt.Tx, id cx.ID) (r record, ok bool, err error) {
	b, err := eventsTable.get(tx, id[:])
	if b == nil || err != nil {
		return record{}, false, err
	}
	if r, err = parseRecord(b); err != nil {
		return record{}, false, eventsTable.damaged(id[:], err)
	}
	return r, true, nil
}

// readEvent returns an event, or [ErrNoEvent].
func readEvent(tx *bolt.Tx, w words, id cx.ID) (cx.Event, error) {
	r, ok, err := storedRecord(tx, id)
	if err != nil {
		return cx.Event{}, err
	}
	if !ok {
		return cx.Event{}, fmt.Errorf("event %s: %w", id, ErrNoEvent)
	}
	return noted(tx, w, eventsTable, id[:], r)
}
