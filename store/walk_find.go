package store

import "bytes"

// find looks a record up. That there is none is verified too: the records on both
// sides of where it would be are whole, or are the ends of the bucket. The value is
// there until the tree is used again.
func (t *bucketTree) find(of table, key []byte) (value []byte, found bool, err error) {
	ok, err := t.seek(key)
	if err != nil {
		return nil, false, err
	}
	leaf := t.leaf()
	if ok {
		k, v := t.pair()
		if _, err := of.unseal(k, v); err != nil {
			return nil, false, err
		}
		if bytes.Equal(k, key) {
			return v, true, nil
		}
		return nil, false, t.before(of, key)
	}
	if err := t.before(of, key); err != nil {
		return nil, false, err
	}
	// On the next leaf nothing may come before key.
	leaf.i = leaf.count
	return nil, false, t.behind(of, key)
}

// before verifies that the entries in front of the path's are before key. The path
// may end behind a leaf.
func (t *bucketTree) before(of table, key []byte) error {
	leaf := t.leaf()
	if leaf.i > 0 {
		_, err := of.unseal(leaf.pair(leaf.i - 1))
		return err
	}
	if t.leftmost() {
		return t.edge(of, left)
	}
	if !bytes.Equal(leaf.key(0), key) {
		return t.named(damagedPage(leaf.id, "key %x was looked for there", key))
	}
	return nil
}

// behind verifies that the first entry of the next leaf is not before key. The path
// ends behind a leaf, and goes there.
func (t *bucketTree) behind(of table, key []byte) error {
	if t.rightmost() {
		return t.edge(of, right)
	}
	if _, err := t.next(); err != nil {
		return err
	}
	k, v := t.pair()
	if _, err := of.unseal(k, v); err != nil {
		return err
	}
	if bytes.Compare(k, key) < 0 {
		return t.named(damagedPage(t.leaf().id, "key %x comes before %x, which leads elsewhere", k, key))
	}
	return nil
}

// neighbours verifies the pages beside those of the path: bbolt may merge them
// with these where records are deleted.
func (t *bucketTree) neighbours() error {
	if t.beside == t.leaf().id {
		return nil
	}
	for n := range t.path[:len(t.path)-1] {
		branch := &t.path[n]
		for _, i := range [2]int{branch.i - 1, branch.i + 1} {
			if i < 0 || i >= branch.count {
				continue
			}
			beside := bucketTree{r: t.r, name: t.name, flags: t.flags, depth: 0}
			beside.path = []pathPage{{page: branch.page, i: i}}
			if err := beside.down(); err != nil {
				return t.named(err)
			}
		}
	}
	t.beside = t.leaf().id
	return nil
}
