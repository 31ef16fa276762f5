package store

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// Tally answers a query with the tags as the file's catalogue has them: from the
// summaries of the days that have one, and from the events of the others. What is
// stored or corrected while it counts may be in it or not.
func (s *Store) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	var sums *cx.Sums
	sc := &scan{store: s, closed: dayStart(s.openDays()).UnixMilli()}
	err := s.view(ctx, func(tx *bolt.Tx, w words) error {
		catalogue, err := s.catalogueAt(tx)
		if err != nil {
			return err
		}
		sums = cx.NewSums(catalogue, q, w.allSeries(), w.allPlaces())
		sc.pinned = w
		d := &dayTally{tx: tx, words: w, sums: sums, places: sums.NeedsPlaces()}
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
	summed := make(map[uint32]bool)
	at := all.from
	for key, value := range dayTotals.pairs(d.tx, dayOf(all.from), dayOf(all.to-1)+1) {
		_, day, err := parseDayKey(key)
		if err != nil {
			return nil, err
		}
		from := int64(day) * dayMillis
		fit := d.sums.Fit(from, from+dayMillis, quarterMillis)
		if fit == cx.FitEvents {
			continue
		}
		if err := d.day(day, fit, value); err != nil {
			return nil, err
		}
		summed[day] = true
		if at < from {
			left = append(left, stretch{at, from})
		}
		at = from + dayMillis
	}
	if at < all.to {
		left = append(left, stretch{at, all.to})
	}
	return left, d.remains(all, summed)
}

// dayOf returns the UTC day of an instant in Unix ms, the last one that there is
// for those that no id can carry.
func dayOf(ms int64) uint32 { return uint32(min(max(ms, 0), lastInstant.UnixMilli()) / dayMillis) }

// day adds one day from its summary, of which totals is the first part.
func (d *dayTally) day(day uint32, fit cx.Fit, totals []byte) error {
	part, value := dayTotals, totals
	switch {
	case d.places:
		part = dayPlaces
	case fit == cx.FitSteps:
		part = dayQuarters
	}
	key := part.key(day)
	if part != dayTotals {
		value = daysTable.in(d.tx).Get(key)
	}
	stride, list, err := openDay(key, value)
	if err != nil {
		return err
	}
	if int64(stride) > int64(len(d.words.series)+1) {
		return daysTable.damaged(key, errUnknownNumber)
	}
	from := int64(day) * dayMillis
	if part == dayPlaces {
		known := func(place uint32) bool { return int(place) <= len(d.words.senders) }
		err = eachPlace(list, stride, known, func(c cell) { d.add(from, c) })
	} else {
		err = eachCell(list, stride, func(c cell) { d.add(from, c) })
	}
	if err != nil {
		return daysTable.damaged(key, err)
	}
	return nil
}

func (d *dayTally) add(from int64, c cell) {
	d.sums.Add(from+int64(c.quarter)*quarterMillis, int(c.series), int(c.place), c.count, c.heads)
}

// remains adds what is left of purged and erased events in the days of a stretch
// whose summaries were not used.
func (d *dayTally) remains(all stretch, summed map[uint32]bool) error {
	from, to := dayOf(all.from), dayOf(all.to-1)+1
	for key, value := range daySealed.pairs(d.tx, from, to) {
		_, day, err := parseDayKey(key)
		if err != nil {
			return err
		}
		if summed[day] {
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
		if day < from || day >= to || summed[day] {
			continue
		}
		for _, e := range erased {
			d.add(int64(day)*dayMillis, e.cell)
		}
	}
	return nil
}
