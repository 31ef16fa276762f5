package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

// listedWeeks is how many weeks back are listed: as many as a tally draws.
const listedWeeks = 12

func newContactsListCommand(env Env) *cobra.Command {
	weeks, asJSON := listedWeeks, false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the contacts of the last weeks, and what is missing",
		Long: `List what is known of the contacts of the last complete weeks and of this one, the
latest first. A week, or a week of a site, that others have a number of and this one
has not, is named as not known.`,
		Example: `  magicbutton contacts list
  magicbutton contacts list --weeks 52 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			const most = 5300 // the weeks of 2000 to 2100
			if weeks < 1 || weeks > most {
				return usage(fmt.Errorf("weeks %d: want 1 to %d", weeks, most))
			}
			return runContactsList(cmd.Context(), p, weeks, asJSON)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().IntVar(&weeks, "weeks", weeks, "the last `N` complete weeks")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, without what is missing")
	complete(cmd, "weeks")
	return cmd
}

func runContactsList(ctx context.Context, p place, weeks int, asJSON bool) error {
	return p.readLedger(ctx, func(l ledger) error {
		all, err := l.Contacts(ctx)
		if err != nil {
			return err
		}
		this := cx.WeekOf(p.env.Now(), p.config.Desk.Zone)
		all = slices.DeleteFunc(all, func(c cx.Contacts) bool { return c.Week.Before(this.Add(-weeks)) })
		if asJSON {
			return printJSON(p.env.Stdout, append([]cx.Contacts{}, all...))
		}
		if len(all) == 0 {
			say(p.env.Stderr, "no contacts are known of the last %s", plural(weeks, "week"))
			sayHint(p.env.Stderr, "magicbutton contacts set last N%s%s", p.configFlag(), p.dbFlag())
			return nil
		}
		text, missing := contactsTable(all, this, weeks)
		if _, err := io.WriteString(p.env.Stdout, text); err != nil || len(missing) == 0 {
			return err
		}
		first := missing[0]
		say(p.env.Stderr, "%s not known: there is no rate without", are(len(missing)))
		sayHint(p.env.Stderr, "magicbutton contacts set %s N%s%s%s", first.Week, siteFlag(first.Site), p.configFlag(), p.dbFlag())
		return nil
	})
}

// contactsTable lists the weeks, the latest first, each with each site of which a
// number is known at all. missing is what is not known.
func contactsTable(all []cx.Contacts, this cx.Week, weeks int) (text string, missing []cx.ContactsKey) {
	var sites []string
	newest := this.Add(-1)
	for _, c := range all {
		if !slices.Contains(sites, c.Site) {
			sites = append(sites, c.Site)
		}
		if newest.Before(c.Week) {
			newest = c.Week
		}
	}
	slices.Sort(sites)
	rows := table{{left("week"), left("site"), left("channel"), right("contacts")}}
	for w := newest; !w.Before(this.Add(-weeks)); w = w.Add(-1) {
		for _, site := range sites {
			known := slices.DeleteFunc(slices.Clone(all), func(c cx.Contacts) bool { return c.Week != w || c.Site != site })
			if len(known) == 0 && w.Before(this) {
				missing = append(missing, cx.ContactsKey{Week: w, Site: site})
				rows = append(rows, []cell{left(w.String()), left(orAll(site)), left("all"), right("not known")})
			}
			for _, c := range known {
				rows = append(rows, []cell{left(w.String()), left(orAll(site)), left(orAll(string(c.Channel))), right(strconv.Itoa(c.Count))})
			}
		}
	}
	var b strings.Builder
	rows.write(&b)
	return b.String(), missing
}

func siteFlag(site string) string {
	if site == "" {
		return ""
	}
	return " --site " + quoted(site)
}

func orAll(name string) string {
	if name == "" {
		return "all"
	}
	return name
}
