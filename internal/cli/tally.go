package cli

import (
	"cmp"
	"context"
	"errors"
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
side; where they are of different lengths, by what they have a week.

Where several desks or sites stand beside each other, counts under 5 are hidden, and
others by which they could be found out.`,
		Example: `  magicbutton tally
  magicbutton tally --week this
  magicbutton tally --week last --compare 2026-W40
  magicbutton tally --weeks 4 --compare 2026-W33..2026-W40
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
			if against != "" && grouped {
				return usage(errors.New("--compare is by tag: give it without --by"))
			}
			if against != "" {
				return runTallyCompare(cmd.Context(), p, &period, against, only)
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
		sayNoEvents(p, r)
		return f.suggestThisWeek(ctx, p, r, when, q.Filter)
	}
	c, err := r.Catalogue(ctx)
	if err != nil {
		return err
	}
	if err := printTally(p.env.Stdout, t, c, when); err != nil {
		return err
	}
	sayHidden(p, t)
	return nil
}

// printTally prints a table for each week: what was counted most comes first.
func printTally(w io.Writer, t cx.Tally, c cx.Catalogue, when period) error {
	var out strings.Builder
	h := t.Hide()
	for i, week := range weeksOf(t) {
		if i > 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintln(&out, when.describe(week))
		printWeek(&out, t, c, shownRows(t, week, h), h.Totals[week])
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func printWeek(w *strings.Builder, t cx.Tally, c cx.Catalogue, rows []shownRow, totalHidden bool) {
	table := table{{}}
	for _, d := range t.By {
		table[0] = append(table[0], left(string(d)))
	}
	table[0] = append(table[0], right("count"))
	if t.HasConversations {
		table[0] = append(table[0], right("conversations"))
	}
	tag := slices.Index(t.By, cx.ByTag)
	events, conversations := 0, 0
	for _, r := range rows {
		line := numbers(t, r.Values, r.text(r.Count), r.text(r.Conversations))
		if tag >= 0 {
			line = append(line, left(labelOf(c, r.Values[tag])))
		}
		table = append(table, line)
		events, conversations = events+r.Count, conversations+r.Conversations
	}
	if len(t.By) > 0 {
		total := append([]string{"total"}, slices.Repeat([]string{" "}, len(t.By)-1)...) // "" would be (not said)
		sum := shownTotal(totalHidden)
		table = append(table, numbers(t, total, sum(events), sum(conversations)))
	}
	table.write(w)
}

// numbers returns the cells of one row.
func numbers(t cx.Tally, values []string, count, conversations string) []cell {
	var line []cell
	for _, v := range values {
		line = append(line, left(cmp.Or(v, "(not said)")))
	}
	line = append(line, right(count))
	if t.HasConversations {
		line = append(line, right(conversations))
	}
	return line
}

// labelOf returns what is known of a tag.
func labelOf(c cx.Catalogue, code string) string {
	t := c.Counted(code)
	if t.Unlisted {
		return strings.TrimSpace(t.Label + " (unlisted)")
	}
	return t.Label
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
