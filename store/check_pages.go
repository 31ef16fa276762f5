package store

import "fmt"

// pageCheck follows all pages of a transaction, each once.
type pageCheck struct {
	r    *pageReader
	seen []bool // by page
	// cut says that some pages could not be followed.
	cut bool
}

// newPages begins with the pages that are free, and those of the bucket of buckets.
func (c *checker) newPages() (*pageCheck, error) {
	r, err := pagesOf(c.tx)
	if err != nil {
		return nil, err
	}
	p := &pageCheck{r: r, seen: make([]bool, r.pages)}
	root := r.root
	root.path, root.window, root.visit = nil, window{}, p.visit
	ok, err := root.first()
	for ok && err == nil {
		ok, err = root.next()
	}
	return p, err
}

// tree returns a bucket's tree of its own, on which each page is noted.
func (p *pageCheck) tree(t table) (*bucketTree, error) {
	tree, err := p.r.tree(t)
	if err != nil {
		return nil, err
	}
	if tree == nil {
		return nil, fmt.Errorf("%w: bucket %s is missing", ErrDamaged, t.name)
	}
	own := tree.alone()
	own.visit = p.visit
	return own, nil
}

// visit notes a page and those that belong to it.
func (p *pageCheck) visit(id, more uint64) error {
	for i := id; i <= id+more; i++ {
		if p.seen[i] {
			return damagedPage(i, "it is used twice")
		}
		p.seen[i] = true
		if p.r.free != nil && p.r.free.has(i) {
			return damagedPage(i, "it is free, and in use")
		}
	}
	return nil
}

// lost looks for pages that are neither in use nor free: bbolt leaves none.
func (p *pageCheck) lost(c *checker) {
	if p.cut || p.r.free == nil {
		return
	}
	for _, id := range p.r.free.pages {
		p.seen[id] = true
	}
	for i := range p.r.free.more + 1 {
		p.seen[p.r.free.at+i] = true
	}
	for id := 2; id < len(p.seen); id++ { // behind the header pages
		if !p.seen[id] {
			c.damage("page %d is neither in use nor free", id)
		}
	}
}
