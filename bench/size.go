package main

import (
	"context"
	"fmt"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// benchSize: what an event takes on the disk, where events came one at a time as
// they do, beside the same events as CSV. Everything in the file counts but
// notes and free pages.
func benchSize(ctx context.Context, w *world) error {
	n := w.million()
	db, err := w.database(ctx, n)
	if err != nil {
		return err
	}
	imported, err := usedBytes(db)
	if err != nil {
		return err
	}
	text, err := w.csv(ctx, n)
	if err != nil {
		return err
	}
	info, err := os.Stat(text)
	if err != nil {
		return err
	}
	notes, err := noteBytes(text)
	if err != nil {
		return err
	}
	each := func(bytes int64, n int) float64 { return float64(bytes) / float64(n) }
	bytes := func(b float64) string { return fmt.Sprintf("%.1f B", b) }
	ours, theirs := each(imported, n), each(info.Size()-notes, n)
	pressed, presses, err := pressedBytes(ctx, min(n, 100_000))
	if err != nil {
		return err
	}
	w.table.add(line{name: "bytes-imported", ours: bytes(ours), ratio: ours, target: 64, rounds: 1, what: "bytes an event, note apart"})
	w.table.add(line{name: "bytes-pressed", ours: bytes(each(pressed, presses)), ratio: each(pressed, presses), target: 64, rounds: 1, what: "the same, pressed one at a time"})
	w.table.add(line{name: "bytes-csv", ours: bytes(ours), peer: bytes(theirs), ratio: ours / theirs, target: 0.6, rounds: 1, what: "the same events as CSV, notes apart"})
	return nil
}

// pressedBytes presses n times, in memory where the system has a file system
// there, for a hundred thousand flushes to a disk take minutes.
func pressedBytes(ctx context.Context, n int) (int64, int, error) {
	in := "/dev/shm"
	if _, err := os.Stat(in); err != nil {
		in, n = "", min(n, 5000)
	}
	folder, err := os.MkdirTemp(in, "bench-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(folder)
	path := folder + "/pressed.db"
	m := newMaker(n)
	at := begin
	s, err := store.Open(path, store.Options{Create: true, Now: func() time.Time { return at }})
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	for range n {
		e := m.next(cx.Origin{})
		at = e.At.Add(moment)
		if _, err := s.Append(ctx, e); err != nil {
			return 0, 0, err
		}
	}
	if err := s.Close(); err != nil {
		return 0, 0, err
	}
	bytes, err := usedBytes(path)
	return bytes, n, err
}

// usedBytes returns how many bytes of a database are in use, but for the notes.
func usedBytes(path string) (bytes int64, err error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		bytes = tx.Size() - int64(db.Stats().FreePageN+db.Stats().PendingPageN)*int64(db.Info().PageSize)
		notes := tx.Bucket([]byte("notes")).Stats()
		bytes -= int64(notes.LeafAlloc + notes.BranchAlloc)
		return nil
	})
	return bytes, err
}
