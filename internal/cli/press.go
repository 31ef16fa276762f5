package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/agent"
	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

func newPressCommand(env Env) *cobra.Command {
	n := api.NewEvent{Source: string(cx.SourceCLI)}
	var at string
	cmd := &cobra.Command{
		Use:     "press TAG",
		GroupID: groupDesk,
		Short:   "Log a conversation without a button",
		Long: `Log a conversation without a button: from a hotkey, a script, or another
vendor's deck. Prints the event's id; when it does, the event is on the disk.
magicbutton config print shows the tags.`,
		Example: `  magicbutton press bill-unclear
  magicbutton press refund-slow --channel chat --note "third time I ask"
  magicbutton press praise --at 2026-11-16T09:30:00+01:00 --ref ticket-4711`,
		Args:              oneArg("TAG"),
		ValidArgsFunction: completeTags(env),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Tag = args[0]
			if at != "" {
				t, err := time.Parse(time.RFC3339Nano, at)
				if err != nil {
					return usage(hinted{fmt.Errorf("time %q is not RFC 3339", at), "such as 2026-11-16T09:30:00Z or 2026-11-16T09:30:00+01:00"})
				}
				n.At = &t
			}
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runPress(cmd.Context(), p, n)
		},
	}
	flags := cmd.Flags()
	addDBFlag(cmd)
	flags.StringVar(&at, "at", "", "when it was, RFC 3339 `TIME` (default: now)")
	flags.StringVar(&n.Stage, "stage", "", "where in the journey the cause lies (default: the tag's)")
	flags.StringVar(&n.Channel, "channel", "", "how the conversation was held (default: the desk's)")
	flags.StringVar(&n.Tried, "tried", "", "the `CHANNEL` that the customer had tried before")
	flags.BoolVar(&n.Forced, "forced", false, "they had to switch from the channel they had tried")
	flags.StringVar(&n.Note, "note", "", "the customer's own words; card numbers are taken out")
	flags.StringVar(&n.Ref, "ref", "", "your own name for it: sent again within the day, it is counted once")
	complete(cmd, "stage", texts(cx.Stages())...)
	complete(cmd, "channel", texts(cx.Channels())...)
	complete(cmd, "tried", texts(cx.Channels())...)
	return cmd
}

func runPress(ctx context.Context, p place, n api.NewEvent) (err error) {
	d, closeDesk, err := p.desk(ctx, false)
	if errors.Is(err, fs.ErrNotExist) { // no database is made for what is not stored
		if err := agent.CheckNew(n, p.config); err != nil {
			return err
		}
		d, closeDesk, err = p.desk(ctx, true)
	}
	if err != nil {
		return err
	}
	defer closing(closeDesk, &err)
	logged, err := d.Log(ctx, n)
	if err != nil {
		return p.withReload(err, n)
	}
	switch {
	case logged.Duplicate && logged.Event.Voided:
		say(p.env.Stderr, "ref %q was logged before and taken back: not counted again", n.Ref)
	case logged.Duplicate:
		say(p.env.Stderr, "ref %q was logged before: counted once", n.Ref)
	}
	if logged.Scrubbed > 0 {
		say(p.env.Stderr, "took %s out of the note", cardNumbers(logged.Scrubbed))
	}
	if logged.Event.Clock != "" && n.At == nil && !logged.Duplicate {
		say(p.env.Stderr, "the clock seems wrong: the event is kept out of tallies until somebody has looked at it")
		sayHint(p.env.Stderr, "magicbutton doctor says more; magicbutton events trust %s%s%s says that its time is right", logged.Event.ID, p.configFlag(), p.dbFlag())
	}
	_, err = fmt.Fprintln(p.env.Stdout, logged.Event.ID)
	return err
}

// withReload adds how the agent learns of what the configuration here allows and
// the agent refused, as with a tag that was written into it since.
func (p place) withReload(err error, n api.NewEvent) error {
	var problem *api.Error
	if errors.As(err, &problem) && problem.Code == api.CodeBad && agent.CheckNew(n, p.config) == nil {
		return hinted{err, "magicbutton config reload" + p.configFlag() + p.dbFlag()}
	}
	return err
}

// closing closes at the end of a function, keeping the first error.
func closing(closeIt func() error, err *error) {
	if e := closeIt(); *err == nil {
		*err = e
	}
}

// completeTags offers the codes of the tags that take new events.
func completeTags(env Env) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		p, err := openPlace(env, cmd)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var out []cobra.Completion
		for _, t := range p.config.Catalogue.UsableTags() {
			out = append(out, cobra.CompletionWithDesc(t.Code, t.Name()))
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// texts turns words into plain strings.
func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}
