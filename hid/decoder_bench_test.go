package hid

import (
	"io"
	"os"
	"slices"
	"testing"
	"time"
)

// pressing is what a keypad sends for one tap, again and again: every report brings a change.
var pressing = [][]byte{
	{0, 0, 0x59, 0, 0, 0, 0, 0},
	{0, 0, 0, 0, 0, 0, 0, 0},
}

func BenchmarkDecode(b *testing.B) {
	deck, _ := ProfileFor(0x0fd9, 0x006c) // a Stream Deck XL
	layout, _ := deck.Descriptor()
	key := append([]byte{1, 0, 32, 0}, make([]byte, 32)...)
	key[20] = 1
	for _, bench := range []struct {
		name    string
		d       *Descriptor
		reports [][]byte
	}{
		{"keypad", BootKeyboard, pressing},
		{"fast_typist", BootKeyboard, typing},
		{"idle_repeats", BootKeyboard, typing[:1]},
		{"stream_deck_xl", layout, [][]byte{key, append([]byte{1, 0, 32, 0}, make([]byte, 32)...)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			dec := NewDecoder(bench.d)
			changes := make([]Change, 0, 32)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				changes = dec.Decode(bench.reports[n%len(bench.reports)], changes[:0])
				n++
			}
		})
	}
}

// BenchmarkDecodeAgainstPipe says what decoding an 8-byte report costs beside the least that any reading of a device costs, the way to
// another thread of control and back: one byte through a pipe, and one back through another. Its metric decode/pipe is the ratio of the
// medians of rounds that take turns, so that a busy machine slows both.
func BenchmarkDecodeAgainstPipe(b *testing.B) {
	trip := newRoundTrip(b)
	dec := NewDecoder(BootKeyboard)
	var decodes, trips []float64 // nanoseconds each, by round
	for b.Loop() {
		decodes = append(decodes, decodeRound(dec))
		trips = append(trips, tripRound(trip))
	}
	decode, pipe := median(decodes), median(trips)
	b.ReportMetric(0, "ns/op") // of a round, which means nothing
	b.ReportMetric(decode, "ns/decode")
	b.ReportMetric(pipe, "ns/pipe")
	b.ReportMetric(decode/pipe, "decode/pipe")
}

// decodeRound is how many nanoseconds one report takes. It is as long as tripRound, about half a millisecond.
func decodeRound(dec *Decoder) float64 {
	const taps = 10_000
	press, release := pressing[0], pressing[1]
	changes := make([]Change, 0, 32)
	start := time.Now()
	for range taps {
		changes = dec.Decode(press, changes[:0])
		changes = dec.Decode(release, changes[:0])
	}
	return float64(time.Since(start)) / (2 * taps)
}

// tripRound is how many nanoseconds one round trip takes.
func tripRound(trip func()) float64 {
	const trips = 200
	start := time.Now()
	for range trips {
		trip()
	}
	return float64(time.Since(start)) / trips
}

// newRoundTrip returns a function that sends a byte through a pipe to a goroutine, which sends it back through another.
func newRoundTrip(b *testing.B) func() {
	b.Helper()
	thereRead, thereWrite, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	backRead, backWrite, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.CopyBuffer(struct{ io.Writer }{backWrite}, struct{ io.Reader }{thereRead}, make([]byte, 1)) // until thereWrite is closed
	}()
	b.Cleanup(func() {
		_ = thereWrite.Close()
		<-done
		for _, f := range []*os.File{thereRead, backRead, backWrite} {
			_ = f.Close()
		}
	})
	one := make([]byte, 1)
	return func() {
		if _, err := thereWrite.Write(one); err != nil {
			b.Fatal(err)
		}
		if _, err := backRead.Read(one); err != nil {
			b.Fatal(err)
		}
	}
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
