package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
)

// purgeOptions are the flags of db purge.
type purgeOptions struct {
	before                        string
	notes, events, retention, yes bool
}

func newDBPurgeCommand(env Env) *cobra.Command {
	var o purgeOptions
	cmd := &cobra.Command{
		Use:   "purge",
		Short: "Drop old notes, or old events; tallies stay as they are",
		Long: `Drop what is old. Without flags, what [retention] of the configuration does not
keep, as the agent does each day; with --before, the notes or events from before a
day. What events count stays in all tallies; the events themselves, their notes and
corrections are gone from the file, and copies of them do not come back with an
import. Days are UTC days.`,
		Example: `  magicbutton db purge
  magicbutton db purge --notes --before 2026-06-01
  magicbutton db purge --events --before 2025-01-01 --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runDBPurge(cmd.Context(), p, o)
		},
	}
	addDBFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.before, "before", "", "drop what is from before this `DATE`, as 2026-06-01")
	flags.BoolVar(&o.notes, "notes", false, "with --before: drop notes")
	flags.BoolVar(&o.events, "events", false, "with --before: drop events, their notes with them")
	flags.BoolVar(&o.retention, "retention", false, "drop what the configuration does not keep (the default)")
	flags.BoolVar(&o.yes, "yes", false, "do not ask before events are dropped")
	complete(cmd, "before")
	return cmd
}

// order reads the flags.
func (o purgeOptions) order() (api.PurgeOrder, error) {
	if o.before == "" {
		if o.notes || o.events {
			return api.PurgeOrder{}, usage(errors.New("purging: --notes and --events go with --before DATE"))
		}
		return api.PurgeOrder{Retention: true}, nil
	}
	if o.retention || !o.notes && !o.events {
		return api.PurgeOrder{}, usage(errors.New("purging: --before goes with --notes, --events or both"))
	}
	day, err := time.Parse(time.DateOnly, o.before)
	if err != nil {
		return api.PurgeOrder{}, usage(fmt.Errorf("--before %q: want a date such as 2026-06-01", o.before))
	}
	var order api.PurgeOrder
	if o.notes {
		order.NotesBefore = &day
	}
	if o.events {
		order.EventsBefore = &day
	}
	return order, nil
}

func runDBPurge(ctx context.Context, p place, o purgeOptions) (err error) {
	order, err := o.order()
	if err != nil {
		return err
	}
	if order.EventsBefore != nil && !o.yes {
		ok, err := confirm(p.env, fmt.Sprintf("drop all events from before %s for good?", o.before))
		if err != nil || !ok {
			return err
		}
	}
	k, closeKeeper, err := p.keeper(ctx, false)
	if err != nil {
		return err
	}
	defer closing(closeKeeper, &err)
	show, done := progressLine(p.env, "purging")
	got, err := k.Purge(ctx, order, show)
	done()
	if err != nil && ctx.Err() != nil {
		_, remote := k.(*api.Client)
		return hinted{purgeInterrupted(got, remote), "run it again: it goes on where it stopped"}
	}
	if err != nil {
		return err
	}
	if got.Compacted == nil {
		say(p.env.Stderr, "nothing to drop")
		return nil
	}
	return printLine(p.env, fmt.Sprintf("dropped %s; %s: %d bytes before, %d after",
		cmp.Or(dropped(got), "what an earlier purge had left in the file"), p.db, got.Compacted.BytesBefore, got.Compacted.BytesAfter))
}

// dropped says what a purge dropped, "" for nothing.
func dropped(got api.Purged) string {
	var parts []string
	if got.Notes > 0 {
		parts = append(parts, plural(got.Notes, "note"))
	}
	switch {
	case got.Events > 0 && got.Days > 0:
		parts = append(parts, fmt.Sprintf("%s of %s", plural(got.Events, "event"), plural(got.Days, "day")))
	case got.Events > 0: // the first day was not through
		parts = append(parts, plural(got.Events, "event"))
	}
	return strings.Join(parts, " and ")
}

// purgeInterrupted says how far a purge was when it was called off. The answer of an
// agent was not waited for.
func purgeInterrupted(got api.Purged, remote bool) error {
	if remote {
		return errors.New("purging: interrupted; what the agent had dropped by then is gone")
	}
	return fmt.Errorf("purging: interrupted; dropped until then: %s", cmp.Or(dropped(got), "nothing"))
}
