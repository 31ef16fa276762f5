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

func newActionListCommand(env Env) *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List actions, open ones first",
		Long: `List the open actions, the latest first; with --all the closed ones behind them. What
was done stands below each, cut at the end of the line; --json has all of it.`,
		Example: `  magicbutton action list
  magicbutton action list --all --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runActionList(cmd.Context(), p, all, asJSON)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "closed actions, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func runActionList(ctx context.Context, p place, all, asJSON bool) error {
	return p.readLedger(ctx, func(l ledger) error {
		actions, err := l.Actions(ctx)
		if err != nil {
			return err
		}
		known := len(actions)
		if !all {
			actions = slices.DeleteFunc(actions, func(a cx.Action) bool { return !a.Open() })
		}
		if asJSON {
			return printJSON(p.env.Stdout, append([]cx.Action{}, actions...))
		}
		if len(actions) == 0 {
			say(p.env.Stderr, "no open actions; %s closed", are(known))
			if known > 0 {
				sayHint(p.env.Stderr, "--all lists them")
			}
			return nil
		}
		_, err = io.WriteString(p.env.Stdout, actionTable(actions))
		return err
	})
}

func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

func actionTable(actions []cx.Action) string {
	rows := table{{left("id"), left("tag"), left("owner"), left("since"), left("closed"), left("expected")}}
	for _, a := range actions {
		closed, expected := "", ""
		if !a.Open() {
			closed = a.Closed.String()
		}
		if a.Expect != nil {
			expected = fmt.Sprintf("≤ %d in %s", *a.Expect, a.By)
		}
		rows = append(rows, []cell{
			left(a.ID), left(a.Tag), left(cut(a.Owner, 16)), left(a.Since.String()), left(closed), left(expected),
		})
	}
	var b, out strings.Builder
	withoutEmpty(rows).write(&b)
	i := -1 // the header
	for line := range strings.Lines(b.String()) {
		out.WriteString(line)
		if i >= 0 {
			out.WriteString("  " + cut(oneLine(actions[i].What), lineWidth-2) + "\n")
		}
		i++
	}
	return out.String()
}

// withoutEmpty leaves out columns in which no row says anything: a line is short.
func withoutEmpty(rows table) table {
	var out table
	for range rows {
		out = append(out, nil)
	}
	for i := range rows[0] {
		said := false
		for _, row := range rows[1:] {
			said = said || row[i].text != ""
		}
		if said {
			for j, row := range rows {
				out[j] = append(out[j], row[i])
			}
		}
	}
	return out
}

// oneLine puts words of several lines into one.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }
