package store

import (
	"fmt"
	"slices"
)

// freePages is the free list as of a transaction.
type freePages struct {
	tx       uint64
	pages    []uint64 // ascending
	at, more uint64   // where the list is, and how many further pages belong to it
}

func (f *freePages) has(id uint64) bool {
	_, found := slices.BinarySearch(f.pages, id)
	return found
}

// freeAt returns the pages that were free after a transaction, nil where two more
// have been committed since, so that the header that names the list is gone.
func (f *pageFile) freeAt(tx uint64, pageBytes int) (*freePages, error) {
	if known := f.free.Load(); known != nil && known.tx == tx {
		return known, nil
	}
	// Which of the two pages is a transaction's: bbolt 1.5.0, internal/common/meta.go, Write.
	at := int64(tx%2) * int64(pageBytes)
	const tries = 3 // a header that is being written may be read half
	for range tries {
		h, err := readHeader(f.file, at)
		if err != nil {
			return nil, fmt.Errorf("reading header page %d: %w", tx%2, err)
		}
		if !h.valid() {
			continue
		}
		if h.uint64(metaTx) != tx {
			return nil, nil
		}
		w := &pageWalk{file: f.file, bytes: pageBytes, pages: h.uint64(metaPages)}
		free := &freePages{tx: tx, at: h.uint64(metaFreelist)}
		if free.pages, free.more, err = w.freelist(free.at); err != nil {
			return nil, err
		}
		f.free.Store(free)
		return free, nil
	}
	return nil, fmt.Errorf("%w: header page %d", ErrDamaged, tx%2)
}
