package store

import (
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
	return recentTable.put(w.tx, recentKey(n), e.ID[:])
}

// recentIDs calls fn with the events of the ring, the one stored last first,
// until it returns false.
func recentIDs(tx *bolt.Tx, fn func(cx.ID) (bool, error)) error {
	last := recentTable.in(tx).Sequence()
	for n := last; n > 0 && last-n < recentSlots; n-- {
		key := recentKey(n)
		b, err := recentTable.get(tx, key)
		if err != nil {
			return err
		}
		if b == nil { // its event was purged or erased
			continue
		}
		if len(b) != len(cx.ID{}) {
			return recentTable.damaged(key, errors.New("not an id"))
		}
		if more, err := fn(cx.ID(b)); err != nil || !more {
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
