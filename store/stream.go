package store

import (
	"context"
	"iter"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

const (
	// eventsPerPage is how many events are read in one transaction: while one is
	// open the file cannot shrink its unused part, or grow where the map must move.
	eventsPerPage = 512
	// eventsPerLongPage is that for the pages after the first: half a millisecond's
	// worth.
	eventsPerLongPage = 4096
	// pagesAhead is how many pages may wait for who takes them, a MiB each.
	pagesAhead = 2
)

// Events yields events in the order of their ids. An error ends it. The events
// are read some hundreds at a time and no transaction is open while one is
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

// EventPages is [Store.Events] for many: it yields them some hundreds or thousands
// at a time, in a slice that is good until the next. The next ones are read
// meanwhile.
func (s *Store) EventPages(ctx context.Context, q cx.EventQuery) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		r := eventReader{store: s, pager: newPager(q), fill: filler{q: q, filtered: q.Filtered()}, left: q.Limit}
		if r.ended() {
			return
		}
		first, err := r.next(ctx, make([]cx.Event, 0, eventsPerPage))
		if err != nil {
			yield(nil, err)
			return
		}
		if len(first) > 0 && !yield(first, nil) || r.ended() {
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		pages, free := make(chan eventPage, pagesAhead), make(chan []cx.Event, pagesAhead+1)
		for range cap(free) {
			free <- nil
		}
		go r.run(ctx, pages, free)
		defer func() {
			cancel()
			for range pages { // until it has ended
			}
		}()
		for p := range pages {
			if len(p.events) > 0 || p.err != nil {
				if !yield(p.events, p.err) {
					return
				}
			}
			free <- p.events
		}
	}
}

// eventPage is some events, or why there are no more.
type eventPage struct {
	events []cx.Event
	err    error
}

// eventReader reads the events that a question asks for.
type eventReader struct {
	store *Store
	pager *pager
	fill  filler
	left  int // of the limit
}

func (r *eventReader) ended() bool { return r.pager.done || r.fill.q.Limit > 0 && r.left <= 0 }

// run reads the rest into the memory of pages that are free again, and closes
// pages at the end.
func (r *eventReader) run(ctx context.Context, pages chan<- eventPage, free <-chan []cx.Event) {
	defer close(pages)
	for !r.ended() {
		var p eventPage
		select {
		case p.events = <-free:
		case <-ctx.Done():
			p.err = ctx.Err()
		}
		if p.err == nil {
			if p.events == nil {
				p.events = make([]cx.Event, 0, eventsPerLongPage)
			}
			p.events, p.err = r.next(ctx, p.events)
		}
		pages <- p // whoever takes them takes all, or cancels and drops them
		if p.err != nil {
			return
		}
	}
}

// next reads the next page into the place of another.
func (r *eventReader) next(ctx context.Context, page []cx.Event) ([]cx.Event, error) {
	page = page[:0]
	err := r.store.view(ctx, func(tx *bolt.Tx, w words) (err error) {
		if r.fill.filtered {
			if r.fill.catalogue, err = r.store.catalogueAt(tx); err != nil {
				return err
			}
			if err := checkFilter(r.fill.q.Filter, r.fill.catalogue, w); err != nil {
				return err
			}
		}
		r.fill.notes = noteReader{} // of the transaction before
		return r.pager.page(tx, cap(page), func(key, value []byte) (bool, error) {
			page = page[:len(page)+1]
			ok, err := r.fill.fill(&page[len(page)-1], tx, &w, key, value)
			if !ok || err != nil {
				page = page[:len(page)-1]
			}
			return err == nil && (r.fill.q.Limit == 0 || len(page) < r.left), err
		})
	})
	if err != nil {
		return nil, err
	}
	r.left -= len(page)
	return page, nil
}
