package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
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

const benchEvents = 20_000

// inTurns runs ours and what is compared with it, one after the other, and reports
// rows a second and the ratio of the medians.
func inTurns(b *testing.B, unit string, ours, other func()) {
	b.Helper()
	var times [2][]time.Duration
	for b.Loop() {
		for i, run := range []func(){ours, other} {
			start := time.Now()
			run()
			times[i] = append(times[i], time.Since(start))
		}
	}
	var median [2]time.Duration
	for i, t := range times {
		slices.Sort(t)
		median[i] = t[len(t)/2]
	}
	b.ReportMetric(benchEvents/median[0].Seconds(), "rows/s")
	b.ReportMetric(float64(median[0])/float64(median[1]), unit)
}

// object is an event as encoding/json may write it.
type object struct {
	ID, At          string
	RecordedAt      string `json:"recorded_at"`
	Desk, Site, Tag string
	Stage, Channel  string
	Tried           string
	Forced          *bool
	Conversation    string
	Note, Source    string
	Device, Key     string
	Clock           string
	Rev             uint32
	Voided          bool
}

// BenchmarkWriteEvents writes events, in turns with encoding/csv or encoding/json
// writing what they say.
func BenchmarkWriteEvents(b *testing.B) {
	events := manyEvents(benchEvents)
	for _, f := range textFormats {
		b.Run(string(f), func(b *testing.B) {
			file := writeEvents(b, f, events, export.EventOptions{})
			var records [][]string
			var objects []object
			var err error
			switch f {
			case export.CSV:
				records, err = csv.NewReader(bytes.NewReader(file)).ReadAll()
			default:
				dec := json.NewDecoder(bytes.NewReader(writeEvents(b, export.NDJSON, events, export.EventOptions{})))
				for err == nil {
					var o object
					if err = dec.Decode(&o); err == nil {
						objects = append(objects, o)
					}
				}
				if errors.Is(err, io.EOF) {
					err = nil
				}
			}
			if err != nil {
				b.Fatal(err)
			}
			inTurns(b, "x-encoding", func() {
				if _, err := export.WriteEvents(io.Discard, f, seq(events), export.EventOptions{}); err != nil {
					b.Fatal(err)
				}
			}, func() {
				out := csv.NewWriter(io.Discard)
				if err := out.WriteAll(records); err != nil {
					b.Fatal(err)
				}
				enc := json.NewEncoder(io.Discard)
				for _, o := range objects {
					if err := enc.Encode(o); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkReadEvents reads and checks events, in turns with encoding/csv reading
// their cells.
func BenchmarkReadEvents(b *testing.B) {
	file := writeEvents(b, export.CSV, manyEvents(benchEvents), export.EventOptions{})
	inTurns(b, "x-encoding", func() {
		in := export.NewReader(bytes.NewReader(file))
		var row export.Row
		n := 0
		for in.Next(&row) == nil {
			n++
		}
		if n != benchEvents {
			b.Fatalf("%d rows, want %d", n, benchEvents)
		}
	}, func() {
		in := csv.NewReader(bytes.NewReader(file))
		in.ReuseRecord = true
		for {
			if _, err := in.Read(); err != nil {
				return
			}
		}
	})
}
