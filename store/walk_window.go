package store

// window is a run of pages that were read at once. It grows while what is asked for
// lies close behind or close before what was asked for, as it does where a bucket
// is read through, and is one page where keys are looked up here and there.
type window struct {
	b    []byte
	at   uint64 // the first page
	n    int    // pages in b
	next int    // how many to read next
}

// windowBytes bounds a window: reading 16 pages of 4 KiB costs a fraction of asking
// for them one by one, and they stay in a processor's cache.
const windowBytes = 64 << 10

// page returns a page; it is there until the next call.
func (w *window) page(r *pageReader, id uint64) ([]byte, error) {
	if id-w.at < uint64(w.n) {
		i := int(id-w.at) * r.bytes
		return w.b[i : i+r.bytes : i+r.bytes], nil
	}
	near := uint64(2*w.n + 8)
	behind, before := id-w.at < near, w.at-id < near // wrap around where it lies on the other side
	if w.n == 0 || !behind && !before {
		w.next = 1
	} else {
		w.next = min(2*w.next, max(windowBytes/r.bytes, 1))
	}
	from := id
	if before {
		from -= min(uint64(w.next-1), id)
	}
	count := int(min(uint64(w.next), r.pages-from))
	if cap(w.b) < count*r.bytes {
		room := r.bytes
		if count > 1 {
			room = max(windowBytes, r.bytes)
		}
		w.b = make([]byte, room)
	}
	w.b = w.b[:count*r.bytes]
	w.n = 0 // until it is read
	n, err := r.readPages(from, w.b)
	if err == nil && uint64(n) <= id-from {
		err = damagedPage(id, "it lies behind the end of the file")
	}
	if err != nil {
		return nil, err
	}
	w.at, w.n = from, n
	i := int(id-from) * r.bytes
	return w.b[i : i+r.bytes : i+r.bytes], nil
}
