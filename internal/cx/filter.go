package cx

import (
	"errors"
	"slices"
)

// Filter narrows a [Query] or an [EventQuery] to some events. An empty list lets
// all through.
type Filter struct {
	// Tags are codes. An event passes with its own tag, and with the one that it
	// counts as where that was merged into another.
	Tags     []string
	Stages   []Stage
	Channels []Channel
	// Desks and Sites are names as the events have them.
	Desks, Sites []string
}

// Series is what an event says of its conversation.
type Series struct {
	Tag     string
	Stage   Stage
	Channel Channel
}

// Place is where an event was made, by the names of the time. "" is none.
type Place struct{ Desk, Site string }

// Filtered reports whether the filter holds anything back.
func (f Filter) Filtered() bool {
	return len(f.Tags)+len(f.Stages)+len(f.Channels) > 0 || f.filtersPlaces()
}

func (f Filter) filtersPlaces() bool { return len(f.Desks)+len(f.Sites) > 0 }

// Passes reports whether an event passes.
func (f Filter) Passes(c Catalogue, e Event) bool {
	return f.PassesSeries(c, Series{e.Tag, e.Stage, e.Channel}) && f.PassesPlace(Place{e.Desk, e.Site})
}

// PassesSeries reports whether events of a series pass, wherever they were made.
func (f Filter) PassesSeries(c Catalogue, s Series) bool {
	tag := len(f.Tags) == 0 || slices.Contains(f.Tags, s.Tag) || slices.Contains(f.Tags, c.Counted(s.Tag).Code)
	return tag && passes(f.Stages, s.Stage) && passes(f.Channels, s.Channel)
}

// PassesPlace reports whether events of a place pass, whatever their series.
func (f Filter) PassesPlace(p Place) bool { return passes(f.Desks, p.Desk) && passes(f.Sites, p.Site) }

func passes[T comparable](only []T, v T) bool { return len(only) == 0 || slices.Contains(only, v) }

// Check returns every reason why the filter asks for what cannot be: tags that are
// neither in the catalogue nor in any of the series, stages and channels that do
// not exist, desks and sites that are none of the places.
func (f Filter) Check(c Catalogue, series []Series, places []Place) error {
	var tags, desks, sites []string
	for _, s := range series {
		tags = append(tags, s.Tag)
	}
	for _, p := range places {
		desks, sites = append(desks, p.Desk), append(sites, p.Site)
	}
	var errs []error
	known := func(what string, asked, names []string) {
		for _, v := range asked {
			if !slices.Contains(names, v) {
				errs = append(errs, unknown("unknown "+what, v, names))
			}
		}
	}
	known("tag", f.Tags, slices.Concat(c.Codes(), tags))
	for _, v := range f.Stages {
		_, err := ParseStage(string(v))
		errs = append(errs, err)
	}
	for _, v := range f.Channels {
		_, err := ParseChannel(string(v))
		errs = append(errs, err)
	}
	known("desk", f.Desks, desks)
	known("site", f.Sites, sites)
	return errors.Join(errs...)
}

// splitsConversation reports whether one event of a conversation may pass and
// another not.
func (f Filter) splitsConversation() bool { return len(f.Tags)+len(f.Stages) > 0 }
