package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"magicbutton/internal/agent"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

func newActionCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "action",
		GroupID: groupLead,
		Short:   "Write down what was done about a tag",
		Long: `Write down what was done about a tag, by whom and since when, and what is expected
of it: the report says later what happened. Nothing of an action changes a count.`,
		Example: `  magicbutton action add --tag bill-unclear --owner Kim --since today "new letter"
  magicbutton action list`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newActionAddCommand(env), newActionListCommand(env), newActionCloseCommand(env), newActionEraseCommand(env))
	return cmd
}

// actionFlags are the flags of action add.
type actionFlags struct{ tag, owner, since, expect, by string }

func newActionAddCommand(env Env) *cobra.Command {
	var f actionFlags
	cmd := &cobra.Command{
		Use:   "add WHAT",
		Short: "Write down an action",
		Long: `Write down what was done about a tag. --expect and --by predict: at most so many
events of the tag in that week. Prints the action's id, of which the number before
the hyphen mostly is enough to type. Card numbers are taken out of the words.`,
		Example: `  magicbutton action add --tag bill-unclear --owner Kim --since today "new letter"
  magicbutton action add --tag refund-slow --owner Billing --since 2026-11-16 \
    --expect 10 --by 2026-W51 "refunds go out daily"`,
		Args:              oneArg("WHAT"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			a, err := f.resolve(p, args[0])
			if err != nil {
				return err
			}
			return runActionAdd(cmd.Context(), p, a)
		},
	}
	addDBFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.tag, "tag", "", "the `TAG` that it is about")
	flags.StringVar(&f.owner, "owner", "", "`WHO` sees to it: a team, a role or a person")
	flags.StringVar(&f.since, "since", "", "the first `DATE` on which it could work: today, or as 2026-11-16")
	flags.StringVar(&f.expect, "expect", "", "at most `N` events of the tag are expected ...")
	flags.StringVar(&f.by, "by", "", "... in this `WEEK`, as 2026-W51")
	_ = cmd.RegisterFlagCompletionFunc("tag", completeTags(env)) // the flag exists
	complete(cmd, "owner")
	complete(cmd, "since", "today")
	complete(cmd, "expect")
	complete(cmd, "by")
	return cmd
}

// resolve reads an action, or says all that is wrong with it.
func (f actionFlags) resolve(p place, what string) (cx.Action, error) {
	a := cx.Action{Tag: f.tag, Owner: f.owner, What: what}
	var errs []error
	for _, flag := range []struct{ name, value string }{{"tag", f.tag}, {"owner", f.owner}, {"since", f.since}} {
		if flag.value == "" {
			errs = append(errs, fmt.Errorf("add: --%s is missing", flag.name))
		}
	}
	if (f.expect == "") != (f.by == "") {
		errs = append(errs, errors.New("add: --expect and --by go together"))
	}
	if err := errors.Join(errs...); err != nil {
		return cx.Action{}, usage(err)
	}
	var err error
	if a.Since, err = p.date("--since", f.since); err != nil {
		return cx.Action{}, err
	}
	if f.by != "" {
		n, err := count("--expect", f.expect)
		if err != nil {
			return cx.Action{}, err
		}
		a.Expect = &n
		if a.By, err = p.week("--by", f.by); err != nil {
			return cx.Action{}, err
		}
	}
	clean := a // what is taken out of a is told later
	clean.Scrub()
	return a, usage(clean.Check())
}

func runActionAdd(ctx context.Context, p place, a cx.Action) (err error) {
	asked, scrubbed := a.Tag, a.Scrub()
	l, closeLedger, err := p.ledger(ctx, store.Options{})
	if errors.Is(err, fs.ErrNotExist) { // no database is made for what is not stored
		if _, err := agent.ActionTag(p.config.Catalogue, a.Tag); err != nil {
			return err
		}
		l, closeLedger, err = p.ledger(ctx, store.Options{Create: true})
	}
	if err != nil {
		return err
	}
	defer closing(closeLedger, &err)
	a, err = l.AddAction(ctx, a)
	if err != nil {
		return err
	}
	if a.Tag != asked {
		say(p.env.Stderr, "tag %q is merged into %q: the action is about that", asked, a.Tag)
	}
	if scrubbed > 0 {
		say(p.env.Stderr, "took %s out of the words", cardNumbers(scrubbed))
	}
	_, err = fmt.Fprintln(p.env.Stdout, a.ID)
	return err
}

func newActionCloseCommand(env Env) *cobra.Command {
	on := "today"
	cmd := &cobra.Command{
		Use:   "close ID",
		Short: "End an action",
		Long: `End an action: it is not expected to work any more, or it is done and judged. Of the
id the number, or as much as no other action has, is enough.`,
		Example: `  magicbutton action close 3
  magicbutton action close 3-9Z --on 2026-12-01`,
		Args:              oneArg("ID"),
		ValidArgsFunction: completeActions(env, cx.Action.Open),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			day, err := p.date("--on", on)
			if err != nil {
				return err
			}
			return p.changeLedger(cmd.Context(), false, func(l ledger) error {
				a, err := l.CloseAction(cmd.Context(), args[0], day)
				if err != nil {
					return err
				}
				say(p.env.Stderr, "closed %s on %s: %s, %s", a.ID, a.Closed, a.Tag, cut(oneLine(a.What), lineWidth/2))
				_, err = fmt.Fprintln(p.env.Stdout, a.ID)
				return err
			})
		},
	}
	addDBFlag(cmd)
	cmd.Flags().StringVar(&on, "on", on, "the `DATE`: today, or as 2026-11-16")
	complete(cmd, "on", "today")
	return cmd
}

// completeActions offers the ids of those actions that fit, with what was done.
func completeActions(env Env, fits func(cx.Action) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		p, err := openPlace(env, cmd)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		l, closeLedger, err := p.ledger(cmd.Context(), store.Options{ReadOnly: true})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer func() { _ = closeLedger() }()
		all, err := l.Actions(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var out []cobra.Completion
		for _, a := range all {
			if fits(a) {
				out = append(out, cobra.CompletionWithDesc(a.ID, a.Tag+": "+cut(oneLine(a.What), lineWidth/2)))
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}
