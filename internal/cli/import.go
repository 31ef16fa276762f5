package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/export"
)

func newImportCommand(env Env) *cobra.Command {
	var again bool
	cmd := &cobra.Command{
		Use:     "import FILE.csv",
		GroupID: groupCare,
		Short:   "Import events from CSV",
		Long: `Import events from CSV: the columns that magicbutton export events writes, of
which only at and tag are required.

The whole file is checked first: where a line is bad nothing is stored, and every
bad line is named. Then it is stored in batches that let presses through; an
import that was interrupted can be run again. An event whose id is known changes
nothing where the content is the same, and replaces it where the revision is
higher. A file without ids that was imported before is refused.`,
		Example: `  magicbutton import events.csv
  magicbutton import older-tool.csv --db desk.db`,
		Args:              oneArg("FILE.csv"),
		ValidArgsFunction: cobra.FixedCompletions([]string{"csv"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runImport(cmd.Context(), p, args[0], again)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&again, "again", false, "import a file once more: events without ids count once more")
	return cmd
}

func runImport(ctx context.Context, p place, path string, again bool) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("importing: %w", err)
	}
	defer f.Close()
	sum, rows, err := checkImport(p, f, path)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("importing %s: %w", path, err)
	}
	t := &turns{place: p}
	total, err := sendImport(ctx, t, f, sum, again)
	if e := t.end(); err == nil {
		err = e
	}
	if err != nil && ctx.Err() != nil {
		return hinted{fmt.Errorf("importing %s: interrupted", path), "run it again: what is stored already is not stored twice"}
	}
	if err != nil {
		return fmt.Errorf("importing %s: %w", path, err)
	}
	say(p.env.Stderr, "imported %s: %d new, %d changed, %d known already", plural(rows, "event"), total.New, total.Changed, total.Unchanged)
	return nil
}

// turns holds a place for long work in turns: where no agent runs, nobody else can
// press while the file is open here.
type turns struct {
	place  place
	open   desk
	finish func() error
	since  time.Time
}

// How long a turn takes, and the pause after it. Who reads waits 250 ms for the
// file, and looks for it every 50 ms (see [store.Options], and bbolt's flock).
const (
	turn      = 150 * time.Millisecond
	turnPause = 60 * time.Millisecond
)

// desk returns the desk for one piece of work, letting others in when it is time.
func (t *turns) desk(ctx context.Context) (desk, error) {
	if t.open != nil && time.Since(t.since) < turn {
		return t.open, nil
	}
	_, remote := t.open.(*api.Client)
	if remote {
		return t.open, nil // the agent lets others in by itself
	}
	if t.open != nil {
		if err := t.end(); err != nil {
			return nil, err
		}
		select {
		case <-time.After(turnPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var err error
	t.open, t.finish, err = t.place.desk(ctx, true)
	t.since = time.Now()
	return t.open, err
}

// end lets go of the place.
func (t *turns) end() error {
	if t.open == nil {
		return nil
	}
	t.open = nil
	return t.finish()
}

// checkImport reads the whole file, and says what is wrong with each bad line. It
// returns the file's SHA-256, which names it from then on, and how many events
// it has.
func checkImport(p place, f io.Reader, path string) (sum string, rows int, err error) {
	hash := sha256.New()
	bad := 0
	unlisted := make(map[string]int)
	for row, err := range export.ReadEvents(io.TeeReader(f, hash)) {
		if err != nil {
			say(p.env.Stderr, "%s: %v", path, err)
			bad++
			continue
		}
		rows++
		if _, ok := p.config.Catalogue.Tag(row.Event.Tag); !ok {
			unlisted[row.Event.Tag]++
		}
	}
	if bad > 0 {
		return "", 0, hinted{
			fmt.Errorf("importing %s: %s; nothing was stored", path, plural(bad, "bad line")),
			"magicbutton import --help names the columns",
		}
	}
	if _, err := io.Copy(hash, f); err != nil {
		return "", 0, fmt.Errorf("importing %s: %w", path, err)
	}
	for _, tag := range slices.Sorted(maps.Keys(unlisted)) {
		say(p.env.Stderr, "note: %s with the tag %q, which the configuration does not have", plural(unlisted[tag], "event"), tag)
	}
	return hex.EncodeToString(hash.Sum(nil)), rows, nil
}

// sendImport stores the file in batches, from where an import that was
// interrupted stopped.
func sendImport(ctx context.Context, t *turns, f io.Reader, sum string, again bool) (total api.Imported, err error) {
	batch := api.ImportBatch{File: sum, Again: again}
	send := func() error {
		d, err := t.desk(ctx)
		if err != nil {
			return err
		}
		got, err := d.Import(ctx, batch)
		total.New += got.New
		total.Changed += got.Changed
		total.Unchanged += got.Unchanged
		batch = api.ImportBatch{File: sum, First: batch.First + len(batch.Rows)}
		return err
	}
	for row, err := range export.ReadEvents(f) {
		if err != nil { // it was checked: somebody is writing to the file
			return total, errors.Join(errors.New("the file changed while it was imported"), err)
		}
		batch.Rows = append(batch.Rows, api.ImportRow{Line: row.Line, At: row.At, Event: api.FromEvent(row.Event)})
		if len(batch.Rows) == api.MaxBatch {
			if err := send(); err != nil {
				return total, err
			}
		}
	}
	batch.Done = true
	return total, send()
}
