package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"magicbutton/internal/cx"
)

// event checks one record of eventsTable.
func (c *checker) event(key, value []byte) error {
	c.report.Events++
	r, id, err := openRecord(eventsTable, key, value)
	if len(key) == len(id) {
		c.number(cx.ID(key)) // there is an event of this number, whatever its state
	}
	if err != nil {
		return err
	}
	e, err := c.words.event(id, r)
	if err != nil {
		return eventsTable.damaged(key, err)
	}
	if err := e.Check(); err != nil {
		return eventsTable.damaged(key, err)
	}
	if r.voided {
		c.report.Voided++
		return nil
	}
	return c.conversation(e)
}

// number notes the sequence number of an event.
func (c *checker) number(id cx.ID) {
	origin, n := id.Origin(), id.Seq()
	last, ok := c.origins[origin]
	switch {
	case n == 0 || origin == (cx.Origin{}):
		c.damage("event %s: its id has no origin or no sequence number", id)
		return
	case !ok:
		c.damage("event %s: its origin %s is not among the origins", id, origin)
	case n > last:
		c.damage("event %s: its sequence number %d is above its origin's last, %d", id, n, last)
	}
	if c.seen[origin] == nil {
		c.seen[origin] = &sequence{}
	}
	if !c.seen[origin].add(n) {
		c.twice(id)
	}
}

// conversation checks a live event that is not the first of its conversation.
// An import of a part of the events can leave the first one out.
func (c *checker) conversation(e cx.Event) error {
	if e.Conversation == e.ID {
		return nil
	}
	head, ok, err := storedRecord(c.tx, e.Conversation)
	var problem string
	switch {
	case err != nil:
		return err
	case !ok:
		problem = "is not in this file"
	case head.voided:
		problem = "was taken back"
	case !head.conversation.IsZero() && head.conversation != e.Conversation:
		problem = "is not the first of its own"
	case !mayJoin(e.ID, e.Conversation):
		problem = "is not from the 24 hours before"
	default:
		return nil
	}
	c.remark("event %s: the first event of its conversation, %s, %s", e.ID, e.Conversation, problem)
	return nil
}

// state checks one record of historyTable.
func (c *checker) state(key, value []byte) error {
	c.report.Revisions++
	r, id, err := openRecord(historyTable, key, value)
	if err != nil {
		return err
	}
	if rev := binary.BigEndian.Uint32(key[len(id):]); rev != r.rev {
		return historyTable.damaged(key, fmt.Errorf("it is of revision %d", r.rev))
	}
	if _, err := c.words.event(id, r); err != nil {
		return historyTable.damaged(key, err)
	}
	now, ok, err := storedRecord(c.tx, id)
	switch {
	case err != nil:
		return err
	case !ok:
		return historyTable.damaged(key, ErrNoEvent)
	case now.rev <= r.rev:
		return historyTable.damaged(key, fmt.Errorf("the event is at revision %d", now.rev))
	}
	return nil
}

// note checks one record of notesTable. A state whose note is gone is in order:
// notes are not kept for ever.
func (c *checker) note(key, value []byte) error {
	c.report.Notes++
	b, err := notesTable.unseal(key, value)
	if err != nil {
		return err
	}
	if err := cx.CheckNote(string(b)); err != nil {
		return notesTable.damaged(key, err)
	}
	of := eventsTable
	if len(key) == revisionKeyBytes {
		of = historyTable
	}
	owner, err := of.get(c.tx, key)
	if err != nil {
		return err
	}
	if owner == nil {
		return notesTable.damaged(key, errors.New("nothing has this note"))
	}
	if r, err := parseRecord(owner); err == nil && !r.noted {
		return notesTable.damaged(key, errors.New("its owner has no note"))
	}
	return nil
}

// sequences reports what is missing between an origin's first number and its
// last.
func (c *checker) sequences() {
	byName := func(a, b cx.Origin) int { return strings.Compare(a.String(), b.String()) }
	for _, origin := range slices.SortedFunc(maps.Keys(c.origins), byName) {
		last, seen := c.origins[origin], c.seen[origin]
		if seen == nil {
			seen = &sequence{}
		}
		if seen.count >= last {
			continue
		}
		missing := last - seen.count
		c.report.Missing += missing
		from, to := seen.firstHole(last)
		c.remark("origin %s: %d of %d sequence numbers have no event, the first are %d to %d", origin, missing, last, from, to)
	}
}

// sequence is a set of sequence numbers: a bitmap in pages, so that a few large
// numbers take little.
type sequence struct {
	pages map[uint64]*[sequencePage / 64]uint64
	count uint64
}

const sequencePage = 1 << 15

// add reports whether n was new.
func (s *sequence) add(n uint64) bool {
	if s.pages == nil {
		s.pages = make(map[uint64]*[sequencePage / 64]uint64)
	}
	page := s.pages[n/sequencePage]
	if page == nil {
		page = new([sequencePage / 64]uint64)
		s.pages[n/sequencePage] = page
	}
	word, bit := &page[n%sequencePage/64], uint64(1)<<(n%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	s.count++
	return true
}

// firstHole returns the first run of numbers from 1 to last that are not in the
// set. There must be one.
func (s *sequence) firstHole(last uint64) (from, to uint64) {
	from = s.next(1, last, false)
	return from, s.next(from, last, true) - 1
}

// next returns the first number from n on that is in the set, or is not, last+1
// where there is none.
func (s *sequence) next(n, last uint64, in bool) uint64 {
	for n <= last {
		page := s.pages[n/sequencePage]
		if page == nil {
			if !in {
				return n
			}
			n = (n/sequencePage + 1) * sequencePage
			continue
		}
		word := page[n%sequencePage/64]
		if !in {
			word = ^word
		}
		if word >>= n % 64; word != 0 {
			return min(n+uint64(bits.TrailingZeros64(word)), last+1)
		}
		n = (n/64 + 1) * 64
	}
	return last + 1
}
