package main

import (
	"context"
	"fmt"
	"time"
)

// benchImport: the whole process that imports a million events, validated, in
// turns with the sqlite3 command and its .import, which validates nothing.
func benchImport(ctx context.Context, w *world) error {
	if !have("sqlite3") {
		w.table.skip("import", "the sqlite3 command is not installed")
		return nil
	}
	n := w.million()
	text, err := w.csv(ctx, n)
	if err != nil {
		return err
	}
	into := w.path("import.db")
	defer removeDatabase(into)
	var most memory
	ours := func() (time.Duration, error) {
		if err := removeDatabase(into); err != nil {
			return 0, err
		}
		return process(ctx, nil, most.watch, w.binary, "import", text, "--db", into)
	}
	theirs := func() (time.Duration, error) {
		if err := removeDatabase(into); err != nil {
			return 0, err
		}
		return process(ctx, nil, nil, "sqlite3", into, ".import --csv "+text+" events")
	}
	rounds := w.times(3)
	m, err := turns(ctx, rounds, ours, theirs)
	if err != nil {
		return err
	}
	w.table.add(compare("import", m[0], m[1], 0.8, rounds, "sqlite3 .import of the same CSV"))

	// The same with a tenth of the events tells whether memory grows with them.
	tenth, err := w.csv(ctx, max(n/10, 1000))
	if err != nil {
		return err
	}
	var less memory
	if err := removeDatabase(into); err != nil {
		return err
	}
	if _, err := process(ctx, nil, less.watch, w.binary, "import", tenth, "--db", into); err != nil {
		return err
	}
	add := func(name string, target float64, m, of int64, what string) {
		w.table.add(line{
			name: name, ours: megabytes(m), ratio: float64(m) / 1e6, target: target, rounds: rounds,
			what: fmt.Sprintf("%s; %s with a tenth of the events", what, megabytes(of)),
		})
	}
	add("import-memory", 100, most.own, less.own, "MB at the most, its own")
	add("import-memory-all", 0, most.all, less.all, "MB at the most, with pages of the database that the system may drop")
	return nil
}
