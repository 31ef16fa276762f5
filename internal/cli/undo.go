package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

func newUndoCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "undo [ID]",
		GroupID: groupDesk,
		Short:   "Take back this desk's last live event",
		Long: `Take back the newest event that was logged live on this desk (by a device, the
terminal, the page or magicbutton press) within the last 10 minutes and is not
taken back yet. Again, and it walks further back. With an ID, or 42 for what this
desk shows as #42, it takes back any event. Prints the id; history is kept.`,
		Example: `  magicbutton undo
  magicbutton undo 42
  magicbutton undo 06FQ2V6R7S3N8Z4T1K0M9H2E5C`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runUndo(cmd.Context(), p, args)
		},
	}
	addDBFlag(cmd)
	return cmd
}

func runUndo(ctx context.Context, p place, args []string) (err error) {
	d, closeDesk, err := p.desk(ctx, false)
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("nothing to undo: there is no database %s", p.db), "magicbutton config path prints where it is looked for"}
	}
	if err != nil {
		return err
	}
	defer closing(closeDesk, &err)
	e, err := undo(ctx, d, args)
	if err != nil {
		return err
	}
	if e.ID.IsZero() { // it waited in the agent for the disk, and had no id yet
		say(p.env.Stderr, "took back %s, which was not saved yet", e.Tag)
		return nil
	}
	say(p.env.Stderr, "took back #%d %s of %s", e.ID.Seq(), e.Tag, e.At().In(p.config.Desk.Zone).Format("2006-01-02 15:04:05"))
	_, err = fmt.Fprintln(p.env.Stdout, e.ID)
	return err
}

func undo(ctx context.Context, d desk, args []string) (cx.Event, error) {
	if len(args) == 0 { // an empty argument is none that means the last event: a script's variable was not set
		return d.Undo(ctx, api.Undo{})
	}
	id, err := eventID(ctx, d, args[0])
	if err != nil {
		return cx.Event{}, err
	}
	return d.Void(ctx, id)
}

// eventID returns the id of an event that is named by it, or by the number that its
// desk shows.
func eventID(ctx context.Context, d desk, which string) (cx.ID, error) {
	number, marked := strings.CutPrefix(which, "#")
	seq, err := strconv.ParseUint(number, 10, 40) // no id is as short
	if err == nil {
		e, err := d.EventBySeq(ctx, seq)
		return e.ID, err
	}
	if marked {
		return cx.ID{}, usage(fmt.Errorf("event %q: want a number after #", which))
	}
	id, err := cx.ParseID(which)
	return id, usage(err)
}
