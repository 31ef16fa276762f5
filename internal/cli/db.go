package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/store"
)

func newDBCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "db",
		GroupID: groupCare,
		Short:   "Care for the database: check, back up, restore, compact, purge, erase",
		Example: `  magicbutton db check
  magicbutton db backup /mnt/usb`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDBCheckCommand(env))
	cmd.AddCommand(newDBBackupCommand(env), newDBRestoreCommand(env), newDBCompactCommand(env))
	cmd.AddCommand(newDBPurgeCommand(env), newDBEraseCommand(env))
	return cmd
}

func newDBCheckCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read everything in the database and say what is wrong",
		Long: `Read everything in the database: its structure, the checksum of every record, the
sequence of every desk. Exit 0 when all is sound, 1 when something is damaged.`,
		Example: `  magicbutton db check
  magicbutton db check --db desk.db`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runDBCheck(cmd.Context(), p)
		},
	}
	addDBFlag(cmd)
	return cmd
}

// checker is who can check a database.
type checker interface {
	Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error)
}

func runDBCheck(ctx context.Context, p place) (err error) {
	c, closeChecker, err := p.checker(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("checking the database: %w", err), "magicbutton config path prints where it is looked for"}
	}
	if err != nil {
		return err
	}
	defer closing(closeChecker, &err)
	show, done := progressLine(p.env, "checking")
	r, err := c.Check(ctx, show)
	done()
	if err != nil {
		return err
	}
	for _, n := range r.Notes {
		say(p.env.Stderr, "note: %s", n)
	}
	for _, d := range r.Damage {
		say(p.env.Stderr, "damage: %s", d)
	}
	if len(r.Damage) > 0 {
		return fmt.Errorf("%s: %s", p.db, plural(len(r.Damage), "fault"))
	}
	_, err = fmt.Fprintf(p.env.Stdout, "%s is sound: %s\n", p.db, plural(r.Events, "event"))
	return err
}

// checker opens the place for a check. It never makes a database.
func (p place) checker(ctx context.Context) (checker, func() error, error) {
	c, st, err := p.open(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, c.Close, nil
	}
	return fileChecker{st}, st.Close, nil
}

// fileChecker checks a file, whatever the configuration says.
type fileChecker struct{ st *store.Store }

// Check checks it.
func (c fileChecker) Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error) {
	r, err := c.st.Check(ctx, progress)
	return api.CheckReport{Events: r.Events, Damage: r.Damage, Notes: r.Remarks}, err
}

// progressLine shows how far long work has got, on a terminal only. done takes the
// line away.
func progressLine(env Env, what string) (show func(done, total int), done func()) {
	f, ok := env.Stderr.(*os.File)
	if !ok || !isTerminal(f) {
		return nil, func() {}
	}
	show = func(n, total int) {
		if total > 0 {
			fmt.Fprintf(f, "\r%s %3d %%", what, n*100/total)
		}
	}
	return show, func() { fmt.Fprint(f, "\r\x1b[K") }
}
