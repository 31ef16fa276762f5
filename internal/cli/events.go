package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
)

// eventsOptions are the flags of the events command.
type eventsOptions struct {
	period  periodFlags
	filter  filterFlags
	limit   int
	voided  bool
	suspect bool
	follow  bool
}

// newestByDefault is how many events are listed where no period is asked for:
// a screen's worth.
const newestByDefault = 20

func newEventsCommand(env Env) *cobra.Command {
	var o eventsOptions
	cmd := &cobra.Command{
		Use:     "events",
		GroupID: groupLead,
		Short:   "List events; --follow",
		Long: `List events, the oldest first: of a period, or the newest 20 where none is asked
for. With --follow, list each event as it is logged, taken back or amended, until
Ctrl-C; exit 3 when the agent stops. With --suspect, list those that are kept out of
tallies because the clock seemed wrong; events trust lets them count.
magicbutton export events writes all that is known of them.`,
		Example: `  magicbutton events
  magicbutton events --week last --voided
  magicbutton events --tag refund-slow --desk north --limit 5
  magicbutton events --suspect
  magicbutton events --follow`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			only, err := o.filter.resolve()
			if err != nil {
				return err
			}
			p, err := openAsked(env, cmd, nil, only)
			if err != nil {
				return err
			}
			if o.limit < 0 {
				return usage(fmt.Errorf("limit %d: want a number, 0 for all", o.limit))
			}
			if o.follow && (o.limit > 0 || o.suspect || !o.period.spec.IsDefault()) {
				return usage(errors.New("--follow lists what happens from now on: give no period and no limit, nor --suspect"))
			}
			if o.follow {
				return runFollow(cmd.Context(), p, &o, only)
			}
			return runEvents(cmd.Context(), p, &o, only)
		},
	}
	addDBFlag(cmd)
	o.period.add(cmd)
	o.filter.add(env, cmd)
	flags := cmd.Flags()
	flags.IntVar(&o.limit, "limit", 0, "the newest `N` at most (default 20 without a period, else all)")
	flags.BoolVar(&o.voided, "voided", false, "also those that were taken back")
	flags.BoolVar(&o.suspect, "suspect", false, "only those whose clock was suspect; without a period all of them")
	flags.BoolVar(&o.follow, "follow", false, "go on with each event as it happens; needs an agent")
	cmd.AddCommand(newTrustCommand(env))
	return cmd
}

func runEvents(ctx context.Context, p place, o *eventsOptions, only cx.Filter) (err error) {
	when, err := o.period.resolve(p)
	if err != nil {
		return err
	}
	q := cx.EventQuery{From: when.From, To: when.To, Voided: o.voided, Limit: o.limit, Filter: only}
	if o.period.spec.IsDefault() {
		q.From, q.To = time.Time{}, time.Time{}
		if q.Limit == 0 && !o.suspect {
			q.Limit = newestByDefault
		}
	}
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer closing(closeReader, &err)
	list := r
	if o.suspect {
		list = suspects{r}
	}
	out := bufio.NewWriter(p.env.Stdout)
	n := 0
	for e, err := range inOrder(ctx, list, q) {
		if err != nil {
			return errors.Join(out.Flush(), err)
		}
		fmt.Fprintln(out, p.eventLine(e, when.zone))
		n++
	}
	if n == 0 {
		sayNoEvents(p, r)
	}
	return out.Flush()
}

// inOrder yields events in the order of time; with a limit, the newest of them.
func inOrder(ctx context.Context, r reader, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	if q.Limit == 0 {
		return r.Events(ctx, q)
	}
	return func(yield func(cx.Event, error) bool) {
		q.Newest = true
		var list []cx.Event
		for e, err := range r.Events(ctx, q) {
			if err != nil {
				yield(cx.Event{}, err)
				return
			}
			list = append(list, e)
		}
		for _, e := range slices.Backward(list) {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func runFollow(ctx context.Context, p place, o *eventsOptions, only cx.Filter) (err error) {
	zone, err := p.zone(o.period.zone)
	if err != nil {
		return err
	}
	c, err := p.agent(ctx)
	if err != nil {
		return err
	}
	defer closing(c.Close, &err)
	catalogue, err := c.Catalogue(ctx)
	if err != nil {
		return err
	}
	for e, err := range c.Follow(ctx) {
		if ctx.Err() != nil {
			break
		}
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) { // killed
			return fmt.Errorf("%w: %w", errAgentStopped, err)
		}
		if err != nil {
			return err
		}
		if !only.Passes(catalogue, e) {
			continue
		}
		if _, err := io.WriteString(p.env.Stdout, p.eventLine(e, zone)+"\n"); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return nil // that is how following ends
	}
	return errAgentStopped
}

// eventLine is one event on one line: number, time, tag, and what else was said.
func eventLine(e cx.Event, zone *time.Location) string {
	return fmt.Sprintf("%s  %6s  %s  %s", e.ID, fmt.Sprintf("#%d", e.ID.Seq()),
		e.At().In(zone).Format("2006-01-02 15:04:05"), eventText(e))
}

// eventText is what was said, by whatever device.
func eventText(e cx.Event) string {
	var more []string
	add := func(name, v string) {
		if v != "" {
			more = append(more, name+v)
		}
	}
	if e.Voided {
		add("", "taken back")
	}
	add("", string(e.Clock))
	add("", string(e.Stage))
	add("", string(e.Channel))
	if e.Tried != "" {
		add("after ", string(e.Tried))
	}
	add("", string(e.Source))
	add("", e.Device)
	add("", e.Key)
	if e.Note != "" {
		add("", fmt.Sprintf("%q", e.Note))
	}
	return fmt.Sprintf("%-16s  %s", e.Tag, strings.Join(more, ", "))
}
