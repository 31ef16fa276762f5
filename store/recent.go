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

// recentSlots is how far back [Store.LastLive] can look: more live events than
// a desk sees in the minutes for which an undo is offered. The ring has its own
// numbers, the bucket's sequence, so that an import does not push events out.
const recentSlots = 1024

func recentKey(n uint64) []byte {
	return binary.BigEndian.AppendUint16(nil, uint16(n%recentSlots))
}

// remember puts a new event of a live source into the ring. Imported rows are not
// for it, whatever source they claim: nobody made them here at this moment.
func (w *writer) remember(e cx.Event) error {
	if !e.Source.Live() {
		return nil
	}
	n, err := recentTable.in(w.tx).NextSequence()
	if err != nil {
		return fmt.Errorf("numbering in bucket recent: %w", err)
	}
	return recentTable.put(w.tx, recentKey(n), binary.BigEndian.AppendUint64(bytes.Clone(e.ID[:]), n))
}

// parseRecent reads a record of recentTable: the event, and the number that it had in
// the ring, 0 in records of format 1. Nothing else says whether the bucket's sequence,
// which says where the ring begins, is right.
func parseRecent(key, b []byte) (id cx.ID, n uint64, err error) {
	switch len(b) {
	case len(id):
		return cx.ID(b), 0, nil
	case len(id) + 8:
		n = binary.BigEndian.Uint64(b[len(id):])
		if bytes.Equal(recentKey(n), key) {
			return cx.ID(b[:len(id)]), n, nil
		}
	}
	return cx.ID{}, 0, recentTable.damaged(key, errors.New("not an id and its place"))
}

// recentIDs calls fn with the events of the ring, the one stored last first,
// until it returns false.
func recentIDs(tx *bolt.Tx, fn func(cx.ID) (bool, error)) error {
	last := recentTable.in(tx).Sequence()
	// Were it too low, an undo would take back an event of long ago.
	if b, err := recentTable.get(tx, recentKey(last+1)); err != nil {
		return err
	} else if b != nil {
		if _, n, err := parseRecent(recentKey(last+1), b); err != nil || n > last {
			return errors.Join(err, recentTable.damaged(recentKey(last+1), fmt.Errorf("number %d, and %d was the last", n, last)))
		}
	}
	for n := last; n > 0 && last-n < recentSlots; n-- {
		key := recentKey(n)
		b, err := recentTable.get(tx, key)
		if err != nil {
			return err
		}
		if b == nil { // its event was purged or erased
			continue
		}
		id, is, err := parseRecent(key, b)
		if err == nil && is != 0 && is != n {
			err = recentTable.damaged(key, fmt.Errorf("number %d, want %d", is, n))
		}
		if err != nil {
			return err
		}
		if more, err := fn(id); err != nil || !more {
			return err
		}
	}
	return nil
}

// LastLive returns the event that was stored last, not the one with the latest
// instant, among those of this origin that came from a live source (see
// [cx.Source.Live]), were not taken back and fit q. It looks at the last 1024
// live events.
func (s *Store) LastLive(ctx context.Context, q LiveQuery) (e cx.Event, ok bool, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, w words) error {
		return recentIDs(tx, func(id cx.ID) (bool, error) {
			if id.Origin() != s.origin {
				return true, nil
			}
			found, err := readEvent(tx, w, id)
			if errors.Is(err, ErrNoEvent) {
				return true, nil
			}
			if err != nil {
				return false, err
			}
			if found.Voided || found.RecordedAt.Before(q.Since) || q.Device != "" && found.Device != q.Device {
				return true, nil
			}
			e, ok = found, true
			return false, nil
		})
	})
	return e, ok && err == nil, err
}
