// Command bench measures the program against its peers: what a press costs
// beside the flushes that it needs, a tally beside DuckDB, an import beside
// SQLite. Each line is a ratio of medians of rounds that took turns, in one
// run, because machines differ and ratios hardly do. docs/benchmarks.md says
// why each comparison is fair.
//
// It is a module of its own, so that the program does not depend on its peers.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

// benches are all there are, in the order of the table. Each adds its lines.
var benches = []struct {
	name string
	run  func(context.Context, *world) error
}{
	{"press", benchPress},
	{"flushes", benchFlushes},
	{"writers", benchWriters},
	{"growth", benchGrowth},
	{"size", benchSize},
	{"scan", benchScan},
	{"cold", benchCold},
	{"tally", benchTally},
	{"export", benchExport},
	{"import", benchImport},
	{"start", benchStart},
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == pressesCommand { // see flushes.go
		if err := runPresses(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	choose := flag.String("run", ".", "run the benches whose name matches this `REGEXP`")
	flag.IntVar(&o.events, "events", 1_000_000, "how many events the large database has")
	flag.IntVar(&o.rounds, "rounds", 0, "rounds of each bench; 0 is each one's own number")
	flag.StringVar(&o.folder, "folder", "", "work in this `FOLDER` and keep the databases; \"\" is a temporary one")
	flag.StringVar(&o.binary, "binary", "../bin/magicbutton", "the program to measure")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, *choose)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run runs the benches. A target that was missed is no error: on a noisy
// machine it says little.
func run(ctx context.Context, o options, choose string) (err error) {
	chosen, err := regexp.Compile(choose)
	if err != nil {
		return fmt.Errorf("choosing benches: %w", err)
	}
	w, err := newWorld(o)
	if err != nil {
		return err
	}
	defer func() {
		if e := w.close(); err == nil {
			err = e
		}
	}()
	w.table.head(o)
	for _, b := range benches {
		if !chosen.MatchString(b.name) {
			continue
		}
		if err := b.run(ctx, w); err != nil {
			return fmt.Errorf("bench %s: %w", b.name, err)
		}
	}
	w.table.foot()
	return nil
}
