package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"magicbutton/store"
)

// pressesCommand is the command line under which this program only presses, for
// strace to watch.
const pressesCommand = "presses"

// runPresses makes a database and presses so many times. A flush of no file
// marks the end of each press in the trace.
func runPresses(args []string) error {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	p, err := newPresser(args[0], store.Options{Create: true})
	if err != nil {
		return err
	}
	for range n + 1 { // what came before the first mark is the creation
		_ = syscall.Fsync(-1)
		if err := p.press(context.Background()); err != nil {
			return err
		}
	}
	_ = syscall.Fsync(-1)
	return p.store.Close()
}

// benchFlushes counts the flushes of each press of a new database, which grows
// many times while it is small.
func benchFlushes(ctx context.Context, w *world) error {
	if !have("strace") {
		w.table.skip("flushes", "strace is not installed, which counts them")
		return nil
	}
	const presses = 2000
	db, trace := w.path("flushes.db"), w.path("flushes.trace")
	defer os.Remove(trace)
	defer removeDatabase(db)
	cmd := exec.CommandContext(ctx, "strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,ftruncate", "-e", "signal=none", "-o", trace,
		os.Args[0], pressesCommand, db, strconv.Itoa(presses))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("strace: %w", err)
	}
	plain, growing, err := countFlushes(trace)
	if err != nil {
		return err
	}
	if plain.presses+growing.presses != presses || growing.presses == 0 {
		return fmt.Errorf("the trace has %d presses, and %d that grew the file", plain.presses, growing.presses)
	}
	for _, c := range []struct {
		name   string
		counts flushCounts
		target float64
	}{{"flushes", plain, 2}, {"flushes-growing", growing, 3}} {
		w.table.add(line{
			name: c.name, ours: strconv.Itoa(c.counts.most), ratio: float64(c.counts.most), target: c.target,
			rounds: c.counts.presses, what: "the most flushes of a press, counted",
		})
	}
	return nil
}

// flushCounts is what presses had of flushes.
type flushCounts struct{ presses, most int }

func (c *flushCounts) add(flushes int) {
	c.presses++
	c.most = max(c.most, flushes)
}

// countFlushes reads a trace: those of presses that left the file as long as it
// was, and of those that made it longer.
func countFlushes(trace string) (plain, growing flushCounts, err error) {
	f, err := os.Open(trace)
	if err != nil {
		return plain, growing, err
	}
	defer f.Close()
	marks, flushes, grew := 0, 0, false
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		call := lines.Text()
		switch {
		case strings.Contains(call, " fsync(-1"):
			if marks++; marks > 2 { // the first press also writes the dictionary
				c := &plain
				if grew {
					c = &growing
				}
				c.add(flushes)
			}
			flushes, grew = 0, false
		case strings.Contains(call, "resumed"):
		case strings.Contains(call, "ftruncate("):
			grew = true
		default:
			flushes++
		}
	}
	return plain, growing, lines.Err()
}
