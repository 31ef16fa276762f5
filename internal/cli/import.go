package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
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
import that was interrupted can be run again. An event whose id is known replaces
what is stored where its revision is higher; the same and older ones change
nothing. Where it contradicts what is stored the import ends, names the line, and
keeps what came before.
A file without ids that was imported before is refused.`,
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
	before, err := f.Stat()
	if err != nil {
		return fmt.Errorf("importing: %w", err)
	}
	file, err := checkImport(ctx, p, f, path, before.Size())
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("importing %s: interrupted; nothing was stored", path)
	}
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("importing %s: %w", path, err)
	}
	file.unchanged = func() bool {
		now, err := f.Stat()
		return err == nil && now.Size() == before.Size() && now.ModTime().Equal(before.ModTime())
	}
	show, done := progressLine(p.env, "importing")
	t := &turns{place: p}
	total, err := sendImport(ctx, t, f, file, again, seldom(show))
	if e := t.end(); err == nil {
		err = e
	}
	done()
	if err != nil && ctx.Err() != nil {
		return hinted{fmt.Errorf("importing %s: interrupted", path), "run it again: what is stored already is not stored twice"}
	}
	if err != nil {
		return fmt.Errorf("importing %s: %w", path, err)
	}
	say(p.env.Stderr, "imported %s: %d new, %d changed, %d known already", plural(file.rows, "event"), total.New, total.Changed, total.Unchanged)
	if total.Gone > 0 {
		say(p.env.Stderr, "%s erased or purged here before: left out", plural(total.Gone, "event"))
	}
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
// file, and looks for it every 20 ms (see [store.Options], and the store's locks).
const (
	turn      = 200 * time.Millisecond
	turnPause = 30 * time.Millisecond
)

// desk returns the desk for one piece of work, letting others in when the work
// would go on for longer than a turn.
func (t *turns) desk(ctx context.Context, work time.Duration) (desk, error) {
	if t.open != nil && time.Since(t.since)+work < turn {
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

// seldom calls a function that shows progress, or none for nil, ten times a second.
func seldom(show func(done, total int)) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		if show != nil && time.Since(last) > 100*time.Millisecond {
			show(done, total)
			last = time.Now()
		}
	}
}
