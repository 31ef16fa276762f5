package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
)

func newDBBackupCommand(env Env) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "backup FILE|FOLDER",
		Short: "Copy the database, while the desk works on",
		Long: `Copy the database as it is at this moment to a file, while presses go on being
stored. The copy is compacted, and checked to its end before it gets its name. In a
folder it gets a dated name. Prints the name.

magicbutton db restore makes a database of it again; a plain copy of the file, made
while an agent writes to it, need not be sound.`,
		Example: `  magicbutton db backup /mnt/usb
  magicbutton db backup desk-before-update.db`,
		Args: oneArg("FILE or FOLDER"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runDBBackup(cmd.Context(), p, args[0], force)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "write over an older backup")
	return cmd
}

func runDBBackup(ctx context.Context, p place, target string, force bool) (err error) {
	folder := strings.HasSuffix(target, string(filepath.Separator))
	if target, err = filepath.Abs(target); err != nil { // the agent has another folder
		return err
	}
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		target = filepath.Join(target, datedName(p))
	} else if folder {
		return hinted{fmt.Errorf("backing up: there is no folder %s", target), "make it first, or mount what belongs there"}
	}
	k, closeKeeper, err := p.keeper(ctx, true)
	if err != nil {
		return err
	}
	defer closing(closeKeeper, &err)
	show, done := progressLine(p.env, "backing up")
	b, err := k.Backup(ctx, api.BackupOrder{Path: target, Over: force}, show)
	done()
	if err = worked(ctx, "backing up", err); err != nil {
		return err
	}
	say(p.env.Stderr, "backed up %s, %s", plural(b.Events, "event"), size(b.Bytes))
	return printLine(p.env, b.Path)
}

// datedName is what a backup of the database is called in a folder.
func datedName(p place) string {
	base := filepath.Base(p.db)
	ext := filepath.Ext(base)
	return strings.TrimSuffix(base, ext) + "-" + p.env.Now().UTC().Format("20060102T150405Z") + ext
}
