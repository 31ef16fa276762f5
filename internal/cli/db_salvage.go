package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/localsock"
	"magicbutton/store"
)

func newDBSalvageCommand(env Env) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "salvage -o FILE",
		Short: "Save what is whole of a damaged database into a new one",
		Long: `Read a damaged database page by page and write every record that is whole into a
new one. The damaged file stays as it is. Events keep their ids; what is known to be
missing is said. Stop the agent first.`,
		Example: `  magicbutton db salvage -o saved.db
  magicbutton db salvage --db damaged.db -o saved.db`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usage(errors.New("name the new database with -o"))
			}
			at, err := locate(env, cmd)
			if err != nil {
				return err
			}
			return runDBSalvage(cmd.Context(), env, at.DB, to)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().StringVarP(&to, "output", "o", "", "the new database `FILE`, which must not exist")
	return cmd
}

func runDBSalvage(ctx context.Context, env Env, from, to string) error {
	err := salvage(ctx, env, from, to)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("salvaging database %s: interrupted; nothing was made, and the file is as it was", from)
	}
	return err
}

func salvage(ctx context.Context, env Env, from, to string) error {
	switch c, err := api.Dial(ctx, from); {
	case err == nil:
		_ = c.Close()
		return hinted{fmt.Errorf("salvaging database %s: %w", from, store.ErrLocked), "stop the agent that uses it, and try again"}
	case !errors.Is(err, localsock.ErrNobody):
		return err
	}
	show, done := progressLine(env, "reading")
	r, err := store.Salvage(ctx, from, to, store.Options{Now: env.Now}, show)
	done()
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{err, "magicbutton config path prints where it is looked for"}
	}
	if err != nil {
		return err
	}
	saySalvaged(env, r)
	_, err = fmt.Fprintf(env.Stdout, "%s has %s, %s, %s\n", to,
		plural(r.Events, "event"), plural(r.Notes, "note"), plural(r.Revisions, "former state"))
	return err
}

// saySalvaged says what is known to be missing or doubtful.
func saySalvaged(env Env, r store.SalvageReport) {
	for _, line := range r.Remarks {
		say(env.Stderr, "note: %s", line)
	}
	for _, of := range []struct {
		n          int
		what, text string
	}{
		{r.Older, "event", "found only in an older copy: later corrections may be lost"},
		{r.Outdated, "event", "left out: only a state was found that had been corrected"},
		{r.Orphans, "note or former state", "left out: the event is lost"},
		{r.Days, "day", "of purged events kept as counts"},
		{r.Erased, "erased event", "kept as a count"},
	} {
		if of.n > 0 {
			say(env.Stderr, "note: %d × %s %s", of.n, of.what, of.text)
		}
	}
	if r.Unsure {
		say(env.Stderr, "note: the file does not tell which of its pages are in use: what was deleted lately may be back")
	}
	if r.Missing > 0 {
		say(env.Stderr, "note: %d sequence numbers have no event: lost, or never there", r.Missing)
	}
}
