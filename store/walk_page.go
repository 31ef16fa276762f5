package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// page is a page of the file, with the further pages that belong to it, or the
// part of one that is a small bucket. Its layout was checked, see layout, so that
// its accessors may take it at its word.
type page struct {
	id    uint64
	b     []byte
	leaf  bool
	count int
}

func (p *page) element(i int) []byte { return p.b[pageHeadBytes+pageElementBytes*i:] }

// child returns the page that an element of a branch page leads to.
func (p *page) child(i int) uint64 { return binary.NativeEndian.Uint64(p.element(i)[8:]) }

func (p *page) key(i int) []byte {
	e := p.element(i)
	if p.leaf {
		e = e[4:]
	}
	at := pageHeadBytes + pageElementBytes*i + int(binary.NativeEndian.Uint32(e))
	return p.b[at : at+int(binary.NativeEndian.Uint32(e[4:]))]
}

// pair returns an entry of a leaf page. Its value follows its key in memory, and
// the key may be sliced to reach over it.
func (p *page) pair(i int) (key, value []byte) {
	e := p.element(i)
	at := pageHeadBytes + pageElementBytes*i + int(binary.NativeEndian.Uint32(e[4:]))
	mid := at + int(binary.NativeEndian.Uint32(e[8:]))
	end := mid + int(binary.NativeEndian.Uint32(e[12:]))
	return p.b[at:mid:end], p.b[mid:end:end]
}

// search returns the first entry with a key that is not before key, count where
// there is none.
func (p *page) search(key []byte) int {
	low, high := 0, p.count
	for low < high {
		mid := int(uint(low+high) >> 1)
		if bytes.Compare(p.key(mid), key) < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// branchTo returns the element of a branch page under which a key belongs.
func (p *page) branchTo(key []byte) int {
	i := p.search(key)
	if i == p.count || i > 0 && !bytes.Equal(p.key(i), key) {
		i--
	}
	return i
}

// damaged says what is wrong with a page.
func damagedPage(id uint64, format string, args ...any) error {
	return fmt.Errorf("%w: page %d: %s", ErrDamaged, id, fmt.Sprintf(format, args...))
}

// layout checks that a page is laid out as bbolt writes it: the entries' data
// begins right behind the elements, each one's where that of the one before ended,
// and zeros fill the page (bbolt 1.5.0, internal/common/inode.go, WriteInodeToPage;
// tx.go clears a page before it is used again). So a wrong count, place or length
// shows, whatever it says instead. flags are those that all elements of a leaf
// page must have.
func (p *page) layout(flags uint32) error {
	data := pageHeadBytes + pageElementBytes*p.count
	if data > len(p.b) {
		return damagedPage(p.id, "it has more entries than fit")
	}
	want := uint64(pageElementBytes * p.count) // where the next entry's data lies, from its element on
	for i, at := 0, pageHeadBytes; i < p.count; i, at = i+1, at+pageElementBytes {
		e := (*[pageElementBytes]byte)(p.b[at:])
		var pos, key, value uint32
		if p.leaf {
			pos, key, value = binary.NativeEndian.Uint32(e[4:]), binary.NativeEndian.Uint32(e[8:]), binary.NativeEndian.Uint32(e[12:])
			if binary.NativeEndian.Uint32(e[:]) != flags {
				return damagedPage(p.id, "entry %d is of another kind", i)
			}
		} else {
			pos, key = binary.NativeEndian.Uint32(e[:]), binary.NativeEndian.Uint32(e[4:])
		}
		if uint64(pos) != want || key == 0 {
			return damagedPage(p.id, "entry %d does not lie where it must", i)
		}
		want += uint64(key) + uint64(value) - pageElementBytes
	}
	// The next element would lie behind the last one.
	end := want + uint64(data)
	if end > uint64(len(p.b)) {
		return damagedPage(p.id, "its entries do not fit")
	}
	return p.rest(p.b[end:])
}

// rest checks the end of a page, behind its data.
func (p *page) rest(b []byte) error {
	if len(b) > len(zeros) || !bytes.Equal(b, zeros[:len(b)]) {
		return damagedPage(p.id, "there is something behind its last entry")
	}
	return nil
}

var zeros [maxPageBytes]byte

// parsePage reads the head of a page.
func parsePage(b []byte) (p page, more uint64, err error) {
	p = page{id: binary.NativeEndian.Uint64(b[pageID:]), b: b, count: int(binary.NativeEndian.Uint16(b[pageCount:]))}
	switch flags := binary.NativeEndian.Uint16(b[pageFlags:]); flags {
	case leafPage:
		p.leaf = true
	case branchPage:
	default:
		return page{}, 0, damagedPage(p.id, "it is of the unknown kind %#x", flags)
	}
	return p, uint64(binary.NativeEndian.Uint32(b[pageOverflow:])), nil
}

// extent returns how many bytes the data of a page takes, by what its first part
// says: where further pages belong to it, its few elements are in the first one
// (bbolt 1.5.0, node.go, splitTwo, leaves two entries together only where both do
// not fit).
func (p *page) extent() uint64 {
	if p.count == 0 || pageHeadBytes+pageElementBytes*p.count > len(p.b) {
		return 0
	}
	e := p.element(p.count - 1)
	at := uint64(pageHeadBytes + pageElementBytes*(p.count-1))
	if !p.leaf {
		return at + uint64(binary.NativeEndian.Uint32(e)) + uint64(binary.NativeEndian.Uint32(e[4:]))
	}
	return at + uint64(binary.NativeEndian.Uint32(e[4:])) + uint64(binary.NativeEndian.Uint32(e[8:])) + uint64(binary.NativeEndian.Uint32(e[12:]))
}

// inlinePage reads the page in the value of a small bucket.
func inlinePage(of uint64, value []byte) (page, error) {
	if len(value) < pageHeadBytes {
		return page{}, damagedPage(of, "a small bucket of %d bytes", len(value))
	}
	p, more, err := parsePage(value)
	if err != nil || p.id != 0 || more != 0 || !p.leaf || p.count > 0 && p.extent() != uint64(len(value)) || p.count == 0 && len(value) != pageHeadBytes {
		return page{}, damagedPage(of, "a small bucket in it is damaged")
	}
	if p.layout(0) != nil {
		return page{}, damagedPage(of, "a small bucket in it is damaged")
	}
	p.id = of
	return p, nil
}
