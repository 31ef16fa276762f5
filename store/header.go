package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A bbolt file begins with two pages that describe it, written in turns; the one
// with the higher transaction number is in force. Each has a page header of 16
// bytes and then these fields in the machine's byte order (bbolt 1.5.0,
// internal/common/meta.go).
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	metaAt       = 16
	metaMagic    = 0  // uint32
	metaVersion  = 4  // uint32
	metaPageSize = 8  // uint32
	metaRoot     = 16 // uint64: root page of the bucket of buckets; then its sequence
	metaFreelist = 32 // uint64: its page, or noFreelist
	metaPages    = 40 // uint64: pages in use, from the start of the file
	metaTx       = 48 // uint64
	metaSum      = 56 // uint64: FNV-1a of what is before it
	metaBytes    = 64

	noFreelist = 1<<64 - 1

	minPageBytes = 1 << 10
	maxPageBytes = 1 << 16
)

type header [metaBytes]byte

func (h *header) uint32(at int) uint32 { return binary.NativeEndian.Uint32(h[at:]) }
func (h *header) uint64(at int) uint64 { return binary.NativeEndian.Uint64(h[at:]) }

// ours reports whether the page is from a bbolt file at all.
func (h *header) ours() bool { return h.uint32(metaMagic) == boltMagic }

func (h *header) valid() bool {
	sum := fnv.New64a()
	_, _ = sum.Write(h[:metaSum])
	size := h.uint32(metaPageSize)
	return h.ours() && h.uint32(metaVersion) == boltVersion && h.uint64(metaSum) == sum.Sum64() &&
		size >= minPageBytes && size <= maxPageBytes && size&(size-1) == 0
}

// checkKind refuses what a database cannot be before it is opened: opening a named
// pipe waits for its other end, for ever and deaf to signals, and opening a device
// may set it going. Links are followed.
func checkKind(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w: it is a folder", ErrNotDatabase)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: it is no regular file", ErrNotDatabase)
	}
	return nil
}

// checkHeader looks at a file with plain reads before bbolt maps it: a mapped
// file that is too short kills the process that reads it, and one that is empty
// or something else must be left as it is.
//
// Both header pages must be whole. With one of them bbolt would go on as of the
// transaction before and lose what was acknowledged last without a word; and a
// power cut does not leave half a header, which lies in one sector.
func checkHeader(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return fmt.Errorf("%w: the file is empty", ErrTruncated)
	}
	first, err := readHeader(f, 0)
	if err != nil {
		return err
	}
	if first.ours() && first.uint32(metaVersion) != boltVersion {
		return fmt.Errorf("%w: bbolt file version %d, want %d", ErrNotDatabase, first.uint32(metaVersion), boltVersion)
	}
	if !first.valid() {
		return badFirstHeader(f, first)
	}
	pageBytes := int64(first.uint32(metaPageSize))
	second, err := readHeader(f, pageBytes)
	if err != nil {
		return err
	}
	if !second.valid() {
		if info.Size() < 2*pageBytes {
			return tooShort(info.Size(), 2*pageBytes)
		}
		return fmt.Errorf("%w: the second of its two header pages", ErrDamaged)
	}
	newest := first
	if second.uint64(metaTx) > first.uint64(metaTx) {
		newest = second
	}
	// bbolt would write one as soon as it opens the file, and ours have one.
	if newest.uint64(metaFreelist) == noFreelist {
		return fmt.Errorf("%w: a bbolt file of another program", ErrNotDatabase)
	}
	if pages := newest.uint64(metaPages); uint64(info.Size()/pageBytes) < pages {
		return tooShort(info.Size(), int64(pages)*pageBytes)
	}
	return nil
}

// newestHeader returns the header in force of a file that checkHeader let
// through.
func newestHeader(f *os.File) (header, error) {
	first, err := readHeader(f, 0)
	if err != nil {
		return header{}, err
	}
	second, err := readHeader(f, int64(first.uint32(metaPageSize)))
	if err == nil && second.uint64(metaTx) > first.uint64(metaTx) {
		return second, nil
	}
	return first, err
}

// badFirstHeader tells a damaged database from a file of another kind.
func badFirstHeader(f *os.File, first header) error {
	for at := int64(minPageBytes); at <= maxPageBytes; at *= 2 {
		second, err := readHeader(f, at)
		if err != nil {
			return err
		}
		if second.valid() && int64(second.uint32(metaPageSize)) == at {
			return fmt.Errorf("%w: the first of its two header pages", ErrDamaged)
		}
	}
	if first.ours() {
		return fmt.Errorf("%w: both of its header pages", ErrDamaged)
	}
	return ErrNotDatabase
}

func tooShort(have, want int64) error {
	return fmt.Errorf("%w: %d bytes of at least %d", ErrTruncated, have, want)
}

// readHeader reads a header page; what lies behind the end of the file is zero.
func readHeader(f *os.File, page int64) (h header, err error) {
	_, err = f.ReadAt(h[:], page+metaAt)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return h, err
}
