//go:build linux

package store

import (
	"io"
	"os"
	"strconv"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"magicbutton/internal/cx"
)

// benchDays makes a store of three busy years, with summaries of their days or
// without. BENCH_EVENTS says how many events; 1,000,000 where it says nothing.
func benchDays(b *testing.B, build bool) (s *Store, events int) {
	b.Helper()
	events = 1_000_000
	if n, err := strconv.Atoi(os.Getenv("BENCH_EVENTS")); err == nil {
		events = n
	}
	s = benchStore(b, events)
	s.now = func() time.Time { return epoch.AddDate(4, 0, 0) }
	if build {
		start := time.Now()
		if err := s.BuildDays(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		b.Logf("the summaries took %v", time.Since(start))
	}
	return s, events
}

// bareCursor goes over all events and looks at none.
func bareCursor(b *testing.B, s *Store) time.Duration {
	b.Helper()
	start := time.Now()
	err := s.db.View(func(tx *bolt.Tx) error {
		c := eventsTable.in(tx).Cursor()
		for key, _ := c.First(); key != nil; key, _ = c.Next() {
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkDays answers from the summaries of days. "of-scan" is how much of a bare
// cursor's time over all events it takes.
func BenchmarkDays(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	s, _ := benchDays(b, true)
	from, to := cx.WeekOf(epoch.AddDate(1, 6, 0), zone).Span(zone)
	tests := []struct {
		name string
		q    cx.Query
	}{
		{"week", cx.Query{From: from, To: to, By: []cx.Dimension{cx.ByTag}}},
		{"all", cx.Query{By: []cx.Dimension{cx.ByTag}}},
		{"all_by_hour", cx.Query{By: []cx.Dimension{cx.ByTag, cx.ByHour}}},
		{"week_by_desk", cx.Query{From: from, To: to, By: []cx.Dimension{cx.ByTag, cx.ByDesk}}},
		{"all_by_desk", cx.Query{By: []cx.Dimension{cx.ByTag, cx.ByDesk}}},
		{"all_of_desk", cx.Query{By: []cx.Dimension{cx.ByTag}, Filter: cx.Filter{Desks: []string{"desk 7"}}}},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			tt.q.Zone = zone
			var ours, bare []time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := s.Tally(b.Context(), tt.q); err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start))
				if len(bare) < 5 {
					bare = append(bare, bareCursor(b, s))
				}
			}
			b.ReportMetric(float64(median(ours))/1e3, "µs-p50")
			b.ReportMetric(float64(median(ours))/float64(median(bare)), "of-scan")
		})
	}
}

// BenchmarkScan tallies by tag where no day has a summary, in turns with a bare
// cursor.
func BenchmarkScan(b *testing.B) {
	s, events := benchDays(b, false)
	var ours, bare []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := s.Tally(b.Context(), cx.Query{By: []cx.Dimension{cx.ByTag}}); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
		bare = append(bare, bareCursor(b, s))
	}
	b.ReportMetric(float64(median(ours))/float64(events), "ns/event")
	b.ReportMetric(float64(median(bare))/float64(events), "cursor-ns/event")
	b.ReportMetric(float64(median(ours))/float64(median(bare)), "x-cursor")
}

// BenchmarkScanCold is opening and scanning a file of which nothing is in memory,
// in turns with reading it from start to end.
func BenchmarkScanCold(b *testing.B) {
	s, _ := benchDays(b, false)
	path := s.Path()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	forget := func() {
		f, err := os.Open(path)
		if err == nil {
			err = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
			f.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	var ours, plain []time.Duration
	for b.Loop() {
		forget()
		start := time.Now()
		r, err := Open(path, Options{ReadOnly: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Tally(b.Context(), cx.Query{By: []cx.Dimension{cx.ByTag}}); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
		r.Close()
		forget()
		start = time.Now()
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
			b.Fatal(err)
		}
		f.Close()
		plain = append(plain, time.Since(start))
	}
	b.ReportMetric(float64(median(ours))/1e6, "ms-p50")
	b.ReportMetric(float64(median(ours))/float64(median(plain)), "x-read")
}
