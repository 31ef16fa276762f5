package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func newDBCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "db",
		GroupID: groupCare,
		Short:   "Care for the database: check, back up, compact, purge, erase",
		Example: `  magicbutton db check
  magicbutton db backup /mnt/usb`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDBCheckCommand(env))
	cmd.AddCommand(newDBBackupCommand(env), newDBRestoreCommand(env), newDBCompactCommand(env))
	cmd.AddCommand(newDBPurgeCommand(env), newDBEraseCommand(env))
	cmd.AddCommand(newDBSalvageCommand(env))
	return cmd
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
