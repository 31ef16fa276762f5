package store

import (
	"context"
	"iter"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// eventsPerPage is how many events are read in one transaction: while one is open
// the file cannot shrink its unused part, or grow where the map must move.
const eventsPerPage = 512

// Events yields events in the order of their ids. An error ends it. The events
// are read a few hundred at a time and no transaction is open while one is
// yielded, so that a slow reader holds up nobody; what is stored or corrected
// meanwhile may be among them or not.
func (s *Store) Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		for page, err := range s.EventPages(ctx, q) {
			if err != nil {
				yield(cx.Event{}, err)
				return
			}
			for i := range page {
				if !yield(page[i], nil) {
					return
				}
			}
		}
	}
}

// EventPages is [Store.Events] for many: it yields them a few hundred at a time, in
// a slice that is good until the next.
func (s *Store) EventPages(ctx context.Context, q cx.EventQuery) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		p := newPager(q)
		left := q.Limit
		page := make([]cx.Event, 0, eventsPerPage)
		for !p.done {
			page = page[:0]
			err := s.view(ctx, func(tx *bolt.Tx, w words) error {
				return p.page(tx, eventsPerPage, func(key, value []byte) (bool, error) {
					r, _, err := openRecord(eventsTable, key, value)
					if err != nil || r.voided && !q.Voided {
						return err == nil, err
					}
					e, err := noted(tx, w, eventsTable, key, r)
					page = append(page, e)
					return err == nil && (q.Limit == 0 || len(page) < left), err
				})
			})
			if err != nil {
				yield(nil, err)
				return
			}
			if len(page) > 0 && !yield(page, nil) {
				return
			}
			if left -= len(page); q.Limit > 0 && left <= 0 {
				return
			}
		}
	}
}
