package store

import (
	"bytes"
	"fmt"
)

// bucketTree reads the B+tree of one bucket, from page to page.
//
// What holds it together: an element of a branch page has the first key of the
// page that it leads to, exactly; all leaves lie equally deep; no page but the root
// is empty; and the bucket's edges are known from elsewhere, see edge. A pointer
// that leads anywhere else breaks one of these.
type bucketTree struct {
	r      *pageReader
	name   string
	flags  uint32 // of its entries
	there  bool
	root   uint64
	inline *page  // where it lies in its bucket's value
	small  page   // what inline leads to, with bytes of its own
	sealed uint64 // its bucket's sequence, see bucketSeal

	path   []pathPage // from the root down; empty before the first use
	window window     // of leaves
	depth  int        // of the leaves, 0 where it is not known yet

	beside  uint64                      // the leaf whose neighbours were verified last
	checked [2]bool                     // the left and the right edge were verified
	change  *changing                   // of a transaction that changes the bucket
	missing []byte                      // a key that was verified not to be there, nil for none; see table.has
	visit   func(id, more uint64) error // is told of each page that is read; nil for nobody
}

// pathPage is a page on the way from the root, and the entry that the way takes.
type pathPage struct {
	page
	i   int
	own []byte // keeps a branch page
}

// maxDepth is more than a file can need: a branch page has two entries or more, and
// most often a hundred.
const maxDepth = 32

func (t *bucketTree) start(r *pageReader, name string, flags uint32, root uint64, inline *page, sealed uint64) {
	*t = bucketTree{
		r: r, name: name, flags: flags, there: true, root: root, inline: inline, sealed: sealed,
		path: t.path[:0], window: window{b: t.window.b[:0]}, small: page{b: t.small.b[:0]},
	}
}

// alone returns the tree with a path of its own.
func (t *bucketTree) alone() *bucketTree {
	own := &bucketTree{}
	own.start(t.r, t.name, t.flags, t.root, t.inline, t.sealed)
	return own
}

// named says in which bucket something is wrong.
func (t *bucketTree) named(err error) error {
	if err == nil || t.name == "" {
		return err
	}
	return fmt.Errorf("bucket %s: %w", t.name, err)
}

// leaf returns where the path ends.
func (t *bucketTree) leaf() *pathPage { return &t.path[len(t.path)-1] }

// pair returns the entry that the path stands at.
func (t *bucketTree) pair() (key, value []byte) {
	leaf := t.leaf()
	return leaf.pair(leaf.i)
}

// push makes a page the end of the path.
func (t *bucketTree) push(id uint64) error {
	for i := range t.path {
		if t.path[i].id == id {
			return damagedPage(id, "it leads back to itself")
		}
	}
	n := len(t.path)
	if n == maxDepth {
		return damagedPage(id, "it lies too deep")
	}
	if n < cap(t.path) {
		t.path = t.path[:n+1] // with what its last user has of memory
	} else {
		t.path = append(t.path, pathPage{})
	}
	at := &t.path[n]
	at.i = 0
	if n == 0 && t.inline != nil {
		at.page = *t.inline
		return nil
	}
	if err := t.load(id, at); err != nil {
		t.path = t.path[:n]
		return err
	}
	return nil
}

// load reads a page and checks it by itself.
func (t *bucketTree) load(id uint64, at *pathPage) error {
	if err := t.r.use(id); err != nil {
		return err
	}
	b, err := t.bytesOf(id, at)
	if err != nil {
		return err
	}
	p, more, err := parsePage(b)
	if err != nil {
		p.id = id
		return damagedPage(id, "it is no page of a tree")
	}
	if p.id != id {
		return damagedPage(id, "it says that it is page %d", p.id)
	}
	// Before further pages are read: a flipped bit could ask for half a gigabyte.
	if want := (p.extent() + uint64(t.r.bytes) - 1) / uint64(t.r.bytes); p.count > 0 && more+1 != want || p.count == 0 && more > 0 || more >= t.r.pages-id {
		return damagedPage(id, "it says that %d more belong to it", more)
	}
	if more > 0 {
		p.b = make([]byte, (more+1)*uint64(t.r.bytes))
		if n, err := t.r.readPages(id, p.b); err != nil {
			return err
		} else if uint64(n) <= more {
			return damagedPage(id, "it ends behind the end of the file")
		}
	} else if !p.leaf && (cap(at.own) == 0 || &b[0] != &at.own[:1][0]) {
		at.own = append(at.own[:0], b...) // leaves will take its place in the window
		p.b = at.own
	}
	if err := p.layout(t.flags); err != nil {
		return err
	}
	if t.visit != nil {
		if err := t.visit(id, more); err != nil {
			return err
		}
	}
	at.page = p
	if p.leaf {
		return nil
	}
	for i := 1; i < p.count; i++ {
		if bytes.Compare(p.key(i-1), p.key(i)) >= 0 {
			return damagedPage(id, "its keys %d and %d are not in order", i-1, i)
		}
	}
	return nil
}

// bytesOf reads one page: a leaf, or what may be one, through the window.
func (t *bucketTree) bytesOf(id uint64, at *pathPage) ([]byte, error) {
	if len(t.path) == t.depth || t.depth == 0 {
		return t.window.page(t.r, id)
	}
	if cap(at.own) < t.r.bytes {
		at.own = make([]byte, t.r.bytes)
	}
	at.own = at.own[:t.r.bytes]
	_, err := t.r.readPages(id, at.own)
	return at.own, err
}

// down lengthens the path by the page that it stands at.
func (t *bucketTree) down() error {
	n := len(t.path)
	if err := t.push(t.path[n-1].child(t.path[n-1].i)); err != nil {
		return err
	}
	from, to := &t.path[n-1], &t.path[n]
	if to.count == 0 || !bytes.Equal(to.key(0), from.key(from.i)) {
		id := to.id
		t.path = t.path[:n]
		return damagedPage(id, "it does not begin with the key that page %d says", from.id)
	}
	if last := to.key(to.count - 1); from.i+1 < from.count && bytes.Compare(last, from.key(from.i+1)) >= 0 {
		id := to.id
		t.path = t.path[:n]
		return damagedPage(id, "its keys reach into those of the next")
	}
	return nil
}

// toLeaf goes down until the path ends with a leaf; way says which element of a
// page to take.
func (t *bucketTree) toLeaf(way func(p *page) int) error {
	if len(t.path) == 0 {
		if err := t.push(t.root); err != nil {
			return err
		}
	}
	for {
		at := t.leaf()
		at.i = way(&at.page)
		if at.leaf {
			break
		}
		if at.count == 0 {
			return damagedPage(at.id, "it is empty")
		}
		if err := t.down(); err != nil {
			return err
		}
	}
	if t.depth == 0 {
		t.depth = len(t.path)
	}
	if len(t.path) != t.depth {
		return damagedPage(t.leaf().id, "it lies %d pages deep, and others lie %d", len(t.path), t.depth)
	}
	return nil
}

// The places that toLeaf is sent to.
func firstOf(*page) int  { return 0 }
func lastOf(p *page) int { return max(p.count-1, 0) }

// fresh runs what begins at the root. After an error the path is empty.
func (t *bucketTree) fresh(way func(p *page) int) (bool, error) {
	t.path = t.path[:0]
	if err := t.toLeaf(way); err != nil {
		t.path = t.path[:0]
		return false, t.named(err)
	}
	return t.leaf().count > 0, nil
}

// first goes to the first entry; ok is false where there is none.
func (t *bucketTree) first() (ok bool, err error) { return t.fresh(firstOf) }

// last goes to the last entry; ok is false where there is none.
func (t *bucketTree) last() (ok bool, err error) { return t.fresh(lastOf) }

// seek goes to the first entry on the leaf to which a key belongs that is not
// before it; ok is false where it is behind the last one there.
func (t *bucketTree) seek(key []byte) (ok bool, err error) {
	if !t.covers(key) {
		ok, err = t.fresh(func(p *page) int {
			if p.leaf {
				return p.search(key)
			}
			return p.branchTo(key)
		})
		return ok && t.leaf().i < t.leaf().count, err
	}
	leaf := t.leaf()
	leaf.i = leaf.search(key)
	return leaf.i < leaf.count, nil
}

// covers reports whether the path ends with the leaf to which a key belongs.
func (t *bucketTree) covers(key []byte) bool {
	if len(t.path) == 0 || !t.leaf().leaf || t.leaf().count == 0 || bytes.Compare(key, t.leaf().key(0)) < 0 {
		return false
	}
	for i := len(t.path) - 2; i >= 0; i-- {
		if p := &t.path[i]; p.i+1 < p.count {
			return bytes.Compare(key, p.key(p.i+1)) < 0
		}
	}
	return true
}

// next goes to the next entry; ok is false where there is none, and the path stays.
func (t *bucketTree) next() (ok bool, err error) {
	if leaf := t.leaf(); leaf.i+1 < leaf.count {
		leaf.i++
		return true, nil
	}
	return t.turn(func(p *pathPage) bool { return p.i+1 < p.count }, 1, firstOf)
}

// previous goes to the entry before; ok is false where there is none, and the path
// stays.
func (t *bucketTree) previous() (ok bool, err error) {
	if leaf := t.leaf(); leaf.i > 0 {
		leaf.i--
		return true, nil
	}
	return t.turn(func(p *pathPage) bool { return p.i > 0 }, -1, lastOf)
}

// turn goes to the next leaf, on the one side or the other.
func (t *bucketTree) turn(can func(*pathPage) bool, step int, way func(*page) int) (bool, error) {
	for n := len(t.path) - 2; n >= 0; n-- {
		if !can(&t.path[n]) {
			continue
		}
		t.path = t.path[:n+1]
		t.path[n].i += step
		err := t.down()
		if err == nil {
			err = t.toLeaf(way)
		}
		if err != nil {
			t.path = t.path[:0]
		}
		return err == nil, t.named(err)
	}
	return false, nil
}

// leftmost and rightmost report whether no leaf comes before and behind the one at
// which the path ends.
func (t *bucketTree) leftmost() bool {
	for i := range t.path[:len(t.path)-1] {
		if t.path[i].i > 0 {
			return false
		}
	}
	return true
}

func (t *bucketTree) rightmost() bool {
	for i := range t.path[:len(t.path)-1] {
		if p := &t.path[i]; p.i+1 < p.count {
			return false
		}
	}
	return true
}
