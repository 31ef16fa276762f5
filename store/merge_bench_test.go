package store

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// BenchmarkMerge merges the databases of many desks. MERGE_DESKS and MERGE_EVENTS,
// of each desk, choose another size than that of a quick run.
func BenchmarkMerge(b *testing.B) {
	desks, events := sizeOf("MERGE_DESKS", 4), sizeOf("MERGE_EVENTS", 5_000)
	dir := b.TempDir()
	var files []string
	for d := range desks {
		files = append(files, deskFile(b, dir, fmt.Sprintf("desk-%d.db", d), func(s *Store) { fillDesk(b, s, d, events) }))
	}
	to := filepath.Join(dir, "all.db")
	run := func(b *testing.B, before bool) {
		for b.Loop() {
			if !before {
				_ = os.Remove(to)
			}
			report, err := Merge(b.Context(), to, sourcesOf(files...), MergeOptions{})
			if err != nil || report.Events != desks*events {
				b.Fatalf("%d events, %v", report.Events, err)
			}
		}
		total := float64(b.N*desks*events) / b.Elapsed().Seconds()
		b.ReportMetric(total, "events/s")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
	}
	b.Run("new", func(b *testing.B) { run(b, false) })
	b.Run("again", func(b *testing.B) { run(b, true) })
}

func sizeOf(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// fillDesk stores a desk's events of three years, unflushed.
func fillDesk(b *testing.B, s *Store, desk, events int) {
	b.Helper()
	tags := []string{"praise", "bill-unclear", "delivery-late", "how-to", "refund-slow", "idea"}
	step := 3 * 365 * 24 * time.Hour / time.Duration(events)
	s.db.NoSync = true
	const most = 1 << 14
	for n := 0; n < events; {
		err := s.update(func(w *writer) error {
			for range min(most, events-n) {
				e := deskPress(fmt.Sprintf("desk %d", desk), epoch.Add(time.Duration(n)*step+time.Duration(desk)*time.Second), tags[(n*7+desk)%len(tags)])
				if n%10 == 0 {
					e.Event.Note = "what the customer said, in a few words"
				}
				if _, err := w.append(e); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	s.db.NoSync = false
}
