package store

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"magicbutton/internal/cx"
)

// tombstone checks what is left of an erased event.
func (c *checker) tombstone(key, value []byte) error {
	t, err := parseTombstone(key, value)
	if err != nil {
		return err
	}
	if !c.wordless {
		if _, err := t.event(c.words, key); err != nil {
			return err
		}
	}
	id := t.id(key)
	c.goneOf(id.Origin()).add(id.Seq())
	return c.gaveOut(tombstonesTable, key, id.Origin(), id.Seq())
}

// purge checks which events of an origin were purged.
func (c *checker) purge(key, value []byte) error {
	b, err := purgedTable.unseal(key, value)
	if err != nil {
		return err
	}
	ranges, err := parsePurged(key, b)
	if err != nil || len(ranges) == 0 {
		return err
	}
	origin := cx.Origin(key)
	last := ranges[len(ranges)-1].last
	if err := c.gaveOut(purgedTable, key, origin, last); err != nil {
		return err
	}
	gone := c.goneOf(origin)
	for _, run := range ranges {
		for n := run.first; n <= run.last; n++ {
			gone.add(n)
		}
	}
	return nil
}

// gaveOut checks that an origin gave out a number.
func (c *checker) gaveOut(t table, key []byte, o cx.Origin, n uint64) error {
	switch last, ok := c.origins[o]; {
	case !ok:
		return t.damaged(key, fmt.Errorf("its origin %s is not among the origins", o))
	case n > last:
		return t.damaged(key, fmt.Errorf("number %d is above its origin's last, %d", n, last))
	}
	return nil
}

func (c *checker) goneOf(o cx.Origin) *sequence {
	if c.gone[o] == nil {
		c.gone[o] = &sequence{}
	}
	return c.gone[o]
}

// account adds the numbers of erased and purged events to those of events: they are
// not missing. No event may have one of them.
func (c *checker) account() {
	byName := func(a, b cx.Origin) int { return strings.Compare(a.String(), b.String()) }
	for _, origin := range slices.SortedFunc(maps.Keys(c.gone), byName) {
		if c.seen[origin] == nil {
			c.seen[origin] = &sequence{}
		}
		if n, twice := c.seen[origin].join(c.gone[origin]); twice {
			c.damage("event %d of origin %s was erased or purged, and is there", n, origin)
		}
	}
}

// join adds the numbers of another set, and returns one that both have.
func (s *sequence) join(other *sequence) (both uint64, ok bool) {
	if s.pages == nil {
		s.pages = make(map[uint64]*[sequencePage / 64]uint64)
	}
	for n, page := range other.pages {
		mine := s.pages[n]
		if mine == nil {
			mine = new([sequencePage / 64]uint64)
			s.pages[n] = mine
		}
		for i, word := range page {
			if same := mine[i] & word; same != 0 {
				both, ok = n*sequencePage+uint64(i)*64+uint64(bits.TrailingZeros64(same)), true
			}
			s.count += uint64(bits.OnesCount64(word &^ mine[i]))
			mine[i] |= word
		}
	}
	return both, ok
}

// day checks a part of a day's summary by itself.
func (c *checker) day(key, value []byte) error {
	part, day, err := parseDayKey(key)
	if err != nil {
		return err
	}
	if _, err := daysTable.unseal(key, value); err != nil {
		return err
	}
	switch {
	case part == dayTotals:
		c.days = append(c.days, day)
	case part == daySealed && !c.wordless:
		return eachSealed(c.words, key, value, func(cell) {})
	}
	return nil
}

// recount holds the summaries of days against what they sum up. A file without
// summaries must be fit for one.
func (c *checker) recount() error {
	r, err := newDayReader(c.tx, c.words)
	if errors.Is(err, ErrDamaged) {
		c.damage("%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, day := range c.days {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := r.recount(day); err != nil {
			if !errors.Is(err, ErrDamaged) {
				return err
			}
			c.damage("%v", err)
		}
	}
	return nil
}
