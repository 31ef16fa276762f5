package export_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// manyEvents returns a busy year of one desk: a note on every tenth event.
func manyEvents(n int) []cx.Event {
	events := make([]cx.Event, n)
	start := at("2026-01-05T08:00:00Z")
	for i := range events {
		id := cx.MakeID(start.Add(time.Duration(i)*5*time.Minute), testOrigin, uint64(i+1))
		e := newEvent("2026-01-05T08:00:00Z", 1)
		e.ID, e.Conversation, e.RecordedAt = id, id, id.At()
		if i%10 == 0 {
			e.Note = fmt.Sprintf("the parcel came %d days late, \"again\"", i%7)
		}
		events[i] = e
	}
	return events
}

const benchEvents = 100_000

// report gives rows a second, and how many times longer it took than io.Copy of
// the same bytes through memory.
func report(b *testing.B, file []byte) {
	b.Helper()
	took := b.Elapsed() / time.Duration(b.N)
	const copies = 20
	start := time.Now()
	for range copies {
		var to bytes.Buffer
		if _, err := io.Copy(&to, struct{ io.Reader }{bytes.NewReader(file)}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(benchEvents/took.Seconds(), "rows/s")
	b.ReportMetric(float64(took)/(float64(time.Since(start))/copies), "x-copy")
}

func BenchmarkWriteEvents(b *testing.B) {
	events := manyEvents(benchEvents)
	for _, f := range export.Formats() {
		b.Run(string(f), func(b *testing.B) {
			var out bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if _, err := export.WriteEvents(&out, f, seq(events), export.EventOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			report(b, out.Bytes())
		})
	}
}

func BenchmarkReadEvents(b *testing.B) {
	file := writeEvents(b, export.CSV, manyEvents(benchEvents), export.EventOptions{})
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range export.ReadEvents(bytes.NewReader(file)) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchEvents {
			b.Fatalf("%d rows, want %d", n, benchEvents)
		}
	}
	report(b, file)
}
