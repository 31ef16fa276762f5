package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

func newTrustCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trust ID…",
		Short: "Let events count whose clock was suspect",
		Long: `Say of events with a suspect clock that their time is right after all: they count
in tallies from then on. An ID, or 42 for what this desk shows as #42. It also says
that the clock is right now. Where a time is wrong, take the event back and log it
with the right one: magicbutton undo ID, magicbutton press TAG --at TIME.
Prints the id of each; history is kept.`,
		Example: `  magicbutton events --suspect
  magicbutton events trust 42 43`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runTrust(cmd.Context(), p, args)
		},
	}
	addDBFlag(cmd)
	return cmd
}

func runTrust(ctx context.Context, p place, args []string) (err error) {
	d, closeDesk, err := p.desk(ctx, false)
	if errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("nothing to trust: there is no database %s", p.db), "magicbutton config path prints where it is looked for"}
	}
	if err != nil {
		return err
	}
	defer closing(closeDesk, &err)
	for _, which := range args {
		id, err := eventID(ctx, d, which)
		if err != nil {
			return err
		}
		right := cx.ClockOK
		e, err := d.Amend(ctx, id, cx.Amendment{Clock: &right})
		if err != nil {
			return err
		}
		say(p.env.Stderr, "#%d %s counts at %s", e.ID.Seq(), e.Tag, e.At().In(p.config.Desk.Zone).Format("2006-01-02 15:04:05"))
		if _, err := fmt.Fprintln(p.env.Stdout, e.ID); err != nil {
			return err
		}
	}
	return nil
}

// suspects reads only events with a suspect clock.
type suspects struct{ reader }

// Events yields them, q.Limit of them at most.
func (s suspects) Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	most := q.Limit
	q.Limit = 0
	return func(yield func(cx.Event, error) bool) {
		n := 0
		for e, err := range s.reader.Events(ctx, q) {
			if err == nil && e.Clock == cx.ClockOK {
				continue
			}
			if n++; !yield(e, err) || n == most {
				return
			}
		}
	}
}
