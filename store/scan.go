package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

const (
	// scanPerPage is how many events a scan reads in one transaction: a
	// millisecond's worth, for a press may have to wait for it.
	scanPerPage = 1 << 14
	// scanEvents is about how many events one goroutine reads before it takes the
	// next: enough to forget what finding the first costs.
	scanEvents = 1 << 16
	// scanDays is how many days it takes at first, and at most.
	scanDays, scanMostDays = 4, 128
	// scanners is how many goroutines may read, where there are as many processors.
	scanners = 4
)

// stretch is of instants, in Unix ms, half-open.
type stretch struct{ from, to int64 }

// scan counts the events of some stretches of time one by one.
type scan struct {
	store *Store
	// pinned are the words when the tally began. An event with later ones was
	// stored since, and is left out.
	pinned words
	closed int64 // days that are over by then should have had a summary

	mu   sync.Mutex
	left []stretch
	days int64 // how many to take next
	// unsummarised says that there were events of closed days.
	unsummarised bool
}

// run adds the events to sums.
func (sc *scan) run(ctx context.Context, sums *cx.Sums) error {
	more, err := sc.next(ctx, sums)
	if err != nil || !more {
		return err
	}
	n := min(runtime.GOMAXPROCS(0), scanners)
	forks, errs := make([]*cx.Sums, n), make([]error, n)
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = sc.store.view(ctx, func(*bolt.Tx, words) error {
			readAhead(sc.store.file)
			return nil
		})
	})
	for i := range n {
		forks[i] = sums.Fork()
		wg.Go(func() {
			for more := true; more && errs[i] == nil; {
				more, errs[i] = sc.next(ctx, forks[i])
			}
		})
	}
	wg.Wait()
	for _, fork := range forks {
		sums.Merge(fork)
	}
	return errors.Join(errs...)
}

// next takes some days and counts their events; more is false where there were
// none left.
func (sc *scan) next(ctx context.Context, sums *cx.Sums) (more bool, err error) {
	var mine stretch
	err = sc.store.view(ctx, func(tx *bolt.Tx, _ words) error {
		sc.mu.Lock()
		defer sc.mu.Unlock()
		mine, more, err = sc.take(tx)
		return err
	})
	if err != nil || !more {
		return false, err
	}
	events := 0
	for p := pagerBetween(mine.from, mine.to); !p.done; {
		err := sc.store.view(ctx, func(tx *bolt.Tx, w words) error {
			p.run = func(leaf *page, from, to int) error {
				events += to - from
				for i := from; i < to; i++ {
					key, value := leaf.pair(i)
					if err := sc.count(sums, &w, key, value); err != nil {
						return err
					}
				}
				return nil
			}
			return p.page(tx, scanPerPage, func(key, value []byte) (bool, error) {
				err := sc.count(sums, &w, key, value)
				return err == nil, err
			})
		})
		if err != nil {
			return false, err
		}
	}
	sc.mu.Lock()
	defer sc.mu.Unlock()
	days := (mine.to - mine.from + dayMillis - 1) / dayMillis
	sc.days = min(max(days*scanEvents/int64(events+1), 1), scanMostDays)
	return true, nil
}

// count counts one event, if it counts; now are the words of its transaction.
func (sc *scan) count(sums *cx.Sums, now *words, key, value []byte) error {
	b, err := openBrief(key, value)
	if err != nil || !b.counts {
		return err
	}
	if b.series-1 >= uint64(len(sc.pinned.series)) || b.sender-1 >= uint64(len(sc.pinned.senders)) {
		if b.series == 0 || b.sender == 0 || b.series > uint64(len(now.series)) || b.sender > uint64(len(now.senders)) {
			return eventsTable.damaged(key, fmt.Errorf("series %d or sender %d: %w", b.series, b.sender, errUnknownNumber))
		}
		return nil // stored since the tally began
	}
	sums.Add(idMillis(key), int(b.series), int(b.sender), 1, one(b.heads))
	return nil
}

// take takes some of what is left, from the first event in it on.
func (sc *scan) take(tx *bolt.Tx) (mine stretch, ok bool, err error) {
	for len(sc.left) > 0 {
		left := &sc.left[0]
		ms, ok, err := firstInstant(tx, left.from, left.to)
		if err != nil {
			return stretch{}, false, err
		}
		if !ok {
			sc.left = sc.left[1:]
			continue
		}
		mine = stretch{ms, min(left.to, (ms/dayMillis+sc.days)*dayMillis)}
		left.from = mine.to
		sc.unsummarised = sc.unsummarised || ms < sc.closed
		return mine, true, nil
	}
	return stretch{}, false, nil
}

// pagerBetween walks over the events from one instant up to, and without, another.
func pagerBetween(from, to int64) *pager {
	return newPager(cx.EventQuery{From: millis(from), To: millis(to)})
}
