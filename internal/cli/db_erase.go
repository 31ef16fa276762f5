package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// eraseOptions are the flags of db erase.
type eraseOptions struct {
	match       api.Match
	tags        []string
	period      periodFlags
	output      string
	yes, dryRun bool
	flags       []string // those that were given, without their values
}

func newDBEraseCommand(env Env) *cobra.Command {
	var o eraseOptions
	cmd := &cobra.Command{
		Use:   "erase [ID…]",
		Short: "Remove events from the file for good, and prove it",
		Long: `Remove events from the database file: their notes, former notes, corrections, and
names of devices that nothing else names. They are chosen by id, by 42 for what
this desk shows as #42, or by --match and the other flags, all of which must fit;
the events that fit are shown first, and nothing happens without a yes.

The file is written anew without them, takes the place of the old one, and is then
searched for every erased id and word. Tallies stay as they are: of each event only
its quarter hour, tag, stage, channel, desk and site are kept, and its number, so
that no import brings it back. The receipt says what was done; -o keeps it as JSON.
Backups and exports made before are not changed. Of actions, whose words --match also
looks at, it names those to erase with magicbutton action erase.`,
		Example: `  magicbutton db erase --match "Ms Winter" --dry-run
  magicbutton db erase --match "Ms Winter" -o receipt.json
  magicbutton db erase 42 06FQ2V6R7S3N8Z4T1K0M9H2E5C --yes`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			o.flags = givenFlags(cmd)
			return runDBErase(cmd.Context(), p, o, args)
		},
	}
	addDBFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.match.Text, "match", "", "events of which a note, or a former one, has this `TEXT`, in capitals or not")
	flags.StringVar(&o.match.Pattern, "regexp", "", "events of which a note, or a former one, matches this `PATTERN`")
	flags.StringSliceVar(&o.tags, "tag", nil, "events with this `TAG`; more with commas or another --tag")
	flags.StringVar(&o.match.Desk, "desk", "", "events of this `DESK`")
	flags.StringVar(&o.match.Device, "device", "", "events of this `DEVICE`")
	o.period.add(cmd)
	flags.BoolVar(&o.dryRun, "dry-run", false, "show what would go, and print the ids")
	flags.BoolVar(&o.yes, "yes", false, "do not ask")
	flags.StringVarP(&o.output, "output", "o", "", "write the receipt to this `FILE`, as JSON (default: stdout, as text)")
	_ = cmd.RegisterFlagCompletionFunc("tag", completeTags(env)) // the flag exists
	for _, name := range []string{"match", "regexp", "desk", "device"} {
		complete(cmd, name)
	}
	return cmd
}

func runDBErase(ctx context.Context, p place, o eraseOptions, args []string) (err error) {
	k, closeKeeper, err := p.keeper(ctx, o.dryRun)
	if err != nil {
		return err
	}
	defer closing(closeKeeper, &err)
	ids, err := o.choose(ctx, p, k, args)
	if err != nil {
		return err
	}
	if o.dryRun {
		for _, id := range ids {
			if err := printLine(p.env, id.String()); err != nil {
				return err
			}
		}
		return nil
	}
	if !o.yes {
		ok, err := confirm(p.env, fmt.Sprintf("erase %s for good?", plural(len(ids), "event")))
		if err != nil || !ok {
			return err
		}
	}
	return o.erase(ctx, p, k, ids)
}

// erase erases and writes the receipt.
func (o eraseOptions) erase(ctx context.Context, p place, k keeper, ids []cx.ID) error {
	// The receipt's file is begun first: a receipt that cannot be written must not
	// be found out afterwards.
	var got api.Erased
	if err := p.writeTo(o.output, func(w io.Writer) error {
		show, done := progressLine(p.env, "erasing")
		var err error
		got, err = k.Erase(ctx, ids, show)
		done()
		if err = rewritten(ctx, k, "erasing", err); err != nil {
			return err
		}
		return p.writeReceipt(w, o, got)
	}); err != nil {
		return err
	}
	if got.Search != nil && got.Search.Fault != "" {
		return errors.New("the events are erased, but " + got.Search.Fault)
	}
	return nil
}

// choose returns the events to erase, and shows what it found by itself.
func (o eraseOptions) choose(ctx context.Context, p place, k keeper, args []string) ([]cx.ID, error) {
	if !o.period.spec.IsDefault() {
		when, err := o.period.resolve(p)
		if err != nil {
			return nil, err
		}
		if !when.From.IsZero() {
			o.match.From = &when.From
		}
		if !when.To.IsZero() {
			o.match.To = &when.To
		}
	}
	chosen := o.match != (api.Match{}) || len(o.tags) > 0
	switch {
	case chosen && len(args) > 0:
		return nil, usage(errors.New("erasing: ids and flags that choose events do not go together"))
	case chosen:
		found, err := o.find(ctx, k)
		if err = worked(ctx, "looking for the events to erase", err); err != nil {
			return nil, err
		}
		err = p.tellActions(ctx, k, o.match)
		if err == nil && len(found) == 0 {
			err = errors.New("erasing: no event fits")
		}
		o.show(p, found)
		return idsOf(found), err
	case len(args) == 0:
		return nil, usage(errors.New("erasing: no ID and no --match is given"))
	}
	var ids []cx.ID
	var errs []error
	for _, arg := range args {
		id, err := whichEvent(ctx, k, arg)
		ids = append(ids, id)
		errs = append(errs, err)
	}
	return ids, errors.Join(errs...)
}

// find returns the events that fit, of any of the tags that are given, in the order of
// their ids.
func (o eraseOptions) find(ctx context.Context, k keeper) (found []cx.Event, err error) {
	tags := slices.Compact(slices.Sorted(slices.Values(o.tags)))
	if len(tags) == 0 {
		return k.Find(ctx, o.match)
	}
	for _, o.match.Tag = range tags {
		more, err := k.Find(ctx, o.match)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	slices.SortFunc(found, func(a, b cx.Event) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return found, nil
}

func idsOf(events []cx.Event) []cx.ID {
	ids := make([]cx.ID, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	return ids
}

// show lists the events that fit, the first ones of many.
func (o eraseOptions) show(p place, found []cx.Event) {
	const most = 20
	for i, e := range found {
		if i == most {
			say(p.env.Stderr, "and %d more", len(found)-most)
			return
		}
		say(p.env.Stderr, "%s  %s  %s  %s", e.ID, e.At().In(p.config.Desk.Zone).Format("2006-01-02 15:04"), e.Tag,
			strings.ReplaceAll(e.Note, "\n", " "))
	}
}

// whichEvent reads an id, or the number that this desk shows.
func whichEvent(ctx context.Context, k keeper, arg string) (cx.ID, error) {
	number, marked := strings.CutPrefix(arg, "#")
	if seq, err := strconv.ParseUint(number, 10, 40); err == nil { // no id is as short
		e, err := k.EventBySeq(ctx, seq)
		return e.ID, err
	}
	if marked {
		return cx.ID{}, usage(fmt.Errorf("event %q: want a number after #", arg))
	}
	id, err := cx.ParseID(arg)
	return id, usage(err)
}
