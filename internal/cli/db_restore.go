package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"magicbutton/internal/localsock"
	"magicbutton/store"
)

func newDBRestoreCommand(env Env) *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "restore BACKUP",
		Short: "Make the database of a backup",
		Long: `Make the database of a backup, which is read and checked to its end first and
stays as it is. A database that is there is not touched, or, with --replace, kept
aside under a dated name; what had been erased from it is erased again.

The restored database signs its events with a new origin: #1 comes again, and ids
never do. The agent must not run.`,
		Example: `  magicbutton db restore /mnt/usb/magicbutton-20261125T100000Z.db
  magicbutton db restore old.db --replace`,
		Args: oneArg("BACKUP"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runDBRestore(cmd.Context(), p, args[0], replace)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&replace, "replace", false, "keep a database that is there aside")
	return cmd
}

func runDBRestore(ctx context.Context, p place, backup string, replace bool) error {
	if c, err := p.dial(ctx); err == nil {
		_ = c.Close()
		return hinted{inUseError{fmt.Errorf("restoring %s: an agent runs for it", p.db)}, secondAgentHint(ctx, p.db)}
	} else if !errors.Is(err, localsock.ErrNobody) {
		return err
	}
	show, done := progressLine(p.env, "restoring")
	r, err := store.Restore(ctx, backup, p.db, store.RestoreOptions{Replace: replace, Now: p.env.Now}, show)
	done()
	if errors.Is(err, fs.ErrExist) {
		return hinted{fmt.Errorf("restoring %s: there is a database", p.db), "--replace keeps it aside, under a dated name"}
	}
	if err = worked(ctx, "restoring", err); err != nil {
		return err
	}
	say(p.env.Stderr, "restored %s, %s; new events are of the origin %s", p.db, plural(r.Events, "event"), r.Origin)
	if r.Erased > 0 {
		say(p.env.Stderr, "erased again what had been erased: %s", plural(r.Erased, "event"))
	}
	if r.Unread != nil {
		say(p.env.Stderr, "note: what had been erased from the database before could not be read: %v", r.Unread)
	}
	if r.Aside != "" {
		say(p.env.Stderr, "kept the database that was there as %s", r.Aside)
		sayHint(p.env.Stderr, "it has what was pressed since the backup: magicbutton gather %s %s -o all.db", quoted(p.db), quoted(r.Aside))
	}
	return nil
}
