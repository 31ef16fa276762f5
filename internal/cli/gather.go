package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// gatherOptions are the flags of the gather command.
type gatherOptions struct {
	output string
	week   string
	zone   string
	quiet  bool
	gone   []string
}

func newGatherCommand(env Env) *cobra.Command {
	var o gatherOptions
	cmd := &cobra.Command{
		Use:     "gather DIR… -o FILE",
		GroupID: groupLead,
		Short:   "Merge the databases or exports of many desks into one",
		Long: `Merge the databases of many desks into one, which all commands that read take with
--db: those in folders and below them, and single files. Backups and the copies
that desks share count as well, and so do exports of events as CSV or NDJSON.

An event that is in several files is there once, in its highest revision; files
that disagree about one are named. What a desk erased or purged does not come
back. The order of the files does not matter, and what is in FILE from the last
time stays: so it can be run each week, from cron too. FILE is replaced only when
the new one is whole.

Then it lists the desks, first those that sent nothing this week. A file that is
damaged, in use, or of a newer version is named and left out: exit 1.`,
		Example: `  magicbutton gather /mnt/cx -o all.db
  magicbutton gather /mnt/cx old.csv --quiet --not-expected cafe -o all.db
  magicbutton tally --by desk --db all.db`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("gather: no folder or file is given")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			if isStdout(o.output) {
				return usage(errors.New("gather: -o FILE is missing: the database to make"))
			}
			return runGather(cmd.Context(), p, &o, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.output, "output", "o", "", "the `FILE` to make or to add to")
	flags.StringVar(&o.week, "week", "this", "the `WEEK` to look at: this, last, or as 2026-W47")
	flags.StringVar(&o.zone, "zone", "", "time zone `NAME`, as Europe/Berlin (default: the configuration's)")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "say only what somebody should look at")
	flags.StringArrayVar(&o.gone, "not-expected", nil, "the `DESK` is gone: what it sent stays, its silence is not told;\nfor each such desk")
	complete(cmd, "week", "last", "this")
	complete(cmd, "not-expected")
	complete(cmd, "zone")
	return cmd
}

func runGather(ctx context.Context, p place, o *gatherOptions, args []string) error {
	zone, err := p.zone(o.zone)
	if err != nil {
		return err
	}
	now := p.env.Now()
	span, err := cx.PeriodSpec{Week: o.week}.Resolve(now, zone)
	if err != nil {
		return usage(err)
	}
	found := findSources(args, o.output)
	show, done := progressLine(p.env, "gathering")
	report, err := store.Merge(ctx, o.output, found.sources, store.MergeOptions{
		From: span.From, To: span.To, Progress: show, Now: p.env.Now,
	})
	done()
	bad := found.sayProblems(p.env, report)
	switch {
	case ctx.Err() != nil:
		return hinted{fmt.Errorf("gathering into %s: interrupted", o.output), "run it again: nothing was changed"}
	case errors.Is(err, store.ErrNotMerged):
		return usage(hinted{err, "name another file with -o: this one is a desk's"})
	case errors.Is(err, store.ErrNotDatabase): // what is wrong with a source is in the report
		return usage(hinted{err, "name another file with -o: this one was left as it is"})
	case errors.Is(err, store.ErrNoSource):
		return hinted{
			fmt.Errorf("gathering into %s: there is nothing to merge in %s", o.output, strings.Join(args, ", ")),
			"name the folder in which the desks share their copies",
		}
	case err != nil:
		return err
	}
	when := period{span, zone, now}
	desks, unknown := notExpected(desksOf(report), o.gone)
	for _, name := range unknown {
		say(p.env.Stderr, "no desk is called %q, which --not-expected names", name)
	}
	sayConflicts(p.env, report)
	if o.quiet {
		sayDesks(p.env, desks)
	} else {
		say(p.env.Stderr, "merged %s into %s: %s, %d new, %d changed", plural(len(found.sources)-bad, "file"), o.output,
			plural(report.Events, "event"), report.Added, report.Changed)
		if err := printDesks(p.env.Stdout, desks, when); err != nil {
			return err
		}
	}
	if bad > 0 || found.bad() {
		return codeError(exitError)
	}
	return nil
}

// mostConflicts is how many conflicts are told one by one.
const mostConflicts = 20

// sayConflicts tells what the files disagree about.
func sayConflicts(env Env, r store.MergeReport) {
	for i, c := range r.Conflicts {
		if i == mostConflicts {
			break
		}
		if !c.Moved.IsZero() {
			say(env.Stderr, "event %s: %s and %s have two events of this id, from a machine that was copied: both are kept, the second one as %s",
				c.ID, c.Kept, c.Lost, c.Moved)
			continue
		}
		say(env.Stderr, "event %s, revision %d: %s and %s disagree about %s: kept is what %s says",
			c.ID, c.Rev, c.Kept, c.Lost, strings.Join(c.Fields, ", "), c.Kept)
	}
	if more := r.ConflictCount - mostConflicts; more > 0 {
		say(env.Stderr, "and %s more", plural(more, "such event"))
	}
	for _, line := range r.Tags {
		say(env.Stderr, "%s", line)
	}
}
