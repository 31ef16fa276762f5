package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // SQLite itself, in C

	"magicbutton/internal/cx"
	"magicbutton/store"
)

const writers = 64

// benchWriters: 64 callers, each waiting for its press to be durable before it
// makes the next.
func benchWriters(ctx context.Context, w *world) error {
	ours := w.path("writers.db")
	defer removeDatabase(ours)
	p, err := newPresser(ours, store.Options{Create: true})
	if err != nil {
		return err
	}
	defer p.store.Close()
	db, insert, err := openSQLite(ctx, w.path("writers.sqlite"))
	if err != nil {
		return err
	}
	defer removeDatabase(w.path("writers.sqlite"))
	defer db.Close()

	seq := uint64(0)
	var mu sync.Mutex
	intoSQLite := func() error {
		mu.Lock()
		seq++
		id := cx.MakeID(pressAt, p.store.Origin(), seq)
		mu.Unlock()
		_, err := insert.ExecContext(ctx, id[:], 1, 2, 20)
		return err
	}
	// As many presses each that a round takes a fraction of a second.
	const oursEach, sqliteEach = 100, 10
	rounds := w.times(9)
	m, err := turns(ctx, rounds,
		together(oursEach, func() error { _, err := p.store.Append(ctx, p.event); return err }),
		together(sqliteEach, intoSQLite))
	if err != nil {
		return err
	}
	rate := func(d time.Duration, each int) float64 { return float64(writers*each) / d.Seconds() }
	a, b := rate(m[0], oursEach), rate(m[1], sqliteEach)
	w.table.add(line{
		name: "writers-64", ours: fmt.Sprintf("%.0f/s", a), peer: fmt.Sprintf("%.0f/s", b), ratio: a / b,
		target: 10, atLeast: true, rounds: rounds, what: "SQLite, WAL, synchronous=FULL",
	})
	return nil
}

// together lets 64 callers work side by side, each so many times.
func together(each int, work func() error) side {
	return timed(func() error {
		var wg sync.WaitGroup
		errs := make(chan error, writers)
		for range writers {
			wg.Go(func() {
				for range each {
					if err := work(); err != nil {
						errs <- err
						return
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		return <-errs
	})
}

// openSQLite opens a database as suits it best: one connection, for SQLite has
// one writer and those who wait for its lock would sleep; a prepared statement;
// the table as its primary key's tree.
func openSQLite(ctx context.Context, path string) (*sql.DB, *sql.Stmt, error) {
	if err := removeDatabase(path); err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.ToSlash(path)+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(1)
	const schema = `CREATE TABLE events (id BLOB PRIMARY KEY, series INTEGER, sender INTEGER, recorded INTEGER) WITHOUT ROWID`
	if _, err := db.ExecContext(ctx, schema); err != nil {
		db.Close()
		return nil, nil, err
	}
	insert, err := db.PrepareContext(ctx, `INSERT INTO events VALUES (?, ?, ?, ?)`)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return db, insert, nil
}
