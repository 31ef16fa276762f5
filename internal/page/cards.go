package page

import (
	"maps"
	"slices"
	"time"

	"magicbutton/internal/cx"
)

const (
	// maxCards is how many conversations are kept for the pages: more than a rep can
	// have had in ten minutes.
	maxCards = 100
	// maxHeld bounds the events in them, those taken back included.
	maxHeld = 10 * maxCards
)

// held is an event as the pages know it.
type held struct {
	cx.Event
	late bool // it waited for the disk
}

// lateAfter is how much later than it was made an event of a live source is stored for
// a page to say so, where nobody tells any more that it waited.
const lateAfter = 10 * time.Second

func wasLate(e cx.Event) bool {
	return e.Source.Live() && e.Clock == cx.ClockOK && e.RecordedAt.Sub(e.At()) > lateAfter
}

// until is when an event can no longer be taken back on the page.
func (h held) until() time.Time { return h.RecordedAt.Add(UndoWindow) }

// untilOf is the same for a conversation: that of its event that was stored last.
func untilOf(events []held) (until time.Time) {
	for _, h := range events {
		if u := h.until(); u.After(until) {
			until = u
		}
	}
	return until
}

// cards are the conversations of the last ten minutes.
type cards struct {
	events map[cx.ID]held // those taken back, too: news of them may come out of order
}

// put takes in an event as it now stands, and returns the conversations that it
// changed. What is older than what is known changes nothing.
func (c *cards) put(h held) (touched []cx.ID) {
	old, known := c.events[h.ID]
	switch {
	case h.Source == cx.SourceImport:
		return nil // an import may be a year of events
	case known && old.Rev >= h.Rev:
		if old.late || !h.late {
			return nil
		}
		h.Event = old.Event // of what is older it is only news that it was late
	}
	if c.events == nil {
		c.events = make(map[cx.ID]held)
	}
	h.late = h.late || old.late
	c.events[h.ID] = h
	if known && old.Conversation != h.Conversation {
		touched = append(touched, old.Conversation)
	}
	return append(touched, h.Conversation)
}

// drop forgets an event that is no more in the database.
func (c *cards) drop(id cx.ID) (touched []cx.ID) {
	old, known := c.events[id]
	if !known {
		return nil
	}
	delete(c.events, id)
	return []cx.ID{old.Conversation}
}

// kin returns the events that may have changed together with one: those that it led,
// and the first of the conversation that it joined.
func (c *cards) kin(e cx.Event) (ids []cx.ID) {
	for id, h := range c.events {
		if id != e.ID && h.Conversation == e.ID {
			ids = append(ids, id)
		}
	}
	if _, known := c.events[e.Conversation]; !known && e.Conversation != e.ID {
		ids = append(ids, e.Conversation)
	}
	return ids
}

// of returns the live events of a conversation, in their order.
func (c *cards) of(conversation cx.ID) (live []held) {
	for _, h := range c.events {
		if h.Conversation == conversation && !h.Voided {
			live = append(live, h)
		}
	}
	sortHeld(live)
	return live
}

func sortHeld(list []held) {
	slices.SortFunc(list, func(a, b held) int { return slices.Compare(a.ID[:], b.ID[:]) })
}

// newest returns the conversations, the newest first, and forgets what is too old or
// too much.
func (c *cards) newest(now time.Time) [][]held {
	groups := make(map[cx.ID][]held)
	for _, h := range c.events {
		groups[h.Conversation] = append(groups[h.Conversation], h)
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b cx.ID) int { return slices.Compare(b[:], a[:]) })
	clear(c.events)
	var out [][]held
	for _, id := range order {
		if !now.Before(untilOf(groups[id])) || len(out) >= maxCards || len(c.events)+len(groups[id]) > maxHeld {
			continue
		}
		live := make([]held, 0, len(groups[id]))
		for _, h := range groups[id] {
			c.events[h.ID] = h
			if !h.Voided {
				live = append(live, h)
			}
		}
		if len(live) > 0 {
			sortHeld(live)
			out = append(out, live)
		}
	}
	return out
}
