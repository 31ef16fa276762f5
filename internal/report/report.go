// Package report makes the week's report: what changed, and whether it is real. Its
// statistics are those of package stats; the words are here. It does no output.
package report

import (
	"context"
	"fmt"
	"iter"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// Reader is what a report is made from: the desk of a store, or the agent's client.
type Reader interface {
	Tally(ctx context.Context, q cx.Query) (cx.Tally, error)
	Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error]
	Catalogue(ctx context.Context) (cx.Catalogue, error)
	Contacts(ctx context.Context) ([]cx.Contacts, error)
	Actions(ctx context.Context) ([]cx.Action, error)
	// Refused returns how many presses were refused on the UTC days that begin in a
	// period, half-open.
	Refused(ctx context.Context, from, to time.Time) (int, error)
	// Frozen returns what a closed week was written as, the oldest first.
	Frozen(ctx context.Context, week cx.Week) ([]cx.Frozen, error)
}

// Options says which report to make. Now must be set; the rest may be zero.
type Options struct {
	// Week is the week to report; zero is the last complete one.
	Week cx.Week
	// Zone is whose weeks and days; nil is UTC.
	Zone *time.Location
	// Now tells a week that is over from one that is not.
	Now time.Time
	cx.Filter
	// Version is the program's, for the header.
	Version string
	// CostPerHour is what an hour of conversations costs, in Currency; 0 is unknown.
	CostPerHour float64
	Currency    string
	// MinChange is the least change that a verdict speaks of; 0 is [stats.DefaultMinChange].
	MinChange float64
	// Brief leaves out what the terminal does not show, so that no event is read and half as
	// much is computed: Stages to Health, the notes, charts, intervals of changes, and
	// changes of shares where all tags together did not move.
	Brief bool
}

func (o Options) withDefaults() Options {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Week == (cx.Week{}) {
		o.Week = cx.WeekOf(o.Now, o.Zone).Add(-1)
	}
	if o.MinChange == 0 {
		o.MinChange = stats.DefaultMinChange
	}
	return o
}

// Build makes a report. A week that is not over, or has not begun, is compared with
// nothing.
func Build(ctx context.Context, r Reader, o Options) (Week, error) {
	b := builder{reader: r, Options: o.withDefaults(), whole: true}
	b.week.Header = b.header()
	for _, step := range []func(context.Context) error{
		b.readCatalogue, b.readActions, b.readHistory, b.readContacts, b.judge, b.readClock, b.readDetails, b.readFrozen,
	} {
		if err := step(ctx); err != nil {
			return Week{}, fmt.Errorf("reporting week %s: %w", b.Week, err)
		}
	}
	b.week.Summary = b.summary()
	b.week.Method, b.week.Limits = b.method(), b.limits()
	return b.week, nil
}

// builder is a report that is being made.
type builder struct {
	Options
	reader    Reader
	from      cx.Week // the first week of interest, where that is further back; else zero
	whole     bool    // tags are judged beside those that are not asked for
	catalogue cx.Catalogue
	actions   []cx.Action // nil where Brief
	history   history
	told      map[cx.Week][]cx.Contacts // contacts, as somebody set them
	// noRate and contactsNote are as in Total.
	noRate, contactsNote string
	toldContacts         *int // as ContactsTold in Total
	// together is how all tags moved that way everywhere, "" where they did not;
	// overTogether says that they did in the weeks before, and no more.
	together     Code
	overTogether bool
	week         Week
}

func (b *builder) header() Header {
	from, to := b.Week.Span(b.Zone)
	h := Header{
		Week: b.Week, First: b.Week.Monday(), Last: b.Week.Monday().Add(6), Zone: b.Zone.String(), State: Complete,
		Sites: b.Sites, Filter: filterWords(b.Filter),
		Version: b.Version, MadeAt: b.Now.UTC().Truncate(time.Second), MinChange: b.MinChange,
	}
	if b.CostPerHour > 0 {
		h.Currency = b.Currency
	}
	switch {
	case b.Now.Before(from):
		h.State = NotYet
	case b.Now.Before(to):
		h.State = SoFar
	}
	return h
}

func (b *builder) readCatalogue(ctx context.Context) (err error) {
	b.catalogue, err = b.reader.Catalogue(ctx)
	return err
}

// complete reports whether the week is over, so that it may be compared.
func (b *builder) complete() bool { return b.week.Header.State == Complete }

// query is the week's, by some dimensions.
func (b *builder) query(by ...cx.Dimension) cx.Query {
	return b.span(b.Week, b.Week, b.Filter, by...)
}

// span is the query of some weeks, the last one included.
func (b *builder) span(first, last cx.Week, f cx.Filter, by ...cx.Dimension) cx.Query {
	from, _ := first.Span(b.Zone)
	_, to := last.Span(b.Zone)
	return cx.Query{From: from, To: to, Zone: b.Zone, By: by, Filter: f}
}
