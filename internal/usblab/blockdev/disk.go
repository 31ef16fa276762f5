// Package blockdev is for tests: a disk with a volatile cache, which QEMU reaches over NBD. It remembers every request, so that
// the power can be cut after any of them, and more often than a machine can boot: a cut is an image of what a disk
// would have kept.
package blockdev

import (
	"fmt"
	"slices"
	"sync"
)

// SectorSize is the smallest part of a write that a disk writes whole or not at all, in bytes. ATA, NVMe and virtio have had
// no smaller sectors.
const SectorSize = 512

// Disk is a disk in memory.
type Disk struct {
	mu  sync.Mutex
	now []byte // what a read returns
	log Log
}

// New makes a disk that holds an image. A flush of the image itself is behind it.
func New(image []byte) *Disk {
	d := &Disk{}
	d.Reset(image)
	return d
}

// Reset puts another image on the disk and forgets the requests before. The disk must not be in use.
func (d *Disk) Reset(image []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = slices.Clone(image)
	d.log = Log{base: slices.Clone(image)}
}

// Requests returns how many requests that change the disk it has answered: writes and flushes.
func (d *Disk) Requests() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Len()
}

// Log returns the requests until now.
func (d *Disk) Log() *Log {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &Log{base: d.log.base, requests: slices.Clip(d.log.requests)}
}

// size is the disk's size in bytes.
func (d *Disk) size() int64 { return int64(len(d.now)) }

// read copies from the disk to p.
func (d *Disk) read(p []byte, offset int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	copy(p, d.now[offset:])
}

// write keeps data, which the caller gives away. through says that the request waits for the disk itself (FUA).
func (d *Disk) write(data []byte, offset int64, through bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	copy(d.now[offset:], data)
	d.log.requests = append(d.log.requests, request{offset: offset, data: data, through: through})
}

func (d *Disk) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log.requests = append(d.log.requests, request{})
}

// request is a write, or a flush where data is nil.
type request struct {
	offset  int64
	data    []byte
	through bool
}

func (r request) isFlush() bool { return r.data == nil }

// Log is what was asked of a disk, in the order in which it answered.
type Log struct {
	base     []byte // before the first request
	requests []request
}

// Len is how many requests there are.
func (l *Log) Len() int { return len(l.requests) }

// Flushes is how many of the requests from one to another are flushes.
func (l *Log) Flushes(from, to int) int {
	n := 0
	for _, r := range l.requests[from:to] {
		if r.isFlush() {
			n++
		}
	}
	return n
}

// Cut says when the power goes, and what becomes of writes that no flush has covered.
type Cut struct {
	// After is how many requests the disk has answered.
	After int
	// Keep is asked for each unit of each such write, in their order, whether it is on the disk; nil keeps none.
	Keep func() bool
	// Unit is how many bytes are written whole or not at all: a multiple of SectorSize, 0 for the whole request.
	Unit int
	// Whole is where the parts begin: what lies before is written whole or not at all, however small Unit is.
	Whole int64
	// Lies is for controls: so many flushes before the cut were answered and not done.
	Lies int
}

// Image returns what is on the disk when the power is back.
func (l *Log) Image(c Cut) ([]byte, error) {
	if c.After < 0 || c.After > l.Len() || c.Unit < 0 || c.Unit%SectorSize != 0 {
		return nil, fmt.Errorf("cutting the power of a disk: no such cut of %d requests: %+v", l.Len(), c)
	}
	image := slices.Clone(l.base)
	flushed := l.flushed(c)
	for i, r := range l.requests[:c.After] {
		switch {
		case r.isFlush():
		case i < flushed, r.through && c.Lies == 0:
			copy(image[r.offset:], r.data)
		case c.Keep != nil:
			r.tear(image, c)
		}
	}
	return image, nil
}

// flushed is how many requests the last honest flush before a cut covers.
func (l *Log) flushed(c Cut) int {
	lies := c.Lies
	for i := c.After - 1; i >= 0; i-- {
		if l.requests[i].isFlush() {
			if lies == 0 {
				return i
			}
			lies--
		}
	}
	return 0
}

// tear writes those units that the cut keeps.
func (r request) tear(image []byte, c Cut) {
	unit := c.Unit
	if unit == 0 {
		unit = len(r.data)
	}
	at, rest := r.offset, r.data
	for len(rest) > 0 {
		n := min(max(int(c.Whole-at), unit), len(rest))
		if c.Keep() {
			copy(image[at:], rest[:n])
		}
		at, rest = at+int64(n), rest[n:]
	}
}
