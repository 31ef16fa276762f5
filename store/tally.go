package store

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// scanPerPage is how many events a tally reads in one transaction: a few
// milliseconds' worth, for a press may have to wait for it.
const scanPerPage = 1 << 14

// Tally answers a query with the tags as the file's catalogue has them. What is
// stored or corrected while it counts may be in it or not.
func (s *Store) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	catalogue, err := s.Catalogue(ctx)
	if err != nil {
		return cx.Tally{}, err
	}
	counter := cx.NewCounter(catalogue, q)
	p := newPager(cx.EventQuery{From: q.From, To: q.To})
	for !p.done {
		err := s.view(ctx, func(tx *bolt.Tx, w words) error {
			return p.page(tx, scanPerPage, func(key, value []byte) (bool, error) {
				r, id, err := openRecord(eventsTable, key, value)
				if err != nil {
					return false, err
				}
				e, err := w.event(id, r)
				if err != nil {
					return false, eventsTable.damaged(key, err)
				}
				counter.Add(e)
				return true, nil
			})
		})
		if err != nil {
			return cx.Tally{}, err
		}
	}
	return counter.Tally(), nil
}
