package page

import (
	"context"
	"iter"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// UndoWindow is how long after it was recorded an event stays on the page, to be
// corrected or taken back there.
const UndoWindow = 10 * time.Minute

// Desk is what the page needs of the agent. Its errors are those of the local API,
// [api.Error] where a person can act on them. Its methods may be called at once.
type Desk interface {
	// Config returns the configuration in force.
	Config() *config.Config
	// Tap logs a tag of the page's pad, by the rules for a key: the repeat guard, the
	// conversation, waiting while the disk takes nothing. A ref that is known stores
	// nothing. An error is for a request that is wrong, and then nothing was done.
	Tap(ctx context.Context, t Tap) (Tapped, error)
	// Amend and Void correct an event and return it as it then is.
	Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error)
	Void(ctx context.Context, id cx.ID) (cx.Event, error)
	// Event returns an event as it stands.
	Event(ctx context.Context, id cx.ID) (cx.Event, error)
	// History returns what an event was before, the oldest state first.
	History(ctx context.Context, id cx.ID) ([]cx.Event, error)
	Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error]
	Tally(ctx context.Context, q cx.Query) (cx.Tally, error)
	// Watch yields what happens from the call of ready on, in the order in which it
	// happened, until ctx ends. It calls ready once, before it yields anything. One who
	// falls too far behind gets an error, and watches again.
	Watch(ctx context.Context, ready func()) iter.Seq2[Moment, error]
	// Trouble says what keeps the database from taking events, nil for nothing.
	Trouble() *api.Trouble
	// Waiting is how many presses wait in memory for the disk.
	Waiting() int
	// Said returns what was done about what customers said, the newest first.
	Said(ctx context.Context) ([]Said, error)
}

// Tap asks to log one tag of the pad. Tag and Ref are required.
type Tap struct {
	Tag string `json:"tag"`
	// Ref is the page's own name for the tap, at most 80 characters: one that is sent
	// again with the same ref is counted once.
	Ref string `json:"ref"`
	// At is when it was made, where it could not be sent at once; nil is now.
	At *time.Time `json:"at,omitempty"`
	// Stage defaults to the tag's, Channel to the desk's.
	Stage   string `json:"stage,omitempty"`
	Channel string `json:"channel,omitempty"`
	Tried   string `json:"tried,omitempty"`
	Forced  bool   `json:"forced,omitempty"`
	Note    string `json:"note,omitempty"`
}

// Result is what became of a tap.
type Result string

// The results.
const (
	Stored   Result = "stored"    // the event is on the disk
	Refused  Result = "refused"   // too soon after the same tag: already counted
	Waiting  Result = "waiting"   // the database did not take it: it waits in memory
	NotSaved Result = "not_saved" // it is lost, and the rep must know
	// TakenBack: somebody took it back before it was on the disk, where it will never be.
	TakenBack Result = "taken_back"
)

// Tapped is the answer to a [Tap].
type Tapped struct {
	Result Result
	// Event is for Stored. For Waiting it is as it will be stored, without an id; for
	// Refused the one that was counted already, where it is stored and known.
	Event cx.Event
	// Duplicate says that the ref was known: Event is the one logged before.
	Duplicate bool
	// Scrubbed is how many card numbers and codes were taken out of the note.
	Scrubbed int
	// Reason is why it is not saved, "" where it is.
	Reason string
}

// What says what a [Moment] tells.
type What string

// What there is to tell.
const (
	WhatStored   What = "stored"    // an event is on the disk
	WhatChanged  What = "changed"   // an event was amended or taken back
	WhatLate     What = "late"      // an event that was told before had to wait
	WhatRefused  What = "refused"   // a press came too soon: already counted
	WhatWaiting  What = "waiting"   // a press was not saved and waits in memory
	WhatNotSaved What = "not_saved" // a press was not saved and is lost
	// WhatTrouble: Trouble or Waiting answers otherwise than before.
	WhatTrouble What = "trouble"
	// WhatAnew: what was told before may no longer be so, and the page reads all of it
	// again. The configuration was read anew, or events were erased or merged.
	WhatAnew What = "anew"
)

// Moment is one thing that happened on the desk.
type Moment struct {
	What What
	// Event is for WhatStored, WhatChanged and WhatLate. An event that changed with another one,
	// as the rest of a conversation whose first event was taken back, needs no moment
	// of its own: the page reads it again.
	Event cx.Event
	// Tag, Source and Ref are for what has no event: Ref is a tap's, "" for none.
	Tag    string
	Source cx.Source
	Ref    string
	// Late says of WhatStored that the press had to wait. Where that is found out after
	// the event was told, WhatLate says so.
	Late bool
	// Reason is why a press was not saved.
	Reason string
}

// Said is one line of "You said, we did", in plain words.
type Said struct {
	Tag     string `json:"tag"`
	Label   string `json:"label"`
	What    string `json:"what"`
	Owner   string `json:"owner"`
	Since   string `json:"since"`   // a date
	Outcome string `json:"outcome"` // "" where nobody can tell yet
}
