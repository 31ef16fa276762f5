package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// rehearseOptions are the flags of the rehearse command.
type rehearseOptions struct {
	weeks  int
	seed   uint64
	zone   string
	all    bool
	filter filterFlags
}

// rehearseSeed plays the same weeks each time, unless another is asked for.
const rehearseSeed = 1

func newRehearseCommand(env Env) *cobra.Command {
	var o rehearseOptions
	cmd := &cobra.Command{
		Use:     "rehearse",
		GroupID: groupLead,
		Short:   "What your own data can show, before you need it",
		Long: `Play the last weeks of your own database again, hundreds of times: with no change,
to see how often the tally would cry wolf, and with one tag doubled or 20% more, to
see how soon it would be told.

The weeks are drawn at random from those that were, whole weeks at a time, leaving
out the incidents, and are judged as the tally and the report judge them. Nothing is
written. The same weeks and --seed play the same rehearsal.`,
		Example: `  magicbutton rehearse
  magicbutton rehearse --all --weeks 52
  magicbutton rehearse --site Berlin --seed 2
  magicbutton rehearse --config "$(magicbutton demo --quiet)/magicbutton.toml"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openAsked(env, cmd, nil, o.filter.Filter)
			if err != nil {
				return err
			}
			return runRehearse(cmd.Context(), p, &o)
		},
	}
	addDBFlag(cmd)
	flags := cmd.Flags()
	flags.IntVar(&o.weeks, "weeks", report.RehearseWeeks, "play the last `N` complete weeks")
	flags.Uint64Var(&o.seed, "seed", rehearseSeed, "another `N` plays other weeks")
	flags.StringVar(&o.zone, "zone", "", "time zone `NAME`, as Europe/Berlin (default: the desk's)")
	flags.BoolVar(&o.all, "all", false, "show every tag, not a few from the largest to the smallest")
	for _, flag := range []string{"weeks", "seed", "zone"} {
		complete(cmd, flag)
	}
	o.filter.add(env, cmd)
	return cmd
}

func runRehearse(ctx context.Context, p place, o *rehearseOptions) (err error) {
	if o.weeks < report.LeastRehearsed || o.weeks > report.MostRehearsed {
		return usage(fmt.Errorf("weeks %d: want %d to %d", o.weeks, report.LeastRehearsed, report.MostRehearsed))
	}
	only, err := o.filter.resolve()
	if err != nil {
		return err
	}
	zone, err := p.zone(o.zone)
	if err != nil {
		return err
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	show, done := progressLine(p.env, "rehearsing")
	build := p.reportOptions(period{zone: zone, now: p.env.Now()})
	build.Week, build.Filter = cx.Week{}, only // the last complete one
	played, err := report.Rehearse(ctx, r, report.RehearseOptions{Options: build, Weeks: o.weeks, Seed: o.seed, Progress: seldom(show)})
	done()
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("the rehearsal was interrupted; nothing was written")
	case err != nil:
		return err
	case !played.Enough():
		sayTooFew(p, r, played)
		return nil
	}
	return printRehearsal(p.env.Stdout, played, o.all, styleOf(p.env))
}

// sayTooFew says how many weeks are missing, unless it was said already that there is
// no database.
func sayTooFew(p place, r reader, played report.Rehearsal) {
	if _, none := r.(empty); none {
		return
	}
	if missing := played.Missing(); missing > 0 {
		say(p.env.Stderr, "too early to rehearse: %s of the last %d known, %d needed; %d more",
			plural(played.Known, "complete week"), played.Weeks, report.LeastRehearsed, missing)
	} else {
		say(p.env.Stderr, "nothing to rehearse: no events in the last %s", plural(played.Weeks, "week"))
	}
	sayHint(p.env.Stderr, "magicbutton demo makes a year to rehearse with")
}

func printRehearsal(w io.Writer, r report.Rehearsal, all bool, s style) error {
	shown, missing := r.Examples(), r.NotShown()
	if all {
		shown, missing = r.Tags, 0
	}
	var out strings.Builder
	fmt.Fprintln(&out, s.show(bold, fmt.Sprintf("%s to %s, %s", r.First, r.Last, r.Zone)))
	fmt.Fprintf(&out, "%s, about %s events a week\n", knownWeeks(r), report.Decimal(r.Mean))
	out.WriteByte('\n')
	for _, sentence := range r.Summary {
		fmt.Fprintln(&out, wrap(sentence, s.width(), ""))
	}
	out.WriteByte('\n')
	t := table{{left("tag"), right("a week"), left("doubling"), left("+20%")}}
	for _, tag := range shown {
		t = append(t, []cell{left(cut(rehearsedName(tag), mostName)), right(report.Decimal(tag.Mean)), left(tag.Double.Short()), left(tag.Fifth.Short())})
	}
	t = append(t, []cell{left("any tag"), right(""), left(r.Double.Short()), left(r.Fifth.Short())})
	t.write(&out)
	out.WriteByte('\n')
	for line := range strings.SplitSeq(wrap(rehearsalNotes(r, missing), s.width(), ""), "\n") {
		fmt.Fprintln(&out, s.show(dim, line))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// mostName leaves the columns beside a name their place in a line of 80.
const mostName = 20

func rehearsedName(t report.RehearsedTag) string {
	if t.Unlisted {
		return t.Name + " (unlisted)"
	}
	return t.Name
}

func knownWeeks(r report.Rehearsal) string {
	if r.Known == r.Weeks {
		return plural(r.Known, "complete week")
	}
	return fmt.Sprintf("%d of %d weeks known", r.Known, r.Weeks)
}

func rehearsalNotes(r report.Rehearsal, missing int) string {
	rate := "counts, as contacts are not known"
	if r.PerContacts {
		rate = "rates per 100 contacts"
	}
	out := fmt.Sprintf("%d times %d weeks were drawn from these, without their incidents, and judged by %s; then as often with one tag changed for good. "+
		"In 1 week: the tally of the first week says so. 6 of 10: 6 times in 10; else not before it is what is usual. "+
		"A false alarm: a week with a tag that is more or less than usual though nothing changed. Seed %d.",
		r.Runs, r.Weeks, rate, r.Seed)
	if missing > 0 {
		out += fmt.Sprintf(" %d of %s are shown, --all shows every one.", len(r.Tags)-missing, plural(len(r.Tags), "tag"))
	}
	if len(r.Left) > 0 {
		out += " Left out, as they came or went in these weeks: " + strings.Join(r.Left, ", ") + "."
	}
	return out
}
