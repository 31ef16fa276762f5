package store

import (
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// datedLately bounds how long before it was stored an event's clock dated it. What a
// person dated says nothing of the clock at which it was stored.
const datedLately = time.Hour

// LastTrusted returns when the last live event was stored that the clock dated and
// whose clock is not suspect; ok is false where there is none among the last 1024. It
// goes by the order in which
// they were stored, not by their instants, so that a clock that was wrong once does not
// count for ever.
func (s *Store) LastTrusted(ctx context.Context) (at time.Time, ok bool, err error) {
	err = s.view(ctx, func(tx *bolt.Tx, w words) error {
		return recentIDs(tx, func(id cx.ID) (bool, error) {
			e, err := readEvent(tx, w, id)
			if errors.Is(err, ErrNoEvent) {
				return true, nil
			}
			if err != nil {
				return false, err
			}
			if e.Clock != cx.ClockOK || e.RecordedAt.Sub(e.At()).Abs() > datedLately {
				return true, nil
			}
			at, ok = e.RecordedAt, true
			return false, nil
		})
	})
	return at, ok && err == nil, err
}
