package export

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"time"

	"magicbutton/internal/cx"
)

// Twice finds the ids that a file has more than once, with contents that cannot
// both be stored, in bounded memory: it keeps a few bytes of each row, sorted, in a
// temporary file where they are many.
type Twice struct {
	seed maphash.Seed
	most int // sightings in memory
	run  []sighting
	file *os.File // of sorted runs
	ends []int64  // where each ends
}

// Disagreement is a row that says something else of an event than an earlier one
// and is no higher revision of it.
type Disagreement struct { //nolint:errname // it is found many times in a file, and one error tells of all
	// Line and Before are where the row and the earlier one begin.
	Line, Before int
	ID           cx.ID
	// Rev and BeforeRev are their revisions.
	Rev, BeforeRev uint32
}

func (d *Disagreement) Error() string {
	return fmt.Sprintf("event %s is in line %d with other content: revision %d there, %d here", d.ID, d.Before, d.BeforeRev, d.Rev)
}

// sighting is what is kept of a row.
type sighting struct {
	id       cx.ID
	line     int64
	recorded int64  // Unix ms, 0 where the row does not say
	content  uint64 // a sum of all else
	rev      uint32
}

const sightingBytes = 16 + 8 + 8 + 8 + 4

// runSightings is how many are sorted in memory, 12 MB of them.
const runSightings = 1 << 18

// NewTwice returns one that has seen nothing. It is to be closed.
func NewTwice() *Twice { return &Twice{seed: maphash.MakeSeed(), most: runSightings} }

// Close removes the temporary file.
func (t *Twice) Close() error {
	if t.file == nil {
		return nil
	}
	return errors.Join(t.file.Close(), os.Remove(t.file.Name()))
}

// Add takes note of a row. Rows come in the order of the file.
func (t *Twice) Add(r *Row) error {
	e := r.Event
	if e.ID.IsZero() {
		return nil
	}
	s := sighting{id: e.ID, line: int64(r.Line), rev: e.Rev}
	if !e.RecordedAt.IsZero() {
		s.recorded = e.RecordedAt.UnixMilli()
	}
	e.RecordedAt = time.Time{}
	e.Note = cx.CleanNote(e.Note) // as the store keeps it
	s.content = maphash.Comparable(t.seed, e)
	t.run = append(t.run, s)
	if len(t.run) < t.most {
		return nil
	}
	return t.spill()
}

// sort puts the run in order: all sightings of an id together, as the file has them.
func (t *Twice) sort() {
	slices.SortFunc(t.run, func(a, b sighting) int { return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.line, b.line)) })
}

// spill writes the run to the file.
func (t *Twice) spill() (err error) {
	t.sort()
	if t.file == nil {
		if t.file, err = os.CreateTemp("", "magicbutton-import-*"); err != nil {
			return fmt.Errorf("sorting the rows: %w", err)
		}
	}
	out := bufio.NewWriterSize(t.file, 1<<16)
	for _, s := range t.run {
		var b [sightingBytes]byte
		copy(b[:], s.id[:])
		binary.BigEndian.PutUint64(b[16:], uint64(s.line))
		binary.BigEndian.PutUint64(b[24:], uint64(s.recorded))
		binary.BigEndian.PutUint64(b[32:], s.content)
		binary.BigEndian.PutUint32(b[40:], s.rev)
		_, _ = out.Write(b[:]) // Flush has the error
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("sorting the rows: %w", err)
	}
	end := int64(len(t.run)) * sightingBytes
	if len(t.ends) > 0 {
		end += t.ends[len(t.ends)-1]
	}
	t.ends = append(t.ends, end)
	t.run = t.run[:0]
	return nil
}

// Find calls fn with each disagreement, in the order of the ids.
func (t *Twice) Find(fn func(*Disagreement)) error {
	t.sort()
	var runs merge
	from := int64(0)
	for _, end := range t.ends {
		runs = append(runs, &sightings{in: bufio.NewReaderSize(io.NewSectionReader(t.file, from, end-from), 1<<16)})
		from = end
	}
	runs = append(runs, &sightings{rest: t.run})
	runs = slices.DeleteFunc(runs, func(s *sightings) bool { return !s.next() })
	heap.Init(&runs)
	var state sighting
	for len(runs) > 0 {
		s := runs[0].now
		if !state.follow(s) {
			fn(&Disagreement{Line: int(s.line), Before: int(state.line), ID: s.id, Rev: s.rev, BeforeRev: state.rev})
		}
		if first := runs[0]; first.next() {
			heap.Fix(&runs, 0)
		} else if heap.Pop(&runs); first.err != nil {
			return fmt.Errorf("sorting the rows: %w", first.err)
		}
	}
	return nil
}

// follow makes s the state of its event, as the store would, and reports whether
// that is possible.
func (state *sighting) follow(s sighting) bool {
	isNew := s.id != state.id
	if !isNew && s.rev <= state.rev {
		return s.content == state.content && (s.recorded == 0 || s.recorded == state.recorded)
	}
	switch { // where the row does not say when it was recorded
	case s.recorded != 0:
	case isNew:
		s.recorded = s.id.At().UnixMilli()
	default:
		s.recorded = state.recorded
	}
	*state = s
	return true
}

// sightings are one sorted run.
type sightings struct {
	now  sighting
	in   *bufio.Reader // of a file, or nil for
	rest []sighting
	err  error
}

// next goes to the next sighting and reports whether there is one.
func (s *sightings) next() bool {
	if s.in == nil {
		if len(s.rest) == 0 {
			return false
		}
		s.now, s.rest = s.rest[0], s.rest[1:]
		return true
	}
	var b [sightingBytes]byte
	if _, err := io.ReadFull(s.in, b[:]); err != nil {
		if !errors.Is(err, io.EOF) {
			s.err = err
		}
		return false
	}
	s.now = sighting{
		id: cx.ID(b[:16]), line: int64(binary.BigEndian.Uint64(b[16:])), recorded: int64(binary.BigEndian.Uint64(b[24:])),
		content: binary.BigEndian.Uint64(b[32:]), rev: binary.BigEndian.Uint32(b[40:]),
	}
	return true
}

// merge is a heap of runs by where they stand.
type merge []*sightings

func (m merge) Len() int { return len(m) }

func (m merge) Less(i, j int) bool {
	a, b := &m[i].now, &m[j].now
	return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.line, b.line)) < 0
}

func (m merge) Swap(i, j int) { m[i], m[j] = m[j], m[i] }

// Push is for package heap.
func (m *merge) Push(x any) { *m = append(*m, x.(*sightings)) } //nolint:errcheck // no other is pushed

// Pop is for package heap.
func (m *merge) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
