package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// benchExport: the whole process that exports a million events to a file, in
// turns with cat writing the same bytes, and with DuckDB's COPY of a table with
// the same columns. Into a file, cat leaves the copying to the kernel; into a
// pipe it has the bytes in its hands, as every program that makes them.
func benchExport(ctx context.Context, w *world) error {
	n := w.million()
	db, err := w.summarized(ctx, n)
	if err != nil {
		return err
	}
	text, err := w.csv(ctx, n)
	if err != nil {
		return err
	}
	d, err := openDuck(ctx, w.path("export.duckdb"))
	if err != nil {
		return err
	}
	defer d.close()
	// The narrowest types that hold what the columns hold; text that repeats is
	// stored once by DuckDB itself.
	err = d.exec(ctx, "SET TimeZone = 'UTC'",
		fmt.Sprintf(`CREATE TABLE events AS SELECT * FROM read_csv('%s', header = true, types = {'at': 'TIMESTAMP_MS', 'recorded_at': 'TIMESTAMP_MS', 'forced': 'BOOLEAN', 'rev': 'UINTEGER', 'voided': 'BOOLEAN'})`, text),
		"CHECKPOINT")
	if err != nil {
		return err
	}
	to := w.path("export.out")
	defer os.Remove(to)
	exports := func(format string) []string {
		return []string{"export", "events", "--voided", "--from", "2000-01-01", "--format", format, "--db", db}
	}
	ndjson := text + ".ndjson"
	defer os.Remove(ndjson)
	if _, err := w.intoFile(ctx, ndjson, w.binary, exports("ndjson")...)(); err != nil {
		return err
	}
	duckCopy := func() (time.Duration, error) {
		if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		start := time.Now()
		err := d.exec(ctx, fmt.Sprintf("COPY events TO '%s' (FORMAT csv, HEADER, TIMESTAMPFORMAT '%%Y-%%m-%%dT%%H:%%M:%%S.%%gZ')", to))
		return time.Since(start), err
	}
	rounds := w.times(5)
	m, err := turns(ctx, rounds,
		w.intoFile(ctx, to, w.binary, exports("csv")...), w.intoFile(ctx, to, "cat", text), duckCopy,
		w.intoFile(ctx, to, w.binary, exports("ndjson")...), w.intoFile(ctx, to, "cat", ndjson),
		intoPipe(ctx, w.binary, exports("csv")...), intoPipe(ctx, "cat", text))
	if err != nil {
		return err
	}
	w.table.add(compare("export-csv", m[0], m[1], 3.5, rounds, "cat of the same bytes into a file"))
	w.table.add(compare("export-csv-duckdb", m[0], m[2], 0.5, rounds, "DuckDB's COPY"))
	w.table.add(compare("export-ndjson", m[3], m[4], 3, rounds, "cat of the same bytes into a file"))
	w.table.add(compare("export-csv-pipe", m[5], m[6], 0, rounds, "cat of the same bytes into a pipe"))
	return nil
}

// intoPipe runs a program whose output is read and thrown away.
func intoPipe(ctx context.Context, name string, args ...string) side {
	return func() (time.Duration, error) { return process(ctx, onlyWriter{io.Discard}, nil, name, args...) }
}

// intoFile runs a program whose output goes to a new file.
func (w *world) intoFile(ctx context.Context, path, name string, args ...string) side {
	return func() (time.Duration, error) {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		f, err := os.Create(path)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		return process(ctx, f, nil, name, args...)
	}
}
