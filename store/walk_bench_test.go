package store

import (
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
)

// BenchmarkWalk reads 100,000 events verified, without and with their checksums, in
// turns with a bare cursor that looks at keys and values. "x-cursor" are the ratios of
// the medians.
func BenchmarkWalk(b *testing.B) {
	s := benchStore(b, 100_000)
	var bare, pages, sums, press []time.Duration
	timed := func(to *[]time.Duration, do func(tx *bolt.Tx) error) {
		start := time.Now()
		if err := s.transact(b.Context(), do); err != nil {
			b.Fatal(err)
		}
		*to = append(*to, time.Since(start))
	}
	n := 0
	walk := func(fn func(key, value []byte) (bool, error)) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error { return newPager(cx.EventQuery{}).page(tx, 1<<30, fn) }
	}
	for b.Loop() {
		timed(&bare, func(tx *bolt.Tx) error {
			c := eventsTable.in(tx).Cursor()
			for key, value := c.First(); key != nil; key, value = c.Next() {
				n += int(key[0]) + int(value[0])
			}
			return nil
		})
		timed(&pages, walk(func(key, value []byte) (bool, error) {
			n += int(key[0]) + int(value[0])
			return true, nil
		}))
		timed(&sums, walk(func(key, value []byte) (bool, error) {
			_, err := eventsTable.unseal(key, value)
			return true, err
		}))
		var id cx.ID
		timed(&press, func(tx *bolt.Tx) error { // what one more event makes a writer verify
			r, err := pagesOf(tx)
			if err != nil {
				return err
			}
			for i := range id {
				id[i] = 0xfe
			}
			t, err := r.tree(eventsTable)
			if err == nil {
				err = t.edges(eventsTable)
			}
			if err == nil {
				_, _, err = t.find(eventsTable, id[:])
			}
			return err
		})
	}
	b.ReportMetric(float64(median(bare))/1e5, "cursor-ns/event")
	b.ReportMetric(float64(median(pages))/float64(median(bare)), "pages-x-cursor")
	b.ReportMetric(float64(median(sums))/float64(median(bare)), "sums-x-cursor")
	b.ReportMetric(float64(median(press))/1e3, "us-edge-path")
	_ = n
}
