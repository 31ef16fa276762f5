package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
	"magicbutton/store"
)

// freezer is what --freeze asks: the agent's client, or a desk of our own. A gathered
// database is frozen too: it is where a lead looks.
type freezer interface {
	report.Reader
	Freeze(ctx context.Context, f cx.Frozen) error
}

// freezer opens the place for freezing a week. What has no database has no week.
func (p place) freezer(ctx context.Context) (freezer, func() error, error) {
	c, st, err := p.open(ctx, store.Options{})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, hinted{fmt.Errorf("nothing to freeze: there is no database %s", p.db), "name one with --db or --config"}
	}
	if err != nil {
		return nil, nil, err
	}
	if c != nil {
		return c, c.Close, nil
	}
	return p.newDesk(ctx, st)
}

// mayFreeze refuses to freeze what may still change by itself, and what is a part.
func mayFreeze(when period, only cx.Filter) error {
	if only.Filtered() {
		return usage(hinted{errors.New("--freeze: a week is frozen whole, not narrowed to a tag, stage, channel, desk or site"), "freeze the week, and make the narrowed report by itself"})
	}
	week := when.week()
	if _, end := week.Span(when.zone); when.now.Before(end) {
		sunday := week.Monday().Add(6)
		return usage(hinted{
			fmt.Errorf("--freeze: week %s is not over: it ends with %s, %s", week, shortDateYear(sunday), when.zone),
			"magicbutton report --freeze --week last",
		})
	}
	return nil
}

// buildFrozen makes the report of a week that it freezes.
func (p place) buildFrozen(ctx context.Context, when period, o report.Options) (week report.Week, err error) {
	if err := mayFreeze(when, o.Filter); err != nil {
		return report.Week{}, err
	}
	f, closeFreezer, err := p.freezer(ctx)
	if err != nil {
		return report.Week{}, err
	}
	defer closing(closeFreezer, &err)
	if week, err = report.Build(ctx, f, o); err != nil {
		return report.Week{}, err
	}
	return week, p.freeze(ctx, f, &week)
}

// freeze writes the numbers of a report down, unless they are those that were written
// last, and says what it did. The report then tells of it.
func (p place) freeze(ctx context.Context, f freezer, week *report.Week) error {
	numbers := report.Numbers(*week)
	h := &week.Header
	next := cx.Frozen{Week: h.Week, Zone: h.Zone, Revision: 1, Numbers: numbers, SHA256: cx.Sum(numbers)}
	if was := h.Frozen; was != nil {
		last := was.Revisions[len(was.Revisions)-1]
		if last.SHA256 == next.SHA256 {
			say(p.env.Stderr, "%s: already frozen, revision %d, sha256 %s, nothing moved", h.Week, last.Number, last.SHA256)
			return nil
		}
		next.Revision = last.Number + 1
	}
	if err := f.Freeze(ctx, next); err != nil {
		if isConflict(err) {
			err = hinted{err, "somebody froze it meanwhile: try again"}
		}
		return err
	}
	all, err := f.Frozen(ctx, h.Week)
	if err != nil {
		return err
	}
	h.Frozen = report.FrozenAs(*week, all)
	say(p.env.Stderr, "%s: frozen, revision %d, sha256 %s", h.Week, next.Revision, next.SHA256)
	if revisions := h.Frozen.Revisions; len(revisions) > 1 {
		say(p.env.Stderr, "since revision %d: %s", next.Revision-1, report.MoveWords(revisions[len(revisions)-1].Moved))
	}
	return nil
}

// sayMoved tells whoever asks for the report of a frozen week that it is another one.
func (p place) sayMoved(h report.Header) {
	if h.Frozen == nil || len(h.Frozen.Moved) == 0 {
		return
	}
	last := h.Frozen.Revisions[len(h.Frozen.Revisions)-1]
	say(p.env.Stderr, "%s: the numbers have changed since it was frozen as revision %d: %s", h.Week, last.Number, report.MoveWords(h.Frozen.Moved))
	zone := ""
	if h.Zone != p.config.Desk.Zone.String() {
		zone = " --zone " + quoted(h.Zone)
	}
	sayHint(p.env.Stderr, "magicbutton report --freeze --week %s%s%s%s writes them down as revision %d", h.Week, zone, p.configFlag(), p.dbFlag(), last.Number+1)
}
