package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

func newTallyCommand(env Env) *cobra.Command {
	var period periodFlags
	var filter filterFlags
	var by, against string
	cmd := &cobra.Command{
		Use:     "tally",
		GroupID: groupLead,
		Short:   "Weekly tallies in the terminal",
		Long: `Weekly tallies in the terminal, of the last complete week unless another period
is asked for. Voided events do not count, and a merged tag counts as its target.

One week shows each tag beside the weeks before, and says in words what is more than
their usual variation. A week that is not over is compared with nothing. Several
weeks, or --by, print plain tables. --compare puts two runs of whole weeks side by
side, by tag or what --by says; where they are of different lengths, by what they
have a week.

Where several desks or sites stand beside each other, counts under 5 are hidden, and
others by which they could be found out.`,
		Example: `  magicbutton tally
  magicbutton tally --week this
  magicbutton tally --week last --compare 2026-W40
  magicbutton tally --weeks 4 --compare 2026-W33..2026-W40
  magicbutton tally --weeks 4 --compare before --by stage
  magicbutton tally --weeks 4 --by stage
  magicbutton tally --by desk --tag refund-slow,refund-late
  magicbutton tally --by domain,channel --from 2026-10-01 --to 2026-10-31`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dims, err := cx.ParseDimensions(by)
			if err != nil {
				return usage(err)
			}
			only, err := filter.resolve()
			if err != nil {
				return err
			}
			p, err := openAsked(env, cmd, dims, only)
			if err != nil {
				return err
			}
			grouped := cmd.Flags().Changed("by")
			if against != "" {
				return runTallyCompare(cmd.Context(), p, &period, against, cx.Query{By: dims, Filter: only})
			}
			if !grouped && period.isOneWeek() {
				return runTallyWeek(cmd.Context(), p, &period, only)
			}
			return runTally(cmd.Context(), p, &period, cx.Query{By: dims, Filter: only})
		},
	}
	addDBFlag(cmd)
	period.add(cmd)
	filter.add(env, cmd)
	addByFlag(cmd, &by)
	cmd.Flags().StringVar(&against, "compare", "", "compare with this week or these `WEEKS`: 2026-W40, 2026-W33..2026-W40, or before for as many right before")
	complete(cmd, "compare", compareBefore)
	return cmd
}

// addByFlag adds the flag of what to count by. Its completion goes on after a
// comma.
func addByFlag(cmd *cobra.Command, by *string) {
	cmd.Flags().StringVar(by, "by", "tag", "what to count by, with commas: "+strings.Join(texts(cx.Dimensions()), ", "))
	_ = cmd.RegisterFlagCompletionFunc("by", func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		head := typed[:strings.LastIndex(typed, ",")+1]
		var out []cobra.Completion
		given := strings.Split(head, ",")
		for _, d := range cx.Dimensions() {
			if !slices.Contains(given, string(d)) {
				out = append(out, head+string(d))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

func runTally(ctx context.Context, p place, f *periodFlags, q cx.Query) (err error) {
	when, err := f.resolve(p)
	if err != nil {
		return err
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	q.From, q.To, q.Zone = when.From, when.To, when.zone
	t, err := r.Tally(ctx, q)
	if err != nil {
		return err
	}
	if len(t.Rows) == 0 {
		return f.sayNothing(ctx, p, r, when, q.Filter)
	}
	c, err := r.Catalogue(ctx)
	if err != nil {
		return err
	}
	h := t.Hide()
	if err := printTallyIn(p.env.Stdout, t, h, c, when, styleOf(p.env).width()); err != nil {
		return err
	}
	sayHidden(p, t, h)
	return nil
}

// printTally prints a tally for a line that every terminal has.
func printTally(w io.Writer, t cx.Tally, c cx.Catalogue, when period) error {
	return printTallyIn(w, t, t.Hide(), c, when, lineWidth)
}

// printTallyIn prints a table for each week: what was counted most comes first, but time
// goes on.
func printTallyIn(w io.Writer, t cx.Tally, h cx.Hidden, c cx.Catalogue, when period, line int) error {
	var out strings.Builder
	for i, week := range weeksOf(t) {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintln(&out, when.describe(week))
		rows := shownRows(t, week, h)
		byTime(t.By, rows)
		printWeek(&out, t, c, rows, h.Totals[week], line)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// weeksOf returns the weeks of a tally, in order.
func weeksOf(t cx.Tally) []cx.Week {
	var weeks []cx.Week
	for _, r := range t.Rows {
		if len(weeks) == 0 || weeks[len(weeks)-1] != r.Week {
			weeks = append(weeks, r.Week)
		}
	}
	return weeks
}
