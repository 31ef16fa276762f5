package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
)

// A damaged file is read page by page, without a word believed of what leads
// where: each record's checksum says by itself whether it is whole and which bucket
// it is of. What the file still tells of its tree says which of the pages are in
// use, for others hold what was there before.

// salvageValue bounds a record: longer ones are never written, and a length of
// which a bit flipped must not take all memory.
const salvageValue = 16 << 20

// wreck is a damaged file.
type wreck struct {
	file  *os.File
	size  int64
	bytes int    // of a page
	pages uint64 // whole ones in the file

	head  *header // the one in force, nil where it is not known
	free  []uint64
	sure  bool // the free list is known
	cut   bool // the tree could not be followed everywhere
	used  []bool
	words map[string]uint64 // by bucket: its sequence
	whole map[string]bool   // buckets of which each page could be followed
	last  int               // the table of the last record that was whole
}

func openWreck(f *os.File) (*wreck, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	w := &wreck{file: f, size: info.Size(), words: make(map[string]uint64), whole: make(map[string]bool)}
	if err := w.readHeaders(); err != nil {
		return nil, err
	}
	w.pages = uint64(w.size) / uint64(w.bytes)
	w.used = make([]bool, w.pages)
	if w.head != nil {
		walk := &pageWalk{file: f, bytes: w.bytes, pages: w.head.uint64(metaPages)}
		if w.free, _, err = walk.freelist(w.head.uint64(metaFreelist)); err == nil {
			w.sure = true
		}
		w.buckets(w.head.uint64(metaRoot), 0)
	} else {
		w.cut = true
	}
	return w, nil
}

// readHeaders finds the size of a page, and the header in force where both headers
// are whole, or are but for one bit.
func (w *wreck) readHeaders() error {
	first, ok := mendedHeader(w.file, 0)
	if ok {
		w.bytes = int(first.uint32(metaPageSize))
		second, whole := mendedHeader(w.file, int64(w.bytes))
		switch {
		case !whole: // the other one may have been in force
		case second.uint64(metaTx) > first.uint64(metaTx):
			w.head = &second
		default:
			w.head = &first
		}
		return nil
	}
	best := 0
	for size := minPageBytes; size <= maxPageBytes; size *= 2 {
		if n := w.likely(size); n > best {
			best, w.bytes = n, size
		}
	}
	if best == 0 {
		return ErrNotDatabase
	}
	return nil
}

// mendedHeader reads a header page. Of its bits one may be wrong: its checksum tells
// which.
func mendedHeader(f *os.File, page int64) (header, bool) {
	h, err := readHeader(f, page)
	if err != nil || h.valid() {
		return h, err == nil
	}
	for bit := range 8 * len(h) {
		h[bit/8] ^= 1 << (bit % 8)
		if h.valid() {
			return h, true
		}
		h[bit/8] ^= 1 << (bit % 8)
	}
	return h, false
}

// likely counts the pages that a file has if they are of a size.
func (w *wreck) likely(size int) (n int) {
	b := make([]byte, pageHeadBytes)
	for id := int64(0); id*int64(size) < w.size; id++ {
		if _, err := w.file.ReadAt(b, id*int64(size)); err != nil {
			break
		}
		switch binary.NativeEndian.Uint16(b[pageFlags:]) {
		case leafPage, branchPage, freelistPage:
			if binary.NativeEndian.Uint64(b[pageID:]) == uint64(id) {
				n++
			}
		}
	}
	return n
}

// page reads a page with those that belong to it, nil where it is not laid out as
// it must be.
func (w *wreck) page(id uint64, flags uint32) *page {
	if id < 2 || id >= w.pages {
		return nil
	}
	b := make([]byte, w.bytes)
	if _, err := w.file.ReadAt(b, int64(id)*int64(w.bytes)); err != nil {
		return nil
	}
	p, more, err := parsePage(b)
	if err != nil || p.id != id || more > 0 && (more+1 != (p.extent()+uint64(w.bytes)-1)/uint64(w.bytes) || id+more >= w.pages) {
		return nil
	}
	if more > 0 {
		p.b = make([]byte, int(more+1)*w.bytes)
		if _, err := w.file.ReadAt(p.b, int64(id)*int64(w.bytes)); err != nil {
			return nil
		}
	}
	if p.layout(flags) != nil {
		return nil
	}
	for i := id; i <= id+more; i++ {
		if w.used[i] { // something leads where it should not
			w.cut = true
			return nil
		}
		w.used[i] = true
	}
	return &p
}

// buckets follows the bucket of buckets.
func (w *wreck) buckets(id uint64, depth int) {
	p := w.page(id, bucketEntry)
	if p == nil || depth == maxDepth {
		w.cut = true
		return
	}
	for i := range p.count {
		if !p.leaf {
			w.buckets(p.child(i), depth+1)
			continue
		}
		name, value := p.pair(i)
		if len(value) < bucketHeadBytes {
			w.cut = true
			continue
		}
		root, whole := binary.NativeEndian.Uint64(value), true
		w.words[string(name)] = binary.NativeEndian.Uint64(value[8:])
		if root != 0 {
			whole = w.tree(root, 0)
		}
		w.whole[string(name)] = whole
		w.cut = w.cut || !whole
	}
}

// tree follows the pages of a bucket, and reports whether it could follow all.
func (w *wreck) tree(id uint64, depth int) bool {
	p := w.page(id, 0)
	if p == nil || depth == maxDepth {
		return false
	}
	whole := true
	for i := 0; !p.leaf && i < p.count; i++ {
		whole = w.tree(p.child(i), depth+1) && whole
	}
	return whole
}

// state says what is known of a page: whether what is on it is what the database
// last held.
type state int

const (
	inUse   state = iota
	unknown       // nobody can tell
	stale         // it was, once
)

func (w *wreck) state(id uint64) state {
	switch {
	case w.used[id]:
		return inUse
	case !w.cut:
		return stale
	case !w.sure:
		return unknown
	}
	if _, free := slices.BinarySearch(w.free, id); free {
		return stale
	}
	return inUse
}

// found is called with each record that is whole: its value is unsealed.
type found func(t table, key, record []byte) error

// records calls fn with the records on a page.
func (w *wreck) records(id uint64, fn found) error {
	b := make([]byte, w.bytes)
	if _, err := w.file.ReadAt(b, int64(id)*int64(w.bytes)); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return w.entries(b, int64(id)*int64(w.bytes), false, fn)
}

// entries reads the entries of a page that lies at an offset of the file. Its count
// may be wrong; so may be what any one of its elements says.
func (w *wreck) entries(b []byte, at int64, small bool, fn found) error {
	most := (len(b) - pageHeadBytes) / pageElementBytes
	if most < 1 {
		return nil
	}
	count := int(binary.NativeEndian.Uint16(b[pageCount:]))
	count = min(max(count, int(binary.NativeEndian.Uint32(b[pageHeadBytes+4:]))/pageElementBytes), most)
	end := int64(pageHeadBytes + pageElementBytes*count) // of the entry before
	for i := range count {
		start := int64(pageHeadBytes + pageElementBytes*i)
		e := b[start:]
		place := start + int64(binary.NativeEndian.Uint32(e[4:]))
		keyLen, valueLen := int64(binary.NativeEndian.Uint32(e[8:])), int64(binary.NativeEndian.Uint32(e[12:]))
		next := place + keyLen + valueLen
		if i+1 < count {
			next = start + pageElementBytes + int64(binary.NativeEndian.Uint32(e[pageElementBytes+4:]))
		}
		taken := false
		for _, try := range [][3]int64{{place, keyLen, valueLen}, {end, keyLen, valueLen}, {place, keyLen, next - place - keyLen}, {place, next - place - valueLen, valueLen}} {
			ok, err := w.entry(b, at, small, try, fn)
			if err != nil {
				return err
			}
			if taken = ok; ok {
				end = try[0] + try[1] + try[2]
				break
			}
		}
		if !taken {
			end = next
		}
	}
	return nil
}

// entry takes one entry, where it lies as said, if it is whole.
func (w *wreck) entry(b []byte, at int64, small bool, try [3]int64, fn found) (bool, error) {
	place, keyLen, valueLen := try[0], try[1], try[2]
	if place < pageHeadBytes || keyLen < 1 || keyLen > salvageValue || valueLen < 1 || valueLen > salvageValue {
		return false, nil
	}
	end := place + keyLen + valueLen
	var entry []byte
	switch {
	case end <= int64(len(b)):
		entry = b[place:end]
	case small || at+end > w.size:
		return false, nil
	default: // on the pages behind
		entry = make([]byte, keyLen+valueLen)
		if _, err := w.file.ReadAt(entry, at+place); err != nil {
			return false, fmt.Errorf("byte %d: %w", at+place, err)
		}
	}
	key, value := entry[:keyLen], entry[keyLen:]
	if t, ok := w.sealedIn(key, value); ok {
		return true, fn(t, key, value[1:len(value)-4])
	}
	if small || len(value) < bucketHeadBytes+pageHeadBytes || len(key) > 32 || binary.NativeEndian.Uint64(value) != 0 {
		return false, nil
	}
	return false, w.entries(value[bucketHeadBytes:], at, true, fn)
}

// sealedIn returns the bucket by whose name a record is sealed.
func (w *wreck) sealedIn(key, value []byte) (table, bool) {
	if len(value) < sealBytes || value[0] != recordVersion {
		return table{}, false
	}
	all := allTables
	sum := binary.BigEndian.Uint32(value[len(value)-4:])
	for i := range all {
		i = (i + w.last) % len(all)
		if crc32.Update(crc32.Update(all[i].sum, castagnoli, key), castagnoli, value[:len(value)-4]) == sum {
			w.last = i
			return all[i], true
		}
	}
	return table{}, false
}

var allTables = tablesOf(len(formatTables))
