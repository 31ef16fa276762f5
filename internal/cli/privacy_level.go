package cli

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// What [privacy] does to what is listed, counted and exported, and what is hidden of
// tables that compare desks or sites.

// openAsked is openPlace for a question, which must be one that the place answers.
func openAsked(env Env, cmd *cobra.Command, by []cx.Dimension, f cx.Filter) (place, error) {
	p, err := openPlace(env, cmd)
	if err == nil {
		err = p.mayAsk(by, f)
	}
	return p, err
}

// mayAsk refuses a question about single desks where the configuration says that they
// are not told apart.
func (p place) mayAsk(by []cx.Dimension, f cx.Filter) error {
	err := p.config.Privacy.Check(by, f)
	if err == nil {
		return nil
	}
	what := "leave --desk out, or name a --site"
	if slices.Contains(by, cx.ByDesk) {
		what = "count --by site instead"
	}
	return usage(hinted{err, what})
}

// eventLine lists an event as the privacy level has it: at level site without its id,
// which holds the desk and the millisecond.
func (p place) eventLine(e cx.Event, zone *time.Location) string {
	if !p.config.Privacy.Masked() {
		return eventLine(e, zone)
	}
	e.Device, e.Key = "", ""
	return fmt.Sprintf("%s  %s", e.At().Truncate(cx.Quarter).In(zone).Format("2006-01-02 15:04"), eventText(e))
}

// masked takes desks and exact instants out of events.
func masked(events iter.Seq2[cx.Event, error]) iter.Seq2[cx.Event, error] {
	m := cx.NewMask()
	return func(yield func(cx.Event, error) bool) {
		for e, err := range events {
			if err == nil {
				e = m.Event(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// shownRow is a row of a tally as it is printed.
type shownRow struct {
	cx.Row
	hidden bool
}

// text is one of the row's numbers.
func (r shownRow) text(n int) string {
	if r.hidden {
		return cx.HiddenText(r.Row)
	}
	return strconv.Itoa(n)
}

// shownRows returns the rows of a week, the most counted first. Those that are hidden
// come last, as their place would tell what they count.
func shownRows(t cx.Tally, week cx.Week, h cx.Hidden) []shownRow {
	var rows []shownRow
	for i, r := range t.Rows {
		if r.Week == week {
			rows = append(rows, shownRow{r, h.Row(i)})
		}
	}
	slices.SortStableFunc(rows, func(a, b shownRow) int {
		switch {
		case a.hidden && b.hidden:
			return 0
		case a.hidden:
			return 1
		case b.hidden:
			return -1
		}
		return b.Count - a.Count
	})
	return rows
}

// shownTotal returns what writes a sum.
func shownTotal(hidden bool) func(int) string {
	if hidden {
		return func(int) string { return "hidden" }
	}
	return strconv.Itoa
}

// sayHidden says that a table hides something, and where it is not hidden.
func sayHidden(p place, t cx.Tally, h cx.Hidden) {
	if h.Any() {
		say(p.env.Stderr, "counts under %d are hidden, and others by which they could be found out: such a table tells of few people", cx.SmallCount)
		if len(t.By) > 2 {
			sayHint(p.env.Stderr, "count by two dimensions to see more: by three or more a week that has such a count hides all its rows")
		}
		sayHint(p.env.Stderr, "magicbutton export has all counts, for who may see them")
	}
}

// sayRaw says that an export hides nothing, where the same table would.
func sayRaw(p place, t cx.Tally, f export.Format) {
	h := t.Hide()
	switch {
	case !h.Any():
	case f == export.Markdown:
		sayHidden(p, t, h)
	default:
		say(p.env.Stderr, "this export is raw: it has counts under %d of single desks or sites, which tell of few people", cx.SmallCount)
		sayHint(p.env.Stderr, "magicbutton tally, and --format md, hide them: pass those around")
	}
}
