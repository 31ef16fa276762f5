package cx

import "slices"

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

// splitsConversation reports whether one event of a conversation may pass and
// another not.
func (f Filter) splitsConversation() bool { return len(f.Tags)+len(f.Stages) > 0 }
