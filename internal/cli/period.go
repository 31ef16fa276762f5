package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"magicbutton/internal/cx"
)

// periodFlags are the flags of a period, the same on every command.
type periodFlags struct {
	spec  cx.PeriodSpec
	zone  string
	weeks *pflag.Flag // tells --weeks 0 from none
}

func (f *periodFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.spec.Week, "week", "", "one `WEEK`: last, this, or as 2026-W47")
	flags.IntVar(&f.spec.Weeks, "weeks", 0, "the last `N` complete weeks")
	flags.StringVar(&f.spec.From, "from", "", "from this `DATE` on, as 2026-11-16")
	flags.StringVar(&f.spec.To, "to", "", "up to and with this `DATE`")
	flags.StringVar(&f.zone, "zone", "", "time zone `NAME`, as Europe/Berlin (default: the desk's)")
	f.weeks = flags.Lookup("weeks")
	complete(cmd, "week", "last", "this")
	complete(cmd, "weeks")
	complete(cmd, "from")
	complete(cmd, "to")
	complete(cmd, "zone")
}

// complete offers words for a flag.
func complete(cmd *cobra.Command, flag string, words ...string) {
	// The error is about a flag that does not exist, which every test would see.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// period is a resolved period.
type period struct {
	cx.Period
	zone *time.Location
	now  time.Time
}

func (f *periodFlags) resolve(p place) (period, error) {
	if f.weeks != nil && f.weeks.Changed && f.spec.Weeks == 0 {
		return period{}, usage(errors.New("weeks 0: want 1 or more; --week this is this week so far"))
	}
	zone, err := p.zone(f.zone)
	if err != nil {
		return period{}, err
	}
	now := p.env.Now()
	span, err := f.spec.Resolve(now, zone)
	return period{span, zone, now}, usage(err)
}

// isOneWeek reports whether one week was asked for, or nothing in particular.
func (f *periodFlags) isOneWeek() bool {
	return f.weeks != nil && !f.weeks.Changed && f.spec.From == "" && f.spec.To == ""
}

// suggestThisWeek tells somebody who asked for nothing in particular, and got the
// last week, which was empty, that this week is not.
func (f *periodFlags) suggestThisWeek(ctx context.Context, p place, r reader, got period, only cx.Filter) error {
	if !f.spec.IsDefault() {
		return nil
	}
	week := cx.WeekOf(got.now, got.zone)
	from, to := week.Span(got.zone)
	t, err := r.Tally(ctx, cx.Query{From: from, To: to, Zone: got.zone, Filter: only})
	if err != nil || len(t.Rows) == 0 {
		return err
	}
	say(p.env.Stderr, "nothing in the last complete week, %s; this week, %s, has %s so far",
		week.Add(-1), week, plural(t.Rows[0].Count, "event"))
	sayHint(p.env.Stderr, "--week this")
	return nil
}

// notYet refuses a period that has not begun, of which there is nothing: an empty answer
// would say that nothing happened.
func (f *periodFlags) notYet(when period) error {
	switch {
	case !when.now.Before(when.From):
		return nil
	case f.spec.From != "":
		return usage(fmt.Errorf("--from %s: that day has not come: today is %s", f.spec.From, cx.DateOf(when.now, when.zone)))
	}
	return usage(hinted{
		fmt.Errorf("--week: %s has not begun: this is %s", when.week(), cx.WeekOf(when.now, when.zone)),
		"--week this, or leave it out for the last complete one",
	})
}

// mostSuspect is how many of the latest events are looked at for one that counts.
const mostSuspect = 100

// sayNothing says of which period there is no event, and what to ask instead.
func (f *periodFlags) sayNothing(ctx context.Context, p place, r reader, when period, only cx.Filter) error {
	if err := f.notYet(when); err != nil {
		return err
	}
	if _, none := r.(empty); none { // that was said
		return nil
	}
	say(p.env.Stderr, "no events in %s", f.name(when))
	if f.spec.IsDefault() {
		week := cx.WeekOf(when.now, when.zone)
		from, to := week.Span(when.zone)
		t, err := r.Tally(ctx, cx.Query{From: from, To: to, Zone: when.zone, Filter: only})
		if err != nil || len(t.Rows) > 0 {
			return errors.Join(err, f.suggestThisWeek(ctx, p, r, when, only))
		}
	}
	seen := 0
	for e, err := range r.Events(ctx, cx.EventQuery{Newest: true, Limit: mostSuspect, Filter: only}) {
		if err != nil {
			return err
		}
		if seen++; !e.Counts() {
			continue
		}
		week := cx.WeekOf(e.At(), when.zone)
		say(p.env.Stderr, "the latest is of %s", shortDateYear(cx.DateOf(e.At(), when.zone)))
		sayHint(p.env.Stderr, "--week %s", week)
		return nil
	}
	switch {
	case seen == mostSuspect: // what lies before was not looked at
		sayHint(p.env.Stderr, "the latest %d are kept out of tallies: magicbutton events --suspect lists them", mostSuspect)
	case only.Filtered():
		sayHint(p.env.Stderr, "there are none at all: look again without the filter")
	default:
		sayHint(p.env.Stderr, "there are none at all yet: magicbutton press TAG logs one, magicbutton demo makes a year to look at")
	}
	return nil
}

// name says which period was asked for.
func (f *periodFlags) name(when period) string {
	switch {
	case f.isOneWeek():
		return strings.Replace(when.describe(when.week()), "  ", ", ", 1)
	case when.From.IsZero():
		return "the days up to " + f.spec.To
	case when.To.IsZero():
		return "the days from " + f.spec.From + " on"
	}
	last := cx.DateOf(when.To.Add(-1), when.zone)
	return fmt.Sprintf("the days from %s to %s, %s", cx.DateOf(when.From, when.zone), last, when.zone)
}

// describe says when a period was: "2026-W47, Mon 16 Nov to Sun 22 Nov 2026,
// Europe/Berlin, so far".
func (p period) describe(week cx.Week) string {
	monday := week.Monday()
	from, to := week.Span(p.zone)
	state := "complete"
	switch {
	case p.now.Before(from):
		state = "not yet"
	case p.now.Before(to):
		state = "so far"
	case !p.From.IsZero() && p.From.After(from), !p.To.IsZero() && p.To.Before(to):
		state = "a part of it"
	}
	sunday := monday.Add(6)
	first := shortDate(monday)
	if monday.Year != sunday.Year {
		first = shortDateYear(monday)
	}
	return fmt.Sprintf("%s  %s to %s, %s, %s", week, first, shortDateYear(sunday), p.zone, state)
}

func shortDateYear(d cx.Date) string { return fmt.Sprintf("%s %d", shortDate(d), d.Year) }

func shortDate(d cx.Date) string {
	return fmt.Sprintf("%s %d %s", d.Weekday().String()[:3], d.Day, d.Month.String()[:3])
}
