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
was done and what is expected of it stand below each.`,
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
		_, err = io.WriteString(p.env.Stdout, actionTable(actions, styleOf(p.env).width()))
		return err
	})
}

func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

// actionTable lists actions, each with its words below. Nothing of it is cut: the names
// and the week are what is typed next, and whoever reads it from a pipe has no more.
func actionTable(actions []cx.Action, line int) string {
	rows := table{{left("id"), left("since"), left("closed"), left("tag"), left("owner")}}
	for _, a := range actions {
		closed := ""
		if !a.Open() {
			closed = a.Closed.String()
		}
		rows = append(rows, []cell{left(a.ID), left(a.Since.String()), left(closed), left(a.Tag), left(oneLine(a.Owner))})
	}
	rows = withoutEmpty(rows)
	var b, out strings.Builder
	rows.writeIn(&b, max(line, rows.width(columnGap)), columnGap)
	i := -1 // the header
	for row := range strings.Lines(b.String()) {
		out.WriteString(row)
		if i >= 0 {
			out.WriteString("  " + wrap(oneLine(actions[i].What), line-2, "  ") + "\n")
			if a := actions[i]; a.Expect != nil {
				fmt.Fprintf(&out, "  expected: at most %d in %s\n", *a.Expect, a.By)
			}
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
