package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"magicbutton/internal/cx"
)

// duck is DuckDB in this process, on a table of its own kind in a file.
type duck struct {
	db   *sql.DB
	conn *sql.Conn
}

// openDuck opens a new database of DuckDB.
func openDuck(ctx context.Context, path string) (*duck, error) {
	if err := removeDuck(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("duckdb", path)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &duck{db, conn}, nil
}

func removeDuck(path string) error {
	for _, end := range []string{"", ".wal"} {
		if err := os.RemoveAll(path + end); err != nil {
			return err
		}
	}
	return nil
}

func (d *duck) close() error {
	d.conn.Close()
	return d.db.Close()
}

func (d *duck) exec(ctx context.Context, statements ...string) error {
	for _, q := range statements {
		if _, err := d.conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("duckdb: %s: %w", q, err)
		}
	}
	return nil
}

// fill makes the table that suits tallies best: the instant, the tag as an
// enumeration, and whether it was taken back.
func (d *duck) fill(ctx context.Context, n int) error {
	m := newMaker(n)
	err := d.exec(ctx,
		"CREATE TYPE tag AS ENUM ('"+strings.Join(m.tags[:], "', '")+"')",
		"CREATE TABLE events (ts TIMESTAMPTZ NOT NULL, tag tag NOT NULL, voided BOOLEAN NOT NULL)")
	if err != nil {
		return err
	}
	err = d.conn.Raw(func(c any) error {
		a, err := duckdb.NewAppenderFromConn(c.(driver.Conn), "", "events")
		if err != nil {
			return err
		}
		origin := cx.Origin{1}
		for range n {
			e := m.next(origin)
			if err := a.AppendRow(e.At, e.Event.Tag, e.Event.Voided); err != nil {
				return err
			}
		}
		return a.Close()
	})
	if err != nil {
		return fmt.Errorf("filling duckdb: %w", err)
	}
	return d.exec(ctx, "CHECKPOINT", "ANALYZE", "SET TimeZone = '"+zoneName+"'")
}

// counts are the answer to a question: the week's first day and tag to count.
type counts map[string]int

// ask returns the answer to a question of three columns, the week's first day,
// tag and count, and how long the engine took: until its answer was whole, and
// without reading it.
func (d *duck) ask(ctx context.Context, question string) (counts, time.Duration, error) {
	start := time.Now()
	rows, err := d.conn.QueryContext(ctx, question)
	took := time.Since(start)
	if err != nil {
		return nil, 0, fmt.Errorf("duckdb: %s: %w", question, err)
	}
	defer rows.Close()
	got := make(counts)
	for rows.Next() {
		var day, tag string
		var n int
		if err := rows.Scan(&day, &tag, &n); err != nil {
			return nil, 0, err
		}
		got[day+" "+tag] = n
	}
	return got, took, rows.Err()
}
