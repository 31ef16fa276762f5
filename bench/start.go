package main

import (
	"context"
	"os"
	"path/filepath"
)

const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// benchStart: whole processes, in turns with the smallest one that Go makes.
func benchStart(ctx context.Context, w *world) error {
	source, err := filepath.Abs(w.path("hello.go"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(source, []byte(hello), 0o600); err != nil {
		return err
	}
	least := w.path("hello")
	if err := goBuild(ctx, least, source); err != nil {
		return err
	}
	db, err := w.summarized(ctx, w.million())
	if err != nil {
		return err
	}
	run := func(name string, args ...string) side { return w.intoFile(ctx, w.path("start.out"), name, args...) }
	rounds := w.times(101)
	m, err := turns(ctx, rounds,
		run(w.binary, "version"), run(w.binary, "tally", "--db", db, "--week", week.String(), "--zone", zoneName), run(least))
	if err != nil {
		return err
	}
	w.table.add(compare("start-version", m[0], m[2], 3, rounds, "a hello world in Go"))
	w.table.add(compare("start-tally", m[1], m[2], 6, rounds, "a hello world in Go"))
	return nil
}
