package store

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Tally answers a query with the tags as the file's catalogue has them: from the
// summaries of the days that have one, and from the events of the others. What is
// stored or corrected while it counts may be in it or not. A filter by words that
// the file does not have is a [FilterError].
func (s *Store) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	if err := acquire(ctx, s.moves.RLocker()); err != nil {
		return cx.Tally{}, err
	}
	defer s.moves.RUnlock()
	var sums *cx.Sums
	sc := &scan{store: s, days: scanDays, closed: dayStart(s.openDays()).UnixMilli()}
	err := s.view(ctx, func(tx *bolt.Tx, w words) error {
		catalogue, err := s.catalogueAt(tx)
		if err != nil {
			return err
		}
		if err := checkFilter(q.Filter, catalogue, w); err != nil {
			return err
		}
		sums = cx.NewSums(catalogue, q, w.allSeries(), w.allPlaces())
		sc.pinned = w
		d := &dayTally{tx: tx, words: w, sums: sums, places: sums.NeedsPlaces(), summed: make(map[uint32]bool)}
		sc.left, err = d.count(q)
		return err
	})
	if err == nil {
		err = sc.run(ctx, sums)
	}
	if err != nil {
		return cx.Tally{}, err
	}
	if sc.unsummarised && !s.readOnly {
		s.sayDaysMissing()
	}
	return sums.Tally(), nil
}

// allSeries and allPlaces return what the numbers of series and senders stand for;
// 0 stands for none.
func (w words) allSeries() []cx.Series {
	all := make([]cx.Series, len(w.series)+1)
	for i, s := range w.series {
		all[i+1] = cx.Series{Tag: s.tag, Stage: s.stage, Channel: s.channel}
	}
	return all
}

func (w words) allPlaces() []cx.Place {
	all := make([]cx.Place, len(w.senders)+1)
	for i, s := range w.senders {
		all[i+1] = cx.Place{Desk: s.desk, Site: s.site}
	}
	return all
}

// dayTally answers what it can from the summaries of days.
type dayTally struct {
	tx     *bolt.Tx
	words  words
	sums   *cx.Sums
	places bool // the answer depends on them
	// summed are the days whose summaries serve, parts those of which more than the
	// totals is needed.
	summed map[uint32]bool
	parts  []uint32
}

// count adds the days that have a summary which fits, and what is left of purged
// and erased events in the others. It returns the stretches of time of which
// somebody has to read the events.
func (d *dayTally) count(q cx.Query) (left []stretch, err error) {
	all := stretch{0, lastInstant.UnixMilli() + 1}
	if !q.From.IsZero() {
		all.from = max(ceilMillis(q.From).UnixMilli(), 0)
	}
	if !q.To.IsZero() {
		all.to = ceilMillis(q.To).UnixMilli()
	}
	from, to := dayOf(all.from), dayOf(all.to-1)+1
	at := all.from
	err = dayTotals.each(d.tx, from, to, func(day uint32, key, value []byte) error {
		begin := int64(day) * dayMillis
		switch fit := d.sums.Fit(begin, begin+dayMillis, quarterMillis); {
		case fit == cx.FitEvents:
			return nil
		case d.places || fit == cx.FitSteps:
			d.parts = append(d.parts, day)
		default:
			if err := d.list(key, value, day); err != nil {
				return err
			}
		}
		d.summed[day] = true
		if at < begin {
			left = append(left, stretch{at, begin})
		}
		at = begin + dayMillis
		return nil
	})
	if err != nil {
		return nil, err
	}
	if at < all.to {
		left = append(left, stretch{at, all.to})
	}
	if err := d.countParts(from, to); err != nil {
		return nil, err
	}
	return left, d.remains(from, to)
}

// countParts adds the days of which more than the totals are asked for.
func (d *dayTally) countParts(from, to uint32) error {
	if d.places {
		n := 0
		err := dayPlaces.each(d.tx, from, to, func(day uint32, key, value []byte) error {
			if !d.summed[day] {
				return nil
			}
			n++
			return d.list(key, value, day)
		})
		if err == nil && n != len(d.parts) {
			err = fmt.Errorf("%w: %d days of the summaries have places, not %d", ErrDamaged, n, len(d.parts))
		}
		return err
	}
	for _, day := range d.parts {
		key := dayQuarters.key(day)
		stride, list, err := readDayPart(d.tx, key)
		if err == nil {
			err = d.cells(key, stride, list, day)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dayOf returns the UTC day of an instant in Unix ms, the last one that there is
// for those that no id can carry.
func dayOf(ms int64) uint32 { return uint32(min(max(ms, 0), lastInstant.UnixMilli()) / dayMillis) }

// list adds one day from a part of its summary.
func (d *dayTally) list(key, value []byte, day uint32) error {
	stride, list, err := openDay(key, value)
	if err != nil {
		return err
	}
	return d.cells(key, stride, list, day)
}

func (d *dayTally) cells(key []byte, stride uint32, list []byte, day uint32) error {
	if int64(stride) > int64(len(d.words.series)+1) {
		return daysTable.damaged(key, errUnknownNumber)
	}
	begin := int64(day) * dayMillis
	add := func(c cell) { d.add(begin, c) }
	var err error
	if dayPart(key[0]) == dayPlaces {
		known := func(place uint32) bool { return int(place) <= len(d.words.senders) }
		err = eachPlace(list, stride, known, add)
	} else {
		err = eachCell(list, stride, add)
	}
	if err != nil {
		return daysTable.damaged(key, err)
	}
	return nil
}

func (d *dayTally) add(from int64, c cell) {
	d.sums.Add(from+int64(c.quarter)*quarterMillis, int(c.series), int(c.place), c.count, c.heads)
}

// remains adds what is left of purged and erased events in the days from one up to, and without, another
// whose summaries were not used.
func (d *dayTally) remains(from, to uint32) error {
	for key, value := range daySealed.pairs(d.tx, from, to) {
		_, day, err := parseDayKey(key)
		if err != nil {
			return err
		}
		if d.summed[day] {
			continue
		}
		if err := eachSealed(d.words, key, value, func(c cell) { d.add(int64(day)*dayMillis, c) }); err != nil {
			return err
		}
	}
	if tombstonesTable.empty(d.tx) {
		return nil
	}
	r, err := newDayReader(d.tx, d.words)
	if err != nil {
		return fmt.Errorf("reading what is left of erased events: %w", err)
	}
	for day, erased := range r.erased {
		if day < from || day >= to || d.summed[day] {
			continue
		}
		for _, e := range erased {
			d.add(int64(day)*dayMillis, e.cell)
		}
	}
	return nil
}
