package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	// closingTime is how long after midnight, UTC, a day is taken to be over: a
	// summary that a late press deletes is work for nothing.
	closingTime = 15 * time.Minute
	// eventsPerBuild is how many events one transaction adds up: a press that comes
	// meanwhile waits for less than a millisecond.
	eventsPerBuild = 1 << 14
	daysPerBuild   = 64
)

// openDays returns the first UTC day that is not over.
func (s *Store) openDays() uint32 { return utcDay(s.clock().Add(-closingTime)) }

// DaysEnd returns when the next UTC day is over, so that [Store.BuildDays] has
// work again.
func (s *Store) DaysEnd() time.Time { return dayStart(s.openDays() + 1).Add(closingTime) }

// DaysMissing gets a value when a tally read the events of a day that is over and
// has no summary.
func (s *Store) DaysMissing() <-chan struct{} { return s.missing }

func (s *Store) sayDaysMissing() {
	select {
	case s.missing <- struct{}{}:
	default: // it was said already
	}
}

// BuildDays makes the summaries of the UTC days that are over and have none, in
// small transactions. Tallies are right without them, and faster with them.
// progress may be nil; it is told how many of those days are done.
func (s *Store) BuildDays(ctx context.Context, progress func(done, total int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	var missing []uint32
	err := s.view(ctx, func(tx *bolt.Tx, w words) (err error) {
		missing, err = missingDays(tx, w, s.openDays())
		return err
	})
	if err != nil {
		return err
	}
	for done := 0; done < len(missing); {
		n, err := s.buildSome(ctx, missing[done:])
		if err != nil {
			return err
		}
		done += n
		progress(done, len(missing))
	}
	return nil
}

// maxQuietDays is the longest stretch without events whose days get a summary that
// says so, which costs less than looking there for events each time.
const maxQuietDays = 31

// missingDays returns the days before one that have events, or what is left of
// them, or lie between two such days, and no summary.
func missingDays(tx *bolt.Tx, w words, before uint32) ([]uint32, error) {
	found := make(map[uint32]bool)
	last := uint32(0)
	for day := uint32(0); day < before; day++ {
		from := dayStart(day).UnixMilli()
		ms, ok, err := firstInstant(tx, from, dayStart(before).UnixMilli())
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		day = uint32(ms / dayMillis)
		found[day] = true
		if day-last <= maxQuietDays {
			for quiet := last + 1; quiet < day; quiet++ {
				found[quiet] = true
			}
		}
		last = day
	}
	r, err := newDayReader(tx, w)
	if err != nil {
		return nil, err
	}
	for day := range r.erased {
		found[day] = true
	}
	for key := range daySealed.pairs(tx, 0, before) {
		_, day, err := parseDayKey(key)
		if err != nil {
			return nil, err
		}
		found[day] = true
	}
	var missing []uint32
	for key := range dayTotals.pairs(tx, 0, before) {
		_, day, err := parseDayKey(key)
		if err != nil {
			return nil, err
		}
		delete(found, day)
	}
	for day := range found {
		if day < before {
			missing = append(missing, day)
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// buildSome makes the summaries of the first of some days, and returns of how
// many. What is to be written is read twice: warily, as everything that answers a
// question, and in the transaction that writes it. Where the two do not agree
// something came between, and the day is left for another time.
func (s *Store) buildSome(ctx context.Context, days []uint32) (n int, err error) {
	var all [][]cell
	err = s.view(ctx, func(tx *bolt.Tx, w words) error {
		r, err := newDayReader(tx, w)
		for events := 0; err == nil && n < min(len(days), daysPerBuild) && events < eventsPerBuild; n++ {
			var cells []cell
			if cells, err = r.cells(days[n], readWarily); err == nil {
				all = append(all, cells)
				for _, c := range cells {
					events += int(c.count)
				}
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	_, err = s.write(ctx, func(w *writer) error {
		r, err := newDayReader(w.tx, w.words)
		if err != nil {
			return err
		}
		for i, expected := range all {
			cells, err := r.cells(days[i], readPlainly)
			if err != nil {
				return err
			}
			if !slices.Equal(cells, expected) {
				continue
			}
			if err := w.putDay(days[i], r.stride, cells); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// firstInstant returns the instant of the first event from one up to, and without,
// another, in Unix ms.
func firstInstant(tx *bolt.Tx, from, to int64) (ms int64, ok bool, err error) {
	p := pagerBetween(from, to)
	if p.done {
		return 0, false, nil
	}
	err = p.page(tx, 1, func(key, value []byte) (bool, error) {
		if _, err := eventsTable.unseal(key, value); err != nil {
			return false, err
		}
		if len(key) < 8 {
			return false, eventsTable.damaged(bytes.Clone(key), errRecord)
		}
		ms, ok = idMillis(key), true
		return false, nil
	})
	return ms, ok, err
}
