// Package report makes the week's report: what changed, and whether it is real. Its
// statistics are those of package stats; the words are here. It does no output.
package report

import (
	"context"
	"iter"
	"time"

	"magicbutton/internal/cx"
)

// Reader is what a report is made from: a store's desk, or the agent's client.
type Reader interface {
	Tally(ctx context.Context, q cx.Query) (cx.Tally, error)
	Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error]
	Catalogue(ctx context.Context) (cx.Catalogue, error)
}

// Options says which report to make. The zero Options is that of the last complete
// week, of everything, in UTC, as seen from 1970: Now is to be set.
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
	// MinChange is the least change that a verdict speaks of; 0 is 0.15.
	MinChange float64
	// Brief leaves out what the terminal does not show, and with it all that the
	// week's events must be read for: Stages to Clock, Actions, Score, Health and
	// the notes.
	Brief bool
}

// Build makes a report.
func Build(ctx context.Context, r Reader, o Options) (Week, error) {
	return Week{}, ctx.Err()
}
