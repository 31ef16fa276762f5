package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

func newContactsCommand(env Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "contacts",
		GroupID: groupLead,
		Short:   "Say how many conversations were handled in a week",
		Long: `Say how many conversations were handled in a week, tagged or not: what a rate is a
rate of. Without it there are only counts, and fewer presses may just be a quiet week.

Of a week, and of each site where sites are named, either the total is known or the
number of each channel, not both. What is not known is no 0: a 0 says that nobody
was served.`,
		Example: `  magicbutton contacts set last 412
  magicbutton contacts list`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newContactsSetCommand(env), newContactsListCommand(env), newContactsImportCommand(env), newContactsRemoveCommand(env))
	return cmd
}

// contactsFlags say which numbers of a week are meant.
type contactsFlags struct{ site, channel string }

func (f *contactsFlags) add(cmd *cobra.Command) {
	addDBFlag(cmd)
	cmd.Flags().StringVar(&f.site, "site", "", "of this site's `NAME` (default: of all together)")
	cmd.Flags().StringVar(&f.channel, "channel", "", "of this `CHANNEL` (default: of all together)")
	complete(cmd, "site")
	complete(cmd, "channel", texts(cx.Channels())...)
}

// resolve reads which week, site and channel are meant.
func (f *contactsFlags) resolve(p place, week string) (c cx.Contacts, err error) {
	if c.Week, err = p.week("contacts", week); err != nil {
		return cx.Contacts{}, err
	}
	c.Site = f.site
	if c.Channel, err = cx.ParseChannel(f.channel); err != nil {
		return cx.Contacts{}, usage(err)
	}
	return c, usage(c.Check())
}

func newContactsSetCommand(env Env) *cobra.Command {
	var f contactsFlags
	cmd := &cobra.Command{
		Use:   "set WEEK N",
		Short: "Set the contacts of a week",
		Long: `Set how many conversations were handled in a week: last, this, or as 2026-W47. A
number that is there already is replaced, and told. For numbers per channel where
the total is known, or the other way round, take away what is known first:
magicbutton contacts remove WEEK. A number that cannot be right beside the events is
stored and told; sites with more together than all sites have are refused.`,
		Example: `  magicbutton contacts set last 412
  magicbutton contacts set 2026-W47 180 --site Berlin
  magicbutton contacts set 2026-W47 95 --channel chat`,
		Args:              weekAndNumber,
		ValidArgsFunction: completeWeeks,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			c, err := f.resolve(p, args[0])
			if err != nil {
				return err
			}
			if c.Count, err = count("contacts", args[1]); err != nil {
				return err
			}
			return runContactsSet(cmd.Context(), p, c)
		},
	}
	f.add(cmd)
	return cmd
}

func weekAndNumber(cmd *cobra.Command, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%s: want a WEEK and a number, got %s", cmd.Name(), plural(len(args), "argument"))
	}
	return nil
}

// completeWeeks offers the words for a week as the first argument.
func completeWeeks(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []cobra.Completion{"last", "this"}, cobra.ShellCompDirectiveNoFileComp
}

func runContactsSet(ctx context.Context, p place, c cx.Contacts) error {
	if this := cx.WeekOf(p.env.Now(), p.config.Desk.Zone); this.Before(c.Week) {
		return usage(fmt.Errorf("contacts: week %s has not come: this is %s", c.Week, this))
	}
	return p.changeLedger(ctx, true, func(l ledger) error {
		known, err := l.Contacts(ctx)
		if err != nil {
			return err
		}
		set := []cx.Contacts{c}
		whole := cx.Together(known, set)
		if excesses := cx.SitesExceed(whole); len(excesses) > 0 {
			err := sitesExceed(excesses)
			if c.Site != "" { // else that number is not stored yet
				all := cx.Contacts{Channel: excesses[0].Channel}
				err = hinted{err, "magicbutton contacts remove " + c.Week.String() + placeFlags(all) + p.configFlag() + p.dbFlag() + " takes away the number of all sites"}
			}
			return err
		}
		if err := l.SetContacts(ctx, set); err != nil {
			return p.asContacts(err, c)
		}
		was := "it was not known before"
		if i := slices.IndexFunc(known, func(k cx.Contacts) bool { return k.Key() == c.Key() }); i >= 0 {
			was = fmt.Sprintf("it was %d", known[i].Count)
		}
		say(p.env.Stderr, "%s: %s; %s", contactsOf(c), plural(c.Count, "contact"), was)
		p.doubtContacts(ctx, l, set, whole)
		return nil
	})
}

// asContacts names in the hint of an error what stands in the way.
func (p place) asContacts(err error, c cx.Contacts) error {
	if !isConflict(err) {
		return err
	}
	hint := "magicbutton contacts remove " + c.Week.String() + siteFlag(c.Site)
	return hinted{err, hint + p.configFlag() + p.dbFlag() + " takes away what is known"}
}

// contactsOf names what a number of contacts is about.
func contactsOf(c cx.Contacts) string {
	name := c.Week.String()
	if c.Site != "" {
		name += ", site " + c.Site
	}
	return name + ", " + cmp.Or(string(c.Channel), "all channels")
}

func newContactsRemoveCommand(env Env) *cobra.Command {
	var f contactsFlags
	cmd := &cobra.Command{
		Use:   "remove WEEK",
		Short: "Take away what is known of the contacts of a week",
		Long: `Take away what is known of the contacts of a week: the total, or the numbers of all
channels; with --channel only that one. Of sites only the one that --site names.`,
		Example: `  magicbutton contacts remove 2026-W47
  magicbutton contacts remove last --site Berlin --channel chat`,
		Args:              oneArg("WEEK"),
		ValidArgsFunction: completeWeeks,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			c, err := f.resolve(p, args[0])
			if err != nil {
				return err
			}
			return runContactsRemove(cmd.Context(), p, c)
		},
	}
	f.add(cmd)
	return cmd
}

func runContactsRemove(ctx context.Context, p place, c cx.Contacts) error {
	return p.changeLedger(ctx, false, func(l ledger) error {
		known, err := l.Contacts(ctx)
		if err != nil {
			return err
		}
		var gone []cx.ContactsKey
		for _, k := range known {
			if k.Week == c.Week && k.Site == c.Site && (c.Channel == "" || c.Channel == k.Channel) {
				gone = append(gone, k.Key())
			}
		}
		if len(gone) == 0 {
			return hinted{errors.New(contactsOf(c) + ": no contacts are known"), "magicbutton contacts list" + p.configFlag() + p.dbFlag()}
		}
		if c.Channel == "" { // also what gathered files hide behind those
			gone = append(gone, c.Key())
		}
		if err := l.RemoveContacts(ctx, gone); err != nil {
			return err
		}
		for _, k := range known {
			if slices.Contains(gone, k.Key()) {
				say(p.env.Stderr, "%s: not known any more; it was %d", contactsOf(k), k.Count)
			}
		}
		return nil
	})
}
