package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

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
			return p.page(tx, idsPerPage, func(key, _ []byte) (bool, error) {
				if len(key) != len(id) {
					return false, eventsTable.damaged(key, errors.New("its key is no id"))
				}
				if matches(cx.ID(key)) {
					id = cx.ID(key)
				}
				return id.IsZero(), nil
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
		c := historyTable.in(tx).Cursor()
		for key, value := c.Seek(id[:]); bytes.HasPrefix(key, id[:]); key, value = c.Next() {
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

// pager walks over the events of a period, some in one transaction, and the next
// ones in another.
type pager struct {
	from, to cx.ID // half-open; a zero to is no bound
	newest   bool
	last     []byte // key of the event seen last, nil before the first
	done     bool
}

func newPager(q cx.EventQuery) *pager {
	p := &pager{newest: q.Newest}
	if !q.From.IsZero() {
		p.from = cx.FirstID(ceilMillis(q.From))
	}
	// An instant that no id can carry is no bound.
	if to := ceilMillis(q.To); !q.To.IsZero() && !to.After(lastInstant) {
		p.to = cx.FirstID(to)
		p.done = p.to.IsZero() || !bytesLess(p.from[:], p.to[:])
	}
	return p
}

// lastInstant is the last that an id can carry.
var lastInstant = cx.MakeID(time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), cx.Origin{}, 0).At()

// ceilMillis rounds up to the millisecond: an event's instant lies before t when
// it lies before that.
func ceilMillis(t time.Time) time.Time {
	if down := t.Truncate(time.Millisecond); !down.Equal(t) {
		return down.Add(time.Millisecond)
	}
	return t
}

func bytesLess(a, b []byte) bool { return bytes.Compare(a, b) < 0 }

// page calls fn with up to most events, until it returns false or there are no
// more; then the pager is done.
func (p *pager) page(tx *bolt.Tx, most int, fn func(key, value []byte) (bool, error)) error {
	c := eventsTable.in(tx).Cursor()
	key, value := p.start(c)
	for range most {
		if key == nil || !p.newest && !p.to.IsZero() && !bytesLess(key, p.to[:]) || p.newest && bytesLess(key, p.from[:]) {
			p.done = true
			return nil
		}
		// Pages that lead back to one another would never come to an end.
		if p.last != nil && bytesLess(key, p.last) != p.newest {
			return eventsTable.damaged(key, fmt.Errorf("it follows %x", p.last))
		}
		p.last = append(p.last[:0], key...)
		more, err := fn(key, value)
		if err != nil || !more {
			p.done = err != nil
			return err
		}
		if p.newest {
			key, value = c.Prev()
		} else {
			key, value = c.Next()
		}
	}
	return nil
}

func (p *pager) start(c *bolt.Cursor) (key, value []byte) {
	switch {
	case !p.newest && p.last == nil:
		return c.Seek(p.from[:])
	case !p.newest:
		if key, value = c.Seek(p.last); bytes.Equal(key, p.last) {
			key, value = c.Next()
		}
		return key, value
	case p.last != nil:
		return before(c, p.last)
	case !p.to.IsZero():
		return before(c, p.to[:])
	}
	return c.Last()
}

// before returns the last pair with a key before key.
func before(c *bolt.Cursor, key []byte) (k, v []byte) {
	if k, _ = c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func firstKey(c *bolt.Cursor) []byte {
	key, _ := c.First()
	return key
}

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
	value := eventsTable.in(tx).Get(id[:])
	if value == nil {
		return record{}, false, nil
	}
	r, _, err = openRecord(eventsTable, id[:], value)
	return r, err == nil, err
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
