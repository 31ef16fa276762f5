package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	"google.golang.org/protobuf/encoding/protowire"
)

// bbolt reads a map of the file and takes its pages at their word: for how many
// entries they have, where those lie, and which pages they lead to. A flipped bit
// there drops events though every checksum holds, or ends the process: a page that
// leads back to one above it overflows the stack. So what a transaction reads is
// first read here, with plain reads of the same file, and verified: each page that
// a key is looked for on, and that nothing lies where nothing was found. Pages that
// a transaction sees are not written while it is open.

// pageFile is the file behind an open bbolt database.
type pageFile struct {
	file *os.File
	free atomic.Pointer[freePages] // the free list that was read last

	mu      sync.Mutex
	reading map[*bolt.Tx]*pageReader // of read transactions that are open
	writing *pageReader              // of the last write transaction; belongs to it
	spare   sync.Pool                // of *pageReader
}

// pageFiles has the *pageFile of each *bolt.DB that a store has open: bbolt does
// not give its file away, and a transaction knows nothing but its database.
var pageFiles sync.Map

// watchPages makes the pages of the file known that the store has open.
func (s *Store) watchPages() {
	s.unwatchPages()
	pageFiles.Store(s.db, &pageFile{file: s.file, reading: make(map[*bolt.Tx]*pageReader)})
	s.watched = s.db
}

func (s *Store) unwatchPages() {
	if s.watched != nil {
		pageFiles.Delete(s.watched)
		s.watched = nil
	}
}

// pagesOf returns what reads the pages of a transaction, nil for one of a file
// that no store has open: one that is being made.
func pagesOf(tx *bolt.Tx) (*pageReader, error) {
	found, ok := pageFiles.Load(tx.DB())
	if !ok {
		return nil, nil
	}
	f := found.(*pageFile) //nolint:errcheck // nothing else is in it
	if tx.Writable() {
		if r := f.writing; r == nil || r.tx != tx {
			f.writing = nil // until it has begun; there is one such transaction at a time
			if r == nil {
				r = &pageReader{trees: make(map[uint32]*bucketTree)}
			}
			r.forget()
			if err := r.begin(f, tx); err != nil {
				return nil, err
			}
			f.writing = r
		}
		return f.writing, nil
	}
	f.mu.Lock()
	r, kept := f.reading[tx]
	f.mu.Unlock()
	if r != nil {
		return r, nil
	}
	r, err := newPageReader(f, tx)
	if err == nil && kept {
		f.mu.Lock()
		f.reading[tx] = r
		f.mu.Unlock()
	}
	return r, err
}

// keepPages keeps what a read transaction learns of its pages until it ends. Call
// the result then.
func keepPages(tx *bolt.Tx) (end func()) {
	found, ok := pageFiles.Load(tx.DB())
	if !ok {
		return func() {}
	}
	f := found.(*pageFile) //nolint:errcheck // nothing else is in it
	f.mu.Lock()
	f.reading[tx] = nil
	f.mu.Unlock()
	return func() {
		f.mu.Lock()
		r := f.reading[tx]
		delete(f.reading, tx)
		f.mu.Unlock()
		if r != nil {
			r.forget()
			f.spare.Put(r)
		}
	}
}

// pageReader reads the pages that one transaction sees, or, for one that writes,
// those that it found.
type pageReader struct {
	f      *pageFile
	tx     *bolt.Tx
	last   int        // the id of the transaction before, where that wrote, too
	bytes  int        // of a page
	pages  uint64     // in use, from the start of the file
	free   *freePages // nil where it is not known
	format uint64     // of the file
	root   bucketTree
	trees  map[uint32]*bucketTree // by table.sum
	scan   bucketTree             // of the events, for the pager alone
}

func newPageReader(f *pageFile, tx *bolt.Tx) (*pageReader, error) {
	r, ok := f.spare.Get().(*pageReader)
	if !ok {
		r = &pageReader{trees: make(map[uint32]*bucketTree)}
	}
	return r, r.begin(f, tx)
}

// begin reads what all reading of a transaction needs.
func (r *pageReader) begin(f *pageFile, tx *bolt.Tx) error {
	r.f, r.tx = f, tx
	r.bytes = tx.DB().Info().PageSize
	r.pages = uint64(tx.Size()) / uint64(r.bytes)
	committed := uint64(tx.ID())
	if tx.Writable() {
		committed--
	}
	var err error
	if r.free, err = f.freeAt(committed, r.bytes); err != nil {
		return err
	}
	r.root.start(r, "", bucketEntry, uint64(tx.Cursor().Bucket().Root()), nil, 0)
	if err := r.readBuckets(); err != nil {
		return err
	}
	r.format, err = r.readFormat()
	return err
}

// forget makes the reader fit for another transaction.
func (r *pageReader) forget() {
	r.f, r.tx, r.free, r.format = nil, nil, nil, 0
	for _, t := range r.trees {
		t.there = false
	}
	r.scan.there = false
}

// readBuckets reads the names and roots of all buckets.
func (r *pageReader) readBuckets() error {
	// This process's own transaction came before, and no other writes.
	follows := r.tx.Writable() && r.tx.ID()-r.last <= 1
	r.last = r.tx.ID()
	t := &r.root
	ok, err := t.first()
	for ; ok && err == nil; ok, err = t.next() {
		leaf := t.leaf()
		name, value := leaf.pair(leaf.i)
		if len(value) < bucketHeadBytes {
			return damagedPage(leaf.id, "a bucket of %d bytes", len(value))
		}
		root, sequence := binary.NativeEndian.Uint64(value), binary.NativeEndian.Uint64(value[8:])
		inline := value[bucketHeadBytes:]
		if root != 0 && len(inline) > 0 {
			return damagedPage(leaf.id, "bucket %q is both small and large", name)
		}
		sum := crc32.Checksum(name, castagnoli)
		tree := r.trees[sum]
		if tree == nil {
			tree = &bucketTree{}
			r.trees[sum] = tree
		}
		before := *tree
		if before.name != string(name) {
			before.name = string(name)
		}
		tree.start(r, before.name, 0, root, nil, sequence)
		if r.tx.Writable() && before.change != nil && before.change.sequence() == sequence {
			// The last transaction of this process left it so: nobody else writes.
			tree.change, tree.checked = before.change, [2]bool{true, true}
		}
		if follows && root != 0 && root == before.root && sequence == before.sealed {
			tree.missing = before.missing // bbolt gives a bucket that changes another root
		}
		if root == 0 {
			tree.small, err = inlinePage(leaf.id, append(tree.small.b, inline...))
			if err != nil {
				return err
			}
			tree.inline = &tree.small
		}
	}
	return err
}

// readFormat returns the file's format, 0 where the file is being made.
func (r *pageReader) readFormat() (uint64, error) {
	t := r.trees[metaTable.sum]
	if t == nil || !t.there {
		return 0, nil
	}
	ok, err := t.seek(formatKey)
	if err != nil || !ok {
		return 0, err
	}
	key, value := t.pair()
	if string(key) != string(formatKey) {
		return 0, nil
	}
	b, err := metaTable.unseal(key, value)
	if err != nil {
		return 0, err
	}
	n, _ := protowire.ConsumeVarint(b)
	return n, nil
}

// tree returns the tree of a bucket, nil where the file's format does not have it.
func (r *pageReader) tree(t table) (*bucketTree, error) {
	if tree := r.trees[t.sum]; tree != nil && tree.there {
		return tree, nil
	}
	if r.format == 0 || r.format >= uint64(len(migrations)) {
		return nil, fmt.Errorf("%w: bucket %s is missing", ErrDamaged, t.name)
	}
	return nil, nil
}

// scanTree returns the tree of the events for whoever reads many, so that what is
// looked up meanwhile does not lead it away.
func (r *pageReader) scanTree() (*bucketTree, error) {
	t, err := r.tree(eventsTable)
	if t == nil || err != nil {
		return nil, err
	}
	if !r.scan.there {
		r.scan.start(r, t.name, t.flags, t.root, t.inline, t.sealed)
	}
	return &r.scan, nil
}

// readPages reads from a page on, as many pages as b has room for, and returns how
// many there were.
func (r *pageReader) readPages(id uint64, b []byte) (int, error) {
	n, err := r.f.file.ReadAt(b, int64(id)*int64(r.bytes))
	switch {
	case n >= r.bytes:
		return n / r.bytes, nil
	case err == nil || errors.Is(err, io.EOF):
		return 0, damagedPage(id, "it lies behind the end of the file")
	}
	return 0, fmt.Errorf("reading page %d: %w", id, err)
}

// use refuses a page that no page in use may lead to.
func (r *pageReader) use(id uint64) error {
	switch {
	case id < 2: // the header pages
		return damagedPage(id, "it is a header page, and another leads to it")
	case id >= r.pages:
		return damagedPage(id, "it lies behind the last one, and another leads to it")
	case r.free != nil && r.free.has(id):
		return damagedPage(id, "it is free, and another leads to it")
	}
	return nil
}
