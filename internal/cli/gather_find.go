package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
	"magicbutton/store"
)

// findings are the files that a gather found, and those that it cannot take.
type findings struct {
	sources  []store.MergeSource
	problems []error
	seen     []os.FileInfo
}

// bad reports whether there is something that somebody should look at.
func (f *findings) bad() bool { return len(f.problems) > 0 }

// kind is what a file is, by its content.
type kind int

const (
	other kind = iota
	database
	eventsCSV
	eventsNDJSON
	eventsJSON
)

// findSources looks for databases and exports. What a folder has beside those is
// nobody's business; a file that was named must be one. What cannot be read is among
// the problems: one share that is away must not cost the others.
func findSources(args []string, output string) *findings {
	f := &findings{}
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			f.problems = append(f.problems, err)
			continue
		}
		if !info.IsDir() {
			f.add(arg, true)
			continue
		}
		_ = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				f.problems = append(f.problems, err)
			case path != arg && strings.HasPrefix(d.Name(), "."): // half a copy, or a bin
				if d.IsDir() {
					return fs.SkipDir
				}
			case !d.IsDir() && !isSameFile(path, output):
				f.add(path, false)
			}
			return nil
		}) // ends with no error of its own
	}
	return f
}

// add takes a file as what it is.
func (f *findings) add(path string, named bool) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		if named {
			f.problems = append(f.problems, fmt.Errorf("%s: it is no regular file", path))
		}
		return
	}
	var k kind
	if err == nil {
		k, err = kindOf(path)
	}
	switch {
	case err != nil:
		f.problems = append(f.problems, fmt.Errorf("reading %s: %w", path, err))
		return
	case slices.ContainsFunc(f.seen, func(other os.FileInfo) bool { return os.SameFile(info, other) }):
		return
	}
	switch k {
	case database:
		f.sources = append(f.sources, store.MergeSource{Path: path})
	case eventsCSV:
		f.sources = append(f.sources, store.MergeSource{Path: path, Events: readExport(path, csvStates)})
	case eventsNDJSON:
		f.sources = append(f.sources, store.MergeSource{Path: path, Events: readExport(path, export.ReadStored)})
	case eventsJSON:
		f.problems = append(f.problems, hinted{fmt.Errorf("%s: an export as JSON has no place for a gather", path), "export it with --format ndjson"})
	case other:
		if named {
			f.problems = append(f.problems, hinted{
				fmt.Errorf("%s: neither a database nor an export of events with their ids", path),
				"magicbutton import takes events without ids",
			})
		}
		return
	}
	f.seen = append(f.seen, info)
}

// kindOf looks at how a file begins. A damaged database may begin with anything, so
// that the name counts where nothing else tells.
func kindOf(path string) (kind, error) {
	is, err := store.LooksLikeDatabase(path)
	if err != nil || is {
		return database, err
	}
	f, err := os.Open(path)
	if err != nil {
		return other, err
	}
	defer f.Close()
	begin, err := bufio.NewReaderSize(f, 4096).Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return other, err
	}
	line, _, _ := bytes.Cut(begin, []byte("\n"))
	switch {
	case bytes.HasPrefix(line, []byte(`{"id":`)):
		return eventsNDJSON, nil
	case bytes.HasPrefix(begin, []byte(`{"events":[`)):
		return eventsJSON, nil
	case isEventsHeader(line):
		return eventsCSV, nil
	case filepath.Ext(path) == ".db":
		return database, nil
	}
	return other, nil
}

// isEventsHeader reports whether a line names the columns that every export of
// events has.
func isEventsHeader(line []byte) bool {
	names, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(line, []byte("\ufeff")))).Read()
	if err != nil {
		return false
	}
	for _, want := range []string{"id", "at", "tag"} {
		if !slices.Contains(names, want) {
			return false
		}
	}
	return true
}

// readExport reads an export anew each time that it is called.
func readExport(path string, read func(io.Reader) iter.Seq2[[]cx.Event, error]) func() iter.Seq2[[]cx.Event, error] {
	return func() iter.Seq2[[]cx.Event, error] {
		return func(yield func([]cx.Event, error) bool) {
			f, err := os.Open(path)
			if err != nil {
				yield(nil, err)
				return
			}
			defer f.Close()
			for states, err := range read(f) {
				if !yield(states, err) || err != nil {
					return
				}
			}
		}
	}
}

// csvStates reads an export as CSV, which has one state of each event.
func csvStates(r io.Reader) iter.Seq2[[]cx.Event, error] {
	return func(yield func([]cx.Event, error) bool) {
		for row, err := range export.ReadEvents(r) {
			if err == nil && row.Event.ID.IsZero() {
				err = fmt.Errorf("line %d: the event has no id", row.Line)
			}
			if !yield([]cx.Event{row.Event}, err) {
				return
			}
		}
	}
}

// sayProblems names the files that were left out, and says what to do about them.
// It returns how many of those that were found were.
func (f *findings) sayProblems(env Env, r store.MergeReport) (left int) {
	for _, err := range f.problems {
		printError(env.Stderr, nil, err)
	}
	hints := make([]string, 0, len(r.Files))
	for _, file := range r.Files {
		if file.Err == nil {
			continue
		}
		left++
		say(env.Stderr, "left out %s: %v", file.Path, withoutPath(file.Err))
		if hint := leftOutHint(file.Err); !slices.Contains(hints, hint) {
			hints = append(hints, hint)
			sayHint(env.Stderr, "%s", hint)
		}
	}
	return left
}

// withoutPath takes away the beginning of an error that names the file once more.
func withoutPath(err error) error {
	for _, known := range []error{store.ErrLocked, store.ErrNewer, store.ErrNotDatabase, store.ErrTruncated} {
		if at := strings.Index(err.Error(), known.Error()); errors.Is(err, known) && at >= 0 {
			return errors.New(err.Error()[at:])
		}
	}
	return err
}

func leftOutHint(err error) string {
	switch {
	case errors.Is(err, store.ErrLocked):
		return "an agent has that database: let it share a copy ([share] in its configuration), and gather those"
	case errors.Is(err, store.ErrNewer):
		return "install the newest magicbutton here"
	case errors.Is(err, store.ErrDamaged), errors.Is(err, store.ErrTruncated), errors.Is(err, store.ErrNotDatabase):
		return "magicbutton db salvage makes a sound database of what can still be read; gather that"
	}
	return "put it right and gather again: what is merged already stays"
}
