package store

import (
	"encoding/binary"
	"fmt"
	"os"
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

// pageWalk reads the free list with plain reads. It believes nothing.
type pageWalk struct {
	file  *os.File
	bytes int    // of one page
	pages uint64 // in use, from the start of the file
}

// checkFreelist looks at the free list before bbolt believes it: of one that is
// damaged it would take all memory, or write over pages that are in use. The
// file's header was let through by checkHeader.
func checkFreelist(file *os.File) error {
	newest, err := newestHeader(file)
	if err != nil {
		return err
	}
	w := &pageWalk{file: file, bytes: int(newest.uint32(metaPageSize)), pages: newest.uint64(metaPages)}
	_, _, err = w.freelist(newest.uint64(metaFreelist))
	return err
}

// freelist returns the free list, which must fit its page and name pages of the
// file in their order, and how many further pages belong to the one that it is on.
func (w *pageWalk) freelist(id uint64) (free []uint64, more uint64, err error) {
	page, err := w.read(id)
	if err != nil {
		return nil, 0, err
	}
	more = uint64(len(page)/w.bytes) - 1
	count, list := freeCount(page)
	if count > uint64(len(list)/8) {
		return nil, 0, damagedPage(id, "it is no free list")
	}
	free = make([]uint64, count)
	last := uint64(1) // behind the header pages
	for i := range free {
		free[i] = binary.NativeEndian.Uint64(list[8*i:])
		if free[i] <= last || free[i] >= w.pages || free[i] >= id && free[i] <= id+more {
			return nil, 0, damagedPage(id, "the free list has page %d after %d", free[i], last)
		}
		last = free[i]
	}
	for _, b := range list[8*count:] {
		if b != 0 {
			return nil, 0, damagedPage(id, "there is something behind the free list")
		}
	}
	return free, more, nil
}

// freeCount returns how many pages a free list says that it has, and the list.
func freeCount(page []byte) (uint64, []byte) {
	count, list := uint64(binary.NativeEndian.Uint16(page[pageCount:])), page[pageHeadBytes:]
	if count == 0xFFFF { // then the first entry is the count
		return binary.NativeEndian.Uint64(list), list[8:]
	}
	return count, list
}

// read returns the page of the free list with the further pages that belong to it.
func (w *pageWalk) read(id uint64) ([]byte, error) {
	if id < 2 || id >= w.pages {
		return nil, damagedPage(id, "the free list cannot lie there")
	}
	page := make([]byte, w.bytes)
	if _, err := w.file.ReadAt(page, int64(id)*int64(w.bytes)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	more := uint64(binary.NativeEndian.Uint32(page[pageOverflow:]))
	// As many pages as it needs, or one more (bbolt 1.5.0, tx.go, commitFreelist): a
	// flipped bit could ask for half a gigabyte.
	count, _ := freeCount(page)
	if got := binary.NativeEndian.Uint64(page[pageID:]); got != id || more >= w.pages-id ||
		binary.NativeEndian.Uint16(page[pageFlags:]) != freelistPage || count > w.pages || more > (8*(count+more)+64)/uint64(w.bytes)+1 {
		return nil, damagedPage(id, "it is no free list")
	}
	if more == 0 {
		return page, nil
	}
	page = make([]byte, int(more+1)*w.bytes)
	if _, err := w.file.ReadAt(page, int64(id)*int64(w.bytes)); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return page, nil
}
