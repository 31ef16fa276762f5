package store

import (
	"bytes"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// pager walks over the events of a period, some in one transaction, and the next
// ones in another.
type pager struct {
	from, to cx.ID // half-open; a zero to is no bound
	newest   bool
	last     []byte // key of the event seen last, nil before the first
	done     bool

	// run, where it is set, is called in place of page's fn with the entries of a
	// leaf, from one up to, and without, another, that all lie within the bounds.
	run func(leaf *page, from, to int) error

	tx   int    // the transaction of the first page
	seen uint64 // events, in all pages
}

func newPager(q cx.EventQuery) *pager {
	p := &pager{newest: q.Newest}
	if !q.From.IsZero() {
		p.from = cx.FirstID(ceilMillis(q.From))
	}
	// An instant that no id can carry is no bound.
	if to := ceilMillis(q.To); !q.To.IsZero() && !to.After(lastInstant) {
		p.to = cx.FirstID(to)
		p.done = p.to.IsZero() || !bytesLess(p.from[:], p.to[:])
	}
	return p
}

// lastInstant is the last that an id can carry.
var lastInstant = cx.MakeID(time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), cx.Origin{}, 0).At()

// ceilMillis rounds up to the millisecond: an event's instant lies before t when
// it lies before that.
func ceilMillis(t time.Time) time.Time {
	if down := t.Truncate(time.Millisecond); !down.Equal(t) {
		return down.Add(time.Millisecond)
	}
	return t
}

func bytesLess(a, b []byte) bool { return bytes.Compare(a, b) < 0 }

// page calls fn with up to most events, until it returns false or there are no
// more; then the pager is done. What it calls fn with is there until fn returns,
// and fn must verify its seal, as openRecord does: that no event is left out follows
// from those around it being whole. A transaction that writes sees what it found.
func (p *pager) page(tx *bolt.Tx, most int, fn func(key, value []byte) (bool, error)) error {
	r, err := pagesOf(tx)
	if err != nil {
		return err
	}
	var tree *bucketTree
	if r != nil {
		tree, err = r.scanTree()
	}
	if err != nil {
		return err
	}
	if tree == nil {
		return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, eventsTable.name)
	}
	var ok bool
	if p.newest {
		ok, err = p.startNewest(tree)
	} else {
		ok, err = p.startOldest(tree)
	}
	if p.last == nil {
		p.tx = tx.ID()
	} else if p.tx != tx.ID() {
		p.tx = -1 // events came or went between the pages
	}
	for n := 0; ok && err == nil; {
		leaf := tree.leaf()
		if key := leaf.key(leaf.i); p.last != nil && bytesLess(key, p.last) != p.newest {
			return eventsTable.damaged(key, fmt.Errorf("it follows %x", p.last))
		}
		i := leaf.i
		var more bool
		var took int
		took, more, err = p.leaf(&leaf.page, i, most-n, fn)
		p.seen += uint64(took)
		n += took
		if err != nil || p.done || !more {
			p.done = p.done || err != nil
			return err
		}
		if n == most {
			return nil
		}
		if p.newest {
			leaf.i = 0
			ok, err = tree.previous()
		} else {
			leaf.i = leaf.count - 1
			ok, err = tree.next()
		}
	}
	if err != nil {
		p.done = true
		return err
	}
	return p.end(tree)
}

// leaf calls fn with up to most events of a leaf, from entry i on, and returns with
// how many, and whether fn wants more. The pager is done where it found one behind
// its bounds.
func (p *pager) leaf(leaf *page, i, most int, fn func(key, value []byte) (bool, error)) (n int, more bool, err error) {
	step, stop := 1, leaf.count
	inside := p.to.IsZero() || bytesLess(leaf.key(leaf.count-1), p.to[:])
	if p.newest {
		step, stop = -1, -1
		inside = !bytesLess(leaf.key(0), p.from[:])
	}
	more = true
	if p.run != nil && inside && !p.newest {
		n = min(stop-i, most)
		if err := p.run(leaf, i, i+n); err != nil {
			return n, false, err
		}
		p.last = append(p.last[:0], leaf.key(i+n-1)...)
		return n, true, nil
	}
	for ; i != stop && n < most && more; i += step {
		key, value := leaf.pair(i)
		if !inside && p.beyond(key) {
			_, err = eventsTable.unseal(key, value)
			p.done = true
			break
		}
		n++
		if more, err = fn(key, value); err != nil {
			return n, false, err
		}
	}
	if n > 0 {
		p.last = append(p.last[:0], leaf.key(i-step)...)
	}
	return n, more, err
}

func (p *pager) beyond(key []byte) bool {
	if p.newest {
		return bytesLess(key, p.from[:])
	}
	return !p.to.IsZero() && !bytesLess(key, p.to[:])
}

// startOldest goes to the first event to be seen, and verifies that none was left
// out before it.
func (p *pager) startOldest(t *bucketTree) (bool, error) {
	start := p.from[:]
	if p.last != nil {
		start = append(bytes.Clone(p.last), 0) // the next key that there can be
	}
	if _, _, err := t.find(eventsTable, start); err != nil {
		return false, err
	}
	return t.leaf().i < t.leaf().count, nil
}

// startNewest goes to the last event to be seen, and verifies that none was left
// out behind it.
func (p *pager) startNewest(t *bucketTree) (bool, error) {
	stop := p.to[:]
	switch {
	case p.last != nil:
		stop = p.last
	case p.to.IsZero():
		ok, err := t.last()
		if err != nil {
			return false, err
		}
		return ok, t.edge(eventsTable, right)
	}
	if _, _, err := t.find(eventsTable, stop); err != nil {
		return false, err
	}
	return t.previous()
}

// end verifies that there are no events where the tree ended, and after all of them
// how many there were.
func (p *pager) end(t *bucketTree) error {
	p.done = true
	side, all := right, p.from.IsZero() && p.to.IsZero()
	if p.newest {
		side = left
	}
	if err := t.edge(eventsTable, side); err != nil {
		return err
	}
	if all && p.tx == t.r.tx.ID() && t.r.format >= sealedFormat && p.seen != sealedCount(t.sealed) {
		return t.named(fmt.Errorf("%w: %d records, but it says %d", ErrDamaged, p.seen, sealedCount(t.sealed)))
	}
	return nil
}
