package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

func newActionEraseCommand(env Env) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "erase ID…",
		Short: "Remove the words and the owner of actions for good",
		Long: `Remove the words and the owner of actions from the database file, and search the new
file for them. The tag, the dates and what was expected stay, as reports judge by
them. No backup and no other desk's copy brings the words back into this database;
backups, exports and reports made before are not changed.`,
		Example: `  magicbutton action erase 3
  magicbutton action erase 3 4 --yes`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeActions(env, func(cx.Action) bool { return true }),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			if !yes {
				ok, err := confirm(env, fmt.Sprintf("erase the words of %s for good?", plural(len(args), "action")))
				if err != nil || !ok {
					return err
				}
			}
			return runActionErase(cmd.Context(), p, args)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func runActionErase(ctx context.Context, p place, ids []string) error {
	return p.changeLedger(ctx, false, func(l ledger) error {
		show, done := progressLine(p.env, "erasing")
		got, err := l.EraseActions(ctx, ids, show)
		done()
		if err != nil {
			return err
		}
		for _, id := range got.ActionsBefore {
			say(p.env.Stderr, "the words of %s had been erased before", id)
		}
		if s := got.Search; s != nil {
			if s.Fault != "" {
				return errors.New("the words are erased, but " + s.Fault)
			}
			say(p.env.Stderr, "erased the words of %s; the new file of %d bytes was searched, none is there", plural(len(got.Actions), "action"), s.Bytes)
			if s.Elsewhere > 0 {
				say(p.env.Stderr, "but %d of them also stand in what was not erased", s.Elsewhere)
			}
		}
		for _, id := range got.Actions {
			if _, err := fmt.Fprintln(p.env.Stdout, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellActions names the actions whose words a match for notes would find: they are
// erased by a command of their own, which leaves their dates.
func (p place) tellActions(ctx context.Context, k keeper, m api.Match) error {
	l, ok := k.(ledger)
	if !ok || m.Text == "" && m.Pattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(m.Pattern)
	if err != nil {
		return nil //nolint:nilerr // whoever looks for events says so
	}
	all, err := l.Actions(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, a := range all {
		fits := func(s string) bool {
			return strings.Contains(strings.ToLower(s), strings.ToLower(m.Text)) && pattern.MatchString(s)
		}
		if fits(a.What) || fits(a.Owner) {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) > 0 {
		say(p.env.Stderr, "the words of %s fit, too", plural(len(ids), "action"))
		sayHint(p.env.Stderr, "magicbutton action erase %s%s%s", strings.Join(ids, " "), p.configFlag(), p.dbFlag())
	}
	return nil
}
