package usblab_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/usblab"
	"magicbutton/internal/usblab/blockdev"
	"magicbutton/store"
)

// outcome counts what cuts of the power did.
type outcome struct {
	cuts     int
	promised int // events that were acknowledged before a cut, over all cuts
	broken   int // cuts after which something acknowledged was missing, or a database unusable
	lost     int // promises that were not held, where the database could be read
	first    error
}

func (o outcome) String() string {
	return fmt.Sprintf("%d cuts, %d acknowledgements to hold, %d lost, %d cuts with a loss or damage", o.cuts, o.promised, o.lost, o.broken)
}

func (o *outcome) add(other outcome) {
	o.cuts += other.cuts
	o.promised += other.promised
	o.broken += other.broken
	o.lost += other.lost
}

// cutter cuts the power of a recorded desk again and again.
type cutter struct {
	log      *blockdev.Log
	promises []promise
	random   *rand.Rand
	dir      string // room for the files of one cut
	sound    map[string]bool
	lies     func() int // flushes that the disk only pretends before a cut; nil: none
}

// cutAll cuts n times in a stretch and looks at what is left.
func (c *cutter) cutAll(t *testing.T, s stretch, n int) (o outcome) {
	t.Helper()
	for range n {
		cut := c.choose(s)
		image, err := c.log.Image(cut)
		if err != nil {
			t.Fatal(err)
		}
		held := c.before(cut.After)
		lost, err := c.verify(t, image, held)
		o.cuts++
		o.promised += len(held)
		o.lost += lost
		if err == nil {
			continue
		}
		o.broken++
		if o.first == nil {
			o.first = fmt.Errorf("power cut %d of %q, %+v: %w", o.cuts, s.name, cut, err)
		}
	}
	return o
}

// choose makes a cut in a stretch: half of them right after an acknowledgement, where a flush that is missing shows best.
func (c *cutter) choose(s stretch) blockdev.Cut {
	after := s.from + c.random.IntN(s.to-s.from+1)
	first := slices.IndexFunc(c.promises, func(p promise) bool { return p.at >= s.from })
	last := len(c.before(s.to))
	if first >= 0 && first < last && c.random.IntN(2) == 0 {
		after = c.promises[first+c.random.IntN(last-first)].at
	}
	return c.chooseAt(after)
}

// chooseAt makes a cut that keeps nothing, everything or some of what was not flushed, in parts of any size.
func (c *cutter) chooseAt(after int) blockdev.Cut {
	// ext4's superblock, bytes 1024 to 2047, is two sectors under one checksum. Where only one of them is written, nothing is
	// mounted until somebody runs e2fsck with another copy (-b): a loss that no program on the disk can prevent.
	cut := blockdev.Cut{After: after, Whole: 2048}
	cut.Unit = []int{0, blockdev.SectorSize, 4096}[c.random.IntN(3)]
	kept := []float64{0, 0, 0.1, 0.5, 0.9, 1}[c.random.IntN(6)]
	if kept > 0 {
		cut.Keep = func() bool { return c.random.Float64() < kept }
	}
	if c.lies != nil {
		cut.Lies = c.lies()
	}
	return cut
}

// before returns the promises that were given when the disk had answered so many requests.
func (c *cutter) before(requests int) []promise {
	n := slices.IndexFunc(c.promises, func(p promise) bool { return p.at > requests })
	if n < 0 {
		n = len(c.promises)
	}
	return c.promises[:n]
}

// verify starts up after a cut: each database opens, is sound, holds what was acknowledged, and takes another event. It counts the
// promises that were not held.
func (c *cutter) verify(t *testing.T, image []byte, held []promise) (lost int, err error) {
	t.Helper()
	dir := filepath.Join(c.dir, "disk")
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := usblab.Recover(image, dir); err != nil {
		return 0, err
	}
	promised := map[string][]promise{}
	for _, p := range held {
		promised[p.db] = append(promised[p.db], p)
	}
	databases, err := findDatabases(dir)
	if err != nil {
		return 0, err
	}
	for db := range promised {
		if !slices.Contains(databases, db) {
			databases = append(databases, db)
		}
	}
	for _, db := range databases {
		state, dbErr := stateOf(dir, db, promised[db])
		if dbErr == nil && c.sound[state] {
			continue
		}
		var n int
		if dbErr == nil {
			n, dbErr = verifyDatabase(t, dir, db, promised[db])
		}
		c.sound[state] = dbErr == nil
		lost += n
		err = errors.Join(err, dbErr)
	}
	return lost, err
}

// stateOf stands for a database's files and what they have to hold: most are as after another cut.
func stateOf(dir, db string, held []promise) (string, error) {
	files, err := filepath.Glob(inFolder(dir, db) + "*")
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q %d\n", file, len(data))
		h.Write(data)
	}
	fmt.Fprintf(h, "%q %d\n", db, len(held))
	return string(h.Sum(nil)), nil
}

// inFolder is where a path of the guest's disk is, in a folder that stands for the disk.
func inFolder(dir, path string) string { return filepath.Join(dir, strings.TrimPrefix(path, "/data")) }

// findDatabases lists the databases of a folder that stands for the guest's disk, by their paths in the guest, with those that were
// about to be made.
func findDatabases(dir string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if i := strings.Index(path, ".db"); i >= 0 {
			db := filepath.Join("/data", path[len(dir):i]+".db")
			if !slices.Contains(found, db) {
				found = append(found, db)
			}
		}
		return err
	})
	return found, err
}

// verifyDatabase reads a database as a command does, then opens it as an agent does and stores another event.
func verifyDatabase(t *testing.T, dir, db string, held []promise) (lost int, err error) {
	t.Helper()
	path := inFolder(dir, db)
	events, missing, err := readDatabase(t, path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(held) > 0:
		return len(held), fmt.Errorf("database %s is not there and %d events were acknowledged", db, len(held))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Errorf("%s: %w", db, err)
	}
	if lost, err = unheld(held, events, missing); err != nil {
		return lost, fmt.Errorf("%s: %w", db, err)
	}
	// The guest has no machine id; this machine's own would begin a new origin.
	s, err := store.Open(path, store.Options{Create: true, MachineIDFile: filepath.Join(dir, "none")})
	if err != nil {
		return lost, err
	}
	_, err = s.Append(t.Context(), store.New{At: time.Now(), Event: cx.Event{Tag: "praise", Source: cx.SourceCLI}})
	if err = errors.Join(err, s.Close()); err != nil {
		return lost, fmt.Errorf("%s, storing another event: %w", db, err)
	}
	after, missingAfter, err := readDatabase(t, path)
	if err != nil {
		return lost, fmt.Errorf("%s, with another event: %w", db, err)
	}
	if len(after) != len(events)+1 || missingAfter != missing {
		return lost, fmt.Errorf("%s: %d events and %d missing, and %d and %d with another", db, len(events), missing, len(after), missingAfter)
	}
	// A copy that was under way may have in it what is erased next.
	strays, err := filepath.Glob(path + ".*-*")
	if err == nil && len(strays) > 0 {
		err = fmt.Errorf("%s: left beside it: %q", db, strays)
	}
	if err != nil {
		return lost, err
	}
	return lost, unerased(held, path)
}

// readDatabase checks a database and returns its events, and how many sequence numbers are missing.
func readDatabase(t *testing.T, path string) (events []cx.Event, missing int, err error) {
	t.Helper()
	s, err := store.Open(path, store.Options{ReadOnly: true})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := s.Check(t.Context(), nil)
	if err != nil {
		return nil, 0, err
	}
	if !report.OK() {
		return nil, 0, fmt.Errorf("check found %q", report.Damage)
	}
	for e, err := range s.Events(t.Context(), cx.EventQuery{Voided: true}) {
		if err != nil {
			return nil, 0, err
		}
		events = append(events, e)
	}
	return events, int(report.Missing), nil
}

// unheld counts the promises that the events of a database do not hold.
func unheld(held []promise, events []cx.Event, missing int) (lost int, err error) {
	seen := map[cx.ID]int{}
	voided := map[cx.ID]bool{}
	rows := 0
	for _, e := range events {
		seen[e.ID]++
		voided[e.ID] = e.Voided
		if e.Source == cx.SourceImport {
			rows++
		}
	}
	erasing := map[cx.ID]bool{}
	gone, holes := 0, 0
	for _, p := range held {
		if p.kind == promiseErasing {
			erasing[p.id] = true
			gone += 1 - seen[p.id]
		}
		holes = max(holes, p.holes)
	}
	for _, p := range held {
		if p.broken(seen[p.id], voided[p.id], erasing[p.id], rows) {
			lost++
			err = fmt.Errorf("%s event %s is there %d times, taken back: %v; %d rows imported", p.kind, p.id, seen[p.id], voided[p.id], rows)
		}
	}
	switch {
	case err != nil:
	case missing < holes || missing > holes+gone:
		err = fmt.Errorf("%d sequence numbers are missing, want %d, or %d more for what was erased", missing, holes, gone)
	case gone%eraseAtOnce != 0:
		err = fmt.Errorf("%d events were erased: not all of those that were to go at once", gone)
	}
	return lost, err
}

// broken tells from what is there of an event whether a promise was not held.
func (p promise) broken(times int, voided, erasing bool, rows int) bool {
	switch p.kind {
	case promiseStored:
		return times != 1 && (times != 0 || !erasing)
	case promiseUndone:
		return times != 1 || !voided
	case promiseImported:
		return rows != p.rows
	case promiseErasing:
		return times > 1
	case promiseErased:
		return times != 0
	}
	return true
}

// unerased finds the words of events that were erased, in any file of the database.
func unerased(held []promise, path string) error {
	files, err := filepath.Glob(path + "*")
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, p := range held {
			if p.kind == promiseErased && (p.note == "" || bytes.Contains(data, []byte(p.note))) {
				return fmt.Errorf("event %s was erased, and %s still has its note, %q", p.id, filepath.Base(file), p.note)
			}
		}
	}
	return nil
}
