package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func newDBCompactCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "compact",
		Short: "Write the database anew, without unused room",
		Long: `Write the database anew, in order and without unused room, check that, and put it
in the place of the old file. Presses go on being stored; they wait only for the
moment of the change, and what is stored meanwhile can make the new file larger
than the old one. It needs as much free room as the new file takes. Purge and erase
do it by themselves.`,
		Example: `  magicbutton db compact`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runDBCompact(cmd.Context(), p)
		},
	}
	addDBFlag(cmd)
	return cmd
}

func runDBCompact(ctx context.Context, p place) (err error) {
	k, closeKeeper, err := p.keeper(ctx, false)
	if err != nil {
		return err
	}
	defer closing(closeKeeper, &err)
	show, done := progressLine(p.env, "compacting")
	c, err := k.Compact(ctx, show)
	done()
	if err = rewritten(ctx, k, "compacting", err); err != nil {
		return err
	}
	return printLine(p.env, fmt.Sprintf("%s: %d bytes before, %d after, %s", p.db, c.BytesBefore, c.BytesAfter, plural(c.Events, "event")))
}

// printLine prints one line of data.
func printLine(env Env, line string) error {
	_, err := fmt.Fprintln(env.Stdout, line)
	return err
}
