package store

import (
	"encoding/binary"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// A page of a bbolt file: a header of 16 bytes, then an element of 16 bytes for
// each of its entries, in the machine's byte order (bbolt 1.5.0,
// internal/common/page.go and bucket.go).
const (
	pageHeadBytes    = 16
	pageElementBytes = 16
	pageID           = 0  // uint64
	pageFlags        = 8  // uint16
	pageCount        = 10 // uint16
	pageOverflow     = 12 // uint32: further pages that belong to it

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10

	bucketEntry     = 0x01 // flag of a leaf element whose value is a bucket
	bucketHeadBytes = 16   // uint64 root page, 0 where the bucket lies in the value; uint64 sequence
)

// pageWalk reads the pages of a file with plain reads and follows them from page
// to page. It believes nothing: bbolt's own check takes a page's word for how
// many pages belong to it, and a flipped bit there makes it run for hours and
// take all memory.
type pageWalk struct {
	file  *os.File
	bytes int    // of one page
	pages uint64 // in use, from the start of the file
	seen  map[uint64]bool
}

// newPageWalk begins with the header in force of a file that checkHeader let
// through, and with the free list that it names.
func newPageWalk(file *os.File) (*pageWalk, error) {
	newest, err := newestHeader(file)
	if err != nil {
		return nil, err
	}
	w := &pageWalk{
		file: file, bytes: int(newest.uint32(metaPageSize)), pages: newest.uint64(metaPages),
		seen: map[uint64]bool{0: true, 1: true}, // the header pages
	}
	_, err = w.freelist(newest.uint64(metaFreelist))
	return w, err
}

// walkPages follows all pages that a transaction can reach, and the free list.
// Nothing may be written meanwhile.
func walkPages(tx *bolt.Tx) error {
	file, err := os.Open(tx.DB().Path())
	if err != nil {
		return err
	}
	defer file.Close()
	w, err := newPageWalk(file)
	if err != nil {
		return err
	}
	return w.tree(uint64(tx.Cursor().Bucket().Root()))
}

// checkFreelist looks at the free list before bbolt believes it: of one that is
// damaged it would take all memory, or write over pages that are in use.
func checkFreelist(file *os.File) error {
	_, err := newPageWalk(file)
	return err
}

// read returns a page with the further pages that belong to it.
func (w *pageWalk) read(id uint64) ([]byte, error) {
	if id >= w.pages {
		return nil, fmt.Errorf("%w: page %d lies behind the last one", ErrDamaged, id)
	}
	head := make([]byte, pageHeadBytes)
	if _, err := w.file.ReadAt(head, int64(id)*int64(w.bytes)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	more := uint64(binary.NativeEndian.Uint32(head[pageOverflow:]))
	if got := binary.NativeEndian.Uint64(head[pageID:]); got != id || more >= w.pages-id {
		return nil, fmt.Errorf("%w: page %d says that it is page %d with %d more", ErrDamaged, id, got, more)
	}
	for i := id; i <= id+more; i++ {
		if w.seen[i] {
			return nil, fmt.Errorf("%w: page %d is used twice", ErrDamaged, i)
		}
		w.seen[i] = true
	}
	page := make([]byte, int(more+1)*w.bytes)
	if _, err := w.file.ReadAt(page, int64(id)*int64(w.bytes)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return page, nil
}

// freelist returns the free list, which must fit its page and name pages of the
// file in their order.
func (w *pageWalk) freelist(id uint64) ([]uint64, error) {
	page, err := w.read(id)
	if err != nil {
		return nil, err
	}
	count := uint64(binary.NativeEndian.Uint16(page[pageCount:]))
	list := page[pageHeadBytes:]
	if count == 0xFFFF { // then the first entry is the count
		count, list = binary.NativeEndian.Uint64(list), list[8:]
	}
	if flags := binary.NativeEndian.Uint16(page[pageFlags:]); flags != freelistPage || count > uint64(len(list)/8) {
		return nil, fmt.Errorf("%w: page %d is no free list", ErrDamaged, id)
	}
	free := make([]uint64, count)
	last := uint64(1)
	for i := range free {
		free[i] = binary.NativeEndian.Uint64(list[8*i:])
		if free[i] <= last || free[i] >= w.pages || w.seen[free[i]] {
			return nil, fmt.Errorf("%w: page %d: the free list has page %d after %d", ErrDamaged, id, free[i], last)
		}
		last = free[i]
	}
	for _, b := range list[8*count:] {
		if b != 0 {
			return nil, fmt.Errorf("%w: page %d: there is something behind the free list", ErrDamaged, id)
		}
	}
	return free, nil
}

// tree checks a page and all below it.
func (w *pageWalk) tree(id uint64) error {
	page, err := w.read(id)
	if err != nil {
		return err
	}
	switch flags := binary.NativeEndian.Uint16(page[pageFlags:]); flags {
	case leafPage:
		return w.leaf(id, page, false)
	case branchPage:
		return w.branch(id, page)
	default:
		return fmt.Errorf("%w: page %d is of the unknown kind %#x", ErrDamaged, id, flags)
	}
}

func (w *pageWalk) branch(id uint64, page []byte) error {
	for i := range int(binary.NativeEndian.Uint16(page[pageCount:])) {
		e, err := element(id, page, i)
		if err != nil {
			return err
		}
		at, size := binary.NativeEndian.Uint32(e), binary.NativeEndian.Uint32(e[4:])
		if uint64(at)+uint64(size) > uint64(len(e)) {
			return fmt.Errorf("%w: page %d: key %d lies outside of it", ErrDamaged, id, i)
		}
		if err := w.tree(binary.NativeEndian.Uint64(e[8:])); err != nil {
			return err
		}
	}
	return nil
}

// leaf checks a leaf page, or the part of one that is a small bucket, in which
// there is no other (bbolt 1.5.0, bucket.go, inlineable).
func (w *pageWalk) leaf(id uint64, page []byte, small bool) error {
	for i := range int(binary.NativeEndian.Uint16(page[pageCount:])) {
		e, err := element(id, page, i)
		if err != nil {
			return err
		}
		flags, at := binary.NativeEndian.Uint32(e), uint64(binary.NativeEndian.Uint32(e[4:]))
		value := at + uint64(binary.NativeEndian.Uint32(e[8:]))
		end := value + uint64(binary.NativeEndian.Uint32(e[12:]))
		if end > uint64(len(e)) {
			return fmt.Errorf("%w: page %d: entry %d lies outside of it", ErrDamaged, id, i)
		}
		if flags&bucketEntry != 0 {
			if small {
				return fmt.Errorf("%w: page %d: a bucket within a small bucket", ErrDamaged, id)
			}
			if err := w.bucket(id, e[value:end]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *pageWalk) bucket(id uint64, value []byte) error {
	if len(value) < bucketHeadBytes {
		return fmt.Errorf("%w: page %d: a bucket of %d bytes", ErrDamaged, id, len(value))
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return w.tree(root)
	}
	if value = value[bucketHeadBytes:]; len(value) < pageHeadBytes {
		return fmt.Errorf("%w: page %d: a small bucket of %d bytes", ErrDamaged, id, len(value))
	}
	return w.leaf(id, value, true)
}

// element returns what begins with the i-th element of a page: what it says of
// places is counted from there.
func element(id uint64, page []byte, i int) ([]byte, error) {
	at := pageHeadBytes + pageElementBytes*i
	if at+pageElementBytes > len(page) {
		return nil, fmt.Errorf("%w: page %d has more entries than fit", ErrDamaged, id)
	}
	return page[at:], nil
}
