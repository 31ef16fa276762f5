package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// everything is the question of a full scan.
func everything() (cx.Query, error) {
	zone, err := time.LoadLocation(zoneName)
	return cx.Query{Zone: zone, By: []cx.Dimension{cx.ByTag}}, err
}

// benchScan: a tally of all events without any summary, each decoded and its
// checksum verified, in turns with a bare cursor that only goes from one to the
// next. The file is in memory.
func benchScan(ctx context.Context, w *world) error {
	path, err := w.database(ctx, w.events)
	if err != nil {
		return err
	}
	q, err := everything()
	if err != nil {
		return err
	}
	s, err := store.Open(path, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer s.Close()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	rounds := w.times(7)
	m, err := turns(ctx, rounds,
		timed(func() error { _, err := s.Tally(ctx, q); return err }),
		timed(func() error { return walk(db, w.events) }))
	if err != nil {
		return err
	}
	w.table.add(compare("scan", m[0], m[1], 2.5, rounds, "a bare bbolt cursor over the events"))
	return nil
}

// walk goes over the events and looks at none.
func walk(db *bolt.DB, want int) error {
	return db.View(func(tx *bolt.Tx) error {
		n, c := 0, tx.Bucket([]byte("events")).Cursor()
		for key, _ := c.First(); key != nil; key, _ = c.Next() {
			n++
		}
		if n != want {
			return fmt.Errorf("the cursor found %d events, want %d", n, want)
		}
		return nil
	})
}

// benchCold: opening the database and the same tally where nothing of the file
// is in memory, beside reading the file from start to end.
func benchCold(ctx context.Context, w *world) error {
	path, err := w.database(ctx, w.events)
	if err != nil {
		return err
	}
	q, err := everything()
	if err != nil {
		return err
	}
	scan := func() (time.Duration, error) {
		if err := forget(path); err != nil {
			return 0, err
		}
		start := time.Now()
		s, err := store.Open(path, store.Options{ReadOnly: true})
		if err != nil {
			return 0, err
		}
		defer s.Close()
		_, err = s.Tally(ctx, q)
		return time.Since(start), err
	}
	buffer := make([]byte, 1<<20)
	read := func() (time.Duration, error) {
		if err := forget(path); err != nil {
			return 0, err
		}
		start := time.Now()
		f, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		_, err = io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{f}, buffer)
		return time.Since(start), err
	}
	rounds := w.times(5)
	m, err := turns(ctx, rounds, scan, read)
	if err != nil {
		return err
	}
	w.table.add(compare("scan-cold", m[0], m[1], 1.4, rounds, "reading the file from start to end"))
	return nil
}

// These hide the short cuts that io.CopyBuffer would take.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)

// forget drops a file from the memory of the system, which nobody may map then.
func forget(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return fmt.Errorf("dropping %s from memory: %w", path, err)
	}
	return nil
}
