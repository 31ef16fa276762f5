package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// busyYears returns events as a few desks make them over three years: 50 desks
// of 8 keys, 12 tags, one in ten with a note.
func busyYears(n int) []New {
	random := rand.New(rand.NewPCG(1, 1))
	events := make([]New, n)
	step := 3 * 365 * 24 * time.Hour / time.Duration(max(n, 1))
	for i := range events {
		at := epoch.Add(time.Duration(i) * step)
		tag, desk := random.IntN(12), random.IntN(50)
		e := New{At: at, Event: cx.Event{
			Tag: fmt.Sprintf("tag-%d", tag), Stage: cx.StageUse, Channel: cx.ChannelPhone, Source: cx.SourceDevice,
			Desk: fmt.Sprintf("desk %d", desk), Site: fmt.Sprintf("site %d", desk/10),
			Device: fmt.Sprintf("1189:8890:desk-%d", desk), Key: fmt.Sprintf("F%d", 13+tag%8),
		}}
		if random.IntN(10) == 0 {
			e.Event.Note = "was told three different dates by three people"
		}
		events[i] = e
	}
	return events
}

func benchStore(b *testing.B, events int) *Store {
	b.Helper()
	c := &clock{epoch} // an event is recorded a moment after its instant
	s, err := Open(filepath.Join(b.TempDir(), "events.db"), Options{Create: true, Now: c.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	for chunk := range slices.Chunk(busyYears(events), 10_000) {
		c.now = chunk[len(chunk)-1].At
		if _, err := s.Append(b.Context(), chunk...); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkAppend is one press at a time, in turns with the least that two
// flushes cost: 4 KiB and a flush, twice. "x-floor" is the ratio of the medians.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{0, 100_000} {
		b.Run(fmt.Sprintf("behind_%d", size), func(b *testing.B) {
			s := benchStore(b, size)
			floor := newFlusher(b)
			var ours, least []time.Duration
			event := press(epoch, "tag-1")
			event.At = epoch.Add(4 * 365 * 24 * time.Hour)
			for b.Loop() {
				event.At = event.At.Add(time.Second)
				start := time.Now()
				if _, err := s.Append(b.Context(), event); err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start))
				least = append(least, floor.twice(b))
			}
			b.ReportMetric(float64(median(ours))/float64(median(least)), "x-floor")
			b.ReportMetric(float64(median(ours))/1e6, "ms-p50")
		})
	}
}

// flusher writes pages as bbolt does at the least.
type flusher struct {
	file *os.File
	page [4096]byte
	at   int64
}

func newFlusher(b *testing.B) *flusher {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "floor"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	fl := &flusher{file: f}
	for range 4096 { // written before, as most pages of a database are
		if _, err := f.Write(fl.page[:]); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return fl
}

func (f *flusher) twice(b *testing.B) time.Duration {
	start := time.Now()
	for range 2 {
		f.at = (f.at + 1) % 4096
		binary.NativeEndian.PutUint64(f.page[:], uint64(start.UnixNano()))
		if _, err := f.file.WriteAt(f.page[:], f.at*4096); err != nil {
			b.Fatal(err)
		}
		if err := flush(f.file); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

// BenchmarkAppend64 is 64 callers at once; an operation is one press.
func BenchmarkAppend64(b *testing.B) {
	s := benchStore(b, 0)
	const writers = 64
	before := transactions(b, s)
	presses := make(chan struct{})
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range presses {
				if _, err := s.Append(b.Context(), press(epoch, "tag-1")); err != nil {
					b.Error(err)
				}
			}
		})
	}
	n := 0
	for b.Loop() {
		presses <- struct{}{}
		n++
	}
	close(presses)
	wg.Wait()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "presses/s")
	b.ReportMetric(float64(n)/float64(transactions(b, s)-before), "presses/flush")
}

// BenchmarkTally scans 100,000 events, in turns with a bare cursor over them.
func BenchmarkTally(b *testing.B) {
	const events = 100_000
	s := benchStore(b, events)
	var ours, bare []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := s.Tally(b.Context(), cx.Query{By: []cx.Dimension{cx.ByTag}}); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
		start = time.Now()
		err := s.db.View(func(tx *bolt.Tx) error {
			c := eventsTable.in(tx).Cursor()
			for key, _ := c.First(); key != nil; key, _ = c.Next() {
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		bare = append(bare, time.Since(start))
	}
	b.ReportMetric(float64(median(ours))/events, "ns/event")
	b.ReportMetric(float64(median(bare))/events, "cursor-ns/event")
	b.ReportMetric(float64(median(ours))/float64(median(bare)), "x-cursor")
}

// BenchmarkSize reports what an event takes on the disk, notes apart, where the
// events came one at a time, as they do.
func BenchmarkSize(b *testing.B) {
	const events = 100_000
	for b.Loop() {
		s := benchStore(b, 0)
		s.db.NoSync = true
		for _, n := range busyYears(events) {
			s.now = func() time.Time { return n.At.Add(20 * time.Millisecond) }
			if _, err := s.Append(b.Context(), n); err != nil {
				b.Fatal(err)
			}
		}
		s.db.NoSync = false
		err := s.db.View(func(tx *bolt.Tx) error {
			st := eventsTable.in(tx).Stats()
			b.ReportMetric(float64(st.LeafAlloc+st.BranchAlloc)/events, "bytes/event")
			b.ReportMetric(float64(tx.Size())/events, "file-bytes/event")
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
