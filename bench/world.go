package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"magicbutton/store"
)

// options are those of the command line.
type options struct {
	events, rounds int
	folder, binary string
}

// world is what the benches share: a folder, and databases made once a run.
type world struct {
	options
	table table
	kept  bool // the folder is the user's
}

func newWorld(o options) (*world, error) {
	w := &world{options: o, table: table{out: os.Stdout}, kept: o.folder != ""}
	var err error
	if w.binary, err = filepath.Abs(o.binary); err != nil {
		return nil, err
	}
	if _, err := os.Stat(w.binary); err != nil {
		return nil, fmt.Errorf("the program to measure: %w; tools/build.sh builds it", err)
	}
	if w.kept {
		return w, os.MkdirAll(w.folder, 0o700)
	}
	// Not in a temporary file system: what is measured are flushes to a disk.
	w.folder, err = os.MkdirTemp(".", ".bench-")
	return w, err
}

func (w *world) close() error {
	if w.kept {
		return nil
	}
	return os.RemoveAll(w.folder)
}

func (w *world) path(name string) string { return filepath.Join(w.folder, name) }

// times returns how many rounds a bench has whose own number is own.
func (w *world) times(own int) int {
	if w.rounds > 0 {
		return w.rounds
	}
	return own
}

// small is how many events the small database has, beside which the large one
// must not be slower: a hundredth.
func (w *world) small() int { return max(w.events/100, 1000) }

// million is how many events are exported and imported: a million, or fewer
// where the large database has fewer.
func (w *world) million() int { return min(w.events, 1_000_000) }

// database returns the path of a database with n events and no day summaries,
// made when it is first asked for.
func (w *world) database(ctx context.Context, n int) (string, error) {
	path := w.path(fmt.Sprintf("events-%d.db", n))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	say("making a database of %d events", n)
	part := path + ".part"
	if err := removeDatabase(part); err != nil {
		return "", err
	}
	if err := fill(ctx, part, n); err != nil {
		return "", err
	}
	if err := os.Remove(part + ".lock"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	return path, os.Rename(part, path)
}

// summarized returns the path of a database with n events and all its day
// summaries.
func (w *world) summarized(ctx context.Context, n int) (string, error) {
	path := w.path(fmt.Sprintf("days-%d.db", n))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	from, err := w.database(ctx, n)
	if err != nil {
		return "", err
	}
	if err := copyFile(path+".part", from); err != nil {
		return "", err
	}
	// Days have summaries when they are over: all of them, whatever this machine's clock says.
	s, err := store.Open(path+".part", store.Options{Now: func() time.Time { return pressAt }})
	if err != nil {
		return "", err
	}
	err = s.BuildDays(ctx, nil)
	if err := errors.Join(err, s.Close(), os.Remove(path+".part.lock")); err != nil {
		return "", err
	}
	return path, os.Rename(path+".part", path)
}

// csv returns the path of the events of a database of n events as the program
// itself exports them.
func (w *world) csv(ctx context.Context, n int) (string, error) {
	path := w.path(fmt.Sprintf("events-%d.csv", n))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	db, err := w.database(ctx, n)
	if err != nil {
		return "", err
	}
	out, err := os.Create(path + ".part")
	if err != nil {
		return "", err
	}
	_, err = w.command(ctx, out, "export", "events", "--voided", "--from", "2000-01-01", "--db", db)
	if err := errors.Join(err, out.Close()); err != nil {
		return "", err
	}
	return path, os.Rename(path+".part", path)
}

// noteBytes counts the bytes of a CSV of events that are its notes.
func noteBytes(path string) (n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	column := -1
	for {
		record, err := r.Read()
		switch {
		case err == io.EOF:
			return n, nil
		case err != nil:
			return 0, err
		case column >= 0:
			n += int64(len(record[column]))
			continue
		}
		for i, name := range record {
			if name == "note" {
				column = i
			}
		}
		if column < 0 {
			return 0, fmt.Errorf("%s has no column note", path)
		}
	}
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// removeDatabase deletes a database of ours or of SQLite, and what lies beside it.
func removeDatabase(path string) error {
	for _, end := range []string{"", ".lock", ".new", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// have tells whether a program is installed.
func have(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// say tells on stderr what takes long, and leaves stdout to the table.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }
