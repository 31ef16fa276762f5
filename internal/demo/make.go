package demo

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

//go:embed demo.toml
var configText []byte

// The names of a demo's files in its folder.
const (
	ConfigName = "magicbutton.toml"
	DBName     = "magicbutton.db"
)

// ErrNotEmpty says that there is something in the folder that a demo was to be made
// in.
var ErrNotEmpty = errors.New("the folder is not empty")

// Options says what to make.
type Options struct {
	Seed uint64
	// Last is the last of the [Weeks] weeks. All of them must be over.
	Last cx.Week
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Progress is told how much of the work is done; nil is nobody.
	Progress func(done, total int)
}

// Made says what was made.
type Made struct {
	// Config and DB are the paths of the two files.
	Config, DB string
	// First and Last are the weeks that the events are from.
	First, Last cx.Week
	// Events is how many there are, those included that were taken back.
	Events int
	// Voided is how many of them were taken back.
	Voided int
}

// Zone returns where the company of the demo is.
func Zone() *time.Location { return parseConfig("").Desk.Zone }

func parseConfig(path string) *config.Config {
	c, err := config.Parse(path, configText)
	if err != nil {
		panic("demo: the built-in configuration does not check: " + err.Error())
	}
	return c
}

// Make makes a demo in a folder, which must be empty or not there: a configuration
// and a database. Where it fails, it leaves nothing of it.
func Make(ctx context.Context, dir string, o Options) (made Made, err error) {
	made = Made{
		Config: filepath.Join(dir, ConfigName), DB: filepath.Join(dir, DBName),
		First: Plan{Last: o.Last}.First(), Last: o.Last,
	}
	undo, err := claim(dir, made.Config)
	if err != nil {
		return Made{}, fmt.Errorf("making a demo in %s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			made, err = Made{}, fmt.Errorf("making a demo in %s: %w", dir, errors.Join(err, undo()))
		}
	}()
	cfg := parseConfig(made.Config)
	year, err := NewYear(Plan{Seed: o.Seed, Last: o.Last, Zone: cfg.Desk.Zone}, cfg.Catalogue)
	if err != nil {
		return made, err
	}
	made.Events = len(year.Events)
	for _, e := range year.Events {
		if e.Voided {
			made.Voided++
		}
	}
	st, err := store.Open(made.DB, store.Options{Create: true, Now: o.Now})
	if err != nil {
		return made, err
	}
	err = fill(ctx, st, cfg.Catalogue, year, o.Progress)
	return made, errors.Join(err, st.Close())
}

// claim makes the folder where it is not there and writes the configuration, which
// nobody else may have written: the folder is this demo's from then on. undo takes
// away what a demo made.
func claim(dir, configPath string) (undo func() error, err error) {
	entries, err := os.ReadDir(dir)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case isNew:
		err = os.MkdirAll(dir, 0o700)
	case len(entries) > 0:
		err = ErrNotEmpty
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(configPath, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		err = ErrNotEmpty // since just now
	}
	if err != nil {
		return nil, err
	}
	undo = func() error {
		if isNew {
			return os.RemoveAll(dir)
		}
		var errs []error
		left, err := os.ReadDir(dir)
		for _, e := range left {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
		return errors.Join(append(errs, err)...)
	}
	_, err = f.Write(configText)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, undo())
	}
	return undo, nil
}

// importRows is how many events one transaction stores.
const importRows = 4096

// fill stores a year. Events that were taken back are stored as they were pressed,
// then as they are, so that their history is there.
func fill(ctx context.Context, st *store.Store, catalogue cx.Catalogue, year Year, progress func(done, total int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	if err := st.SetCatalogue(ctx, catalogue); err != nil {
		return err
	}
	total := len(year.Events)
	err := importAll(ctx, st, year.Events, func(done int) { progress(done, 2*total) })
	if err != nil {
		return err
	}
	if err := refuse(ctx, st, year.Refused); err != nil {
		return err
	}
	if err := st.SetContacts(ctx, year.Contacts); err != nil {
		return err
	}
	if err := act(ctx, st, year.Actions); err != nil {
		return err
	}
	// The sums of the days take about as long.
	return st.BuildDays(ctx, func(done, days int) { progress(total+total*done/max(days, 1), 2*total) })
}

func importAll(ctx context.Context, st *store.Store, events []cx.Event, progress func(done int)) error {
	var rows, voided []store.New
	for _, e := range events {
		if e.Voided {
			voided = append(voided, store.New{Event: e})
			e.Voided, e.Rev = false, 0
		}
		rows = append(rows, store.New{Event: e})
	}
	rows = append(rows, voided...)
	for from := 0; from < len(rows); from += importRows {
		to := min(from+importRows, len(rows))
		_, err := st.Import(ctx, store.ImportBatch{File: importKey(), First: from, Rows: rows[from:to], Done: to == len(rows)})
		if err != nil {
			return err
		}
		progress(min(to, len(events)))
	}
	return nil
}

// importKey is what a demo's year is imported as, which no file that somebody imports has.
func importKey() [sha256.Size]byte { return sha256.Sum256([]byte("demo")) }

// Filled reports whether [Make] filled a database, or one that it was gathered from.
func Filled(ctx context.Context, st *store.Store) (bool, error) {
	state, err := st.ImportState(ctx, importKey())
	return state.Done, err
}

// refuse counts the refused presses, many in one transaction.
func refuse(ctx context.Context, st *store.Store, refused []Refused) error {
	errs := make([]error, len(refused))
	var all sync.WaitGroup
	for i, r := range refused {
		all.Go(func() { errs[i] = st.Refuse(ctx, r.At, r.Device, r.Key) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// act writes the actions down, and closes those that ended.
func act(ctx context.Context, st *store.Store, actions []cx.Action) error {
	for _, a := range actions {
		on := a.Closed
		a.Closed = cx.Date{}
		added, err := st.AddAction(ctx, a)
		if err == nil && on != (cx.Date{}) {
			_, err = st.CloseAction(ctx, added.ID, on)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
