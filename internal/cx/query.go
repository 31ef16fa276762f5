package cx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Dimension is something that a tally can be counted by, beside the week, which
// it is always counted by.
type Dimension string

// The dimensions.
const (
	ByTag     Dimension = "tag"
	ByStage   Dimension = "stage"
	ByChannel Dimension = "channel"
	ByDomain  Dimension = "domain"
	ByDriver  Dimension = "driver"
	ByKind    Dimension = "kind"
	ByDesk    Dimension = "desk"
	BySite    Dimension = "site"
	ByDay     Dimension = "day"     // 2026-11-16
	ByWeekday Dimension = "weekday" // mon to sun
	ByHour    Dimension = "hour"    // 00 to 23, by the zone's clocks
)

var dimensions = []Dimension{ByTag, ByStage, ByChannel, ByDomain, ByDriver, ByKind, ByDesk, BySite, ByDay, ByWeekday, ByHour}

// Dimensions returns the dimensions.
func Dimensions() []Dimension { return slices.Clone(dimensions) }

// ParseDimensions reads a list such as "tag,stage"; "" is no dimension at all.
func ParseDimensions(s string) ([]Dimension, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var out []Dimension
	var errs []error
	for part := range strings.SplitSeq(s, ",") {
		d, err := parseWord("dimension", strings.TrimSpace(part), dimensions)
		switch {
		case err != nil:
			errs = append(errs, err)
		case d == "":
			errs = append(errs, errors.New("empty dimension between two commas"))
		case slices.Contains(out, d):
			errs = append(errs, fmt.Errorf("dimension %q is given twice", d))
		default:
			out = append(out, d)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// splitsConversation reports whether two events of one conversation may differ
// in the dimension, so that its conversations would not add up.
func (d Dimension) splitsConversation() bool {
	switch d {
	case ByTag, ByStage, ByDomain, ByDriver, ByKind:
		return true
	}
	return false
}

// Query asks for a tally.
type Query struct {
	// From and To bound the instants, half-open. A zero From or To is no bound.
	From, To time.Time
	// Zone is where weeks, days and hours are those of the clock; nil is UTC.
	Zone *time.Location
	// By lists the dimensions beside the week; none is one row a week.
	By []Dimension
	Filter
}

// Contains reports whether an instant is in the query's period.
func (q Query) Contains(at time.Time) bool {
	return (q.From.IsZero() || !at.Before(q.From)) && (q.To.IsZero() || at.Before(q.To))
}

// CountsConversations reports whether the tally has a count of conversations
// beside the count of events: not where a dimension or the filter splits one.
func (q Query) CountsConversations() bool {
	return !q.splitsConversation() && !slices.ContainsFunc(q.By, Dimension.splitsConversation)
}

// EventQuery asks for events, in the order of their ids.
type EventQuery struct {
	// From and To bound the instants, half-open. A zero From or To is no bound.
	From, To time.Time
	// Voided includes events that were taken back.
	Voided bool
	// Newest turns the order round, so that Limit keeps the newest.
	Newest bool
	// Limit is the most events to return; 0 is all.
	Limit int
	Filter
}
