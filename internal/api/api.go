// Package api is the local API between the agent and everything else on the
// same machine: the wire types, and the client. HTTP and JSON over the socket of
// [magicbutton/internal/localsock]; docs/api.md describes it for other programs.
package api

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"magicbutton/internal/cx"
)

// The paths of the API, version 1. A path never changes its meaning.
const (
	PathEvents    = "/v1/events" // POST: log one; GET: a stream of events
	PathVoid      = "/v1/events/{id}/void"
	PathEvent     = "/v1/events/{id}" // GET: an id, or the number that its desk shows; PATCH: amend
	PathHistory   = "/v1/events/{id}/history"
	PathExport    = "/v1/export" // GET: a file of events
	PathUndo      = "/v1/undo"
	PathTally     = "/v1/tally"
	PathCatalogue = "/v1/catalogue"
	PathImport    = "/v1/import"
	PathCheck     = "/v1/check"
	PathStatus    = "/v1/status"
	PathReload    = "/v1/reload"
	PathLearn     = "/v1/learn"
)

// MaxBodyBytes bounds the body of a request. An import batch is the largest, see
// [MaxBatchBytes].
const MaxBodyBytes = 16 << 20

// NewEvent asks to log one event. Only Tag is required.
type NewEvent struct {
	Tag string `json:"tag"`
	// At is the event's instant, within the years 2000 to 2100; nil is now.
	At *time.Time `json:"at,omitempty"`
	// Stage defaults to the tag's, Channel to the desk's.
	Stage   string `json:"stage,omitempty"`
	Channel string `json:"channel,omitempty"`
	Tried   string `json:"tried,omitempty"`
	Forced  bool   `json:"forced,omitempty"`
	Note    string `json:"note,omitempty"`
	// Ref is the caller's own name for the event, unique for a day: a request
	// that is sent again with the same ref is counted once. "" is none.
	Ref string `json:"ref,omitempty"`
	// Source is cli, page or api; "" is api.
	Source string `json:"source,omitempty"`
}

// Check says which texts are not valid UTF-8, which JSON cannot carry. What else
// may be wrong with a request the agent says.
func (n NewEvent) Check() error {
	var errs []error
	for _, f := range []struct{ name, text string }{
		{"tag", n.Tag},
		{"stage", n.Stage},
		{"channel", n.Channel},
		{"tried", n.Tried},
		{"note", n.Note},
		{"ref", n.Ref},
		{"source", n.Source},
	} {
		if !utf8.ValidString(f.text) {
			errs = append(errs, fmt.Errorf("%s is not valid UTF-8", f.name))
		}
	}
	return Bad(errors.Join(errs...))
}

// Logged says what became of a [NewEvent]. When it arrives, the event is on the
// disk.
type Logged struct {
	Event Event `json:"event"`
	// Duplicate says that the ref was known: Event is the one logged before.
	Duplicate bool `json:"duplicate,omitempty"`
	// Scrubbed is how many card numbers and codes were taken out of the note.
	Scrubbed int `json:"scrubbed,omitempty"`
	// FlushMicros is how long storing took, in microseconds.
	FlushMicros int64 `json:"flush_us"`
}

// Undo asks to take back this desk's last live event.
type Undo struct {
	// Device takes back only what this device sent; "" is any live source.
	Device string `json:"device,omitempty"`
}

// CheckReport says what a check of the database found.
type CheckReport struct {
	Events int `json:"events"`
	// Damage lists what is wrong; none is a sound database.
	Damage []string `json:"damage,omitempty"`
	// Notes lists what is worth knowing and no damage.
	Notes []string `json:"notes,omitempty"`
}

// Status says how the agent is doing.
type Status struct {
	Version string    `json:"version"`
	PID     int       `json:"pid"`
	DB      string    `json:"db"`
	Demo    bool      `json:"demo,omitempty"` // the database is made up
	Config  string    `json:"config,omitempty"`
	Desk    string    `json:"desk"`
	Site    string    `json:"site,omitempty"`
	Origin  string    `json:"origin"`
	Started time.Time `json:"started"`
	// Stored, Refused and NotSaved count presses since the agent started;
	// Dropped counts those that came faster than they could be taken.
	Stored   uint64 `json:"stored"`
	Refused  uint64 `json:"refused"`
	NotSaved uint64 `json:"not_saved"`
	Dropped  uint64 `json:"dropped"`
	// Those not saved at once were saved late, are lost as too many waited, or wait in
	// memory; some were never to be saved, as their tag had gone.
	SavedLate uint64 `json:"saved_late"`
	Lost      uint64 `json:"lost"`
	Waiting   int    `json:"waiting"`
	// Trouble is nil while events can be stored.
	Trouble *Trouble `json:"trouble,omitempty"`
	// Clock says why the clock is doubted, "" where it is not: what is logged now is
	// kept out of tallies until somebody has looked at it.
	Clock string `json:"clock,omitempty"`
	// CutShort counts keys that an unplug, a stop or a new configuration let go before
	// it was known whether it was a tap, a hold or a double.
	CutShort uint64   `json:"cut_short"`
	Devices  []Device `json:"devices"`
	// Share is nil where the configuration names no shared folder.
	Share *Share `json:"share,omitempty"`
	// Page is nil where the configuration wants no page.
	Page *Page `json:"page,omitempty"`
}

// Tally is a [cx.Tally] on the wire.
type Tally struct {
	By               []cx.Dimension `json:"by"`
	HasConversations bool           `json:"has_conversations"`
	Rows             []TallyRow     `json:"rows"`
}

// TallyRow is one row of a [Tally].
type TallyRow struct {
	Week          cx.Week  `json:"week"`
	Values        []string `json:"values"`
	Count         int      `json:"count"`
	Conversations int      `json:"conversations"`
}

// FromTally puts a tally on the wire.
func FromTally(t cx.Tally) Tally {
	out := Tally{By: t.By, HasConversations: t.HasConversations, Rows: make([]TallyRow, len(t.Rows))}
	for i, r := range t.Rows {
		out.Rows[i] = TallyRow(r)
	}
	return out
}

// Tally takes a tally off the wire.
func (t Tally) Tally() cx.Tally {
	out := cx.Tally{By: t.By, HasConversations: t.HasConversations}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, cx.Row(r))
	}
	return out
}

// Line is one line of a streamed answer. A stream that ends without a line with
// End was cut off.
type Line struct {
	Event    *Event       `json:"event,omitempty"`
	Progress *Progress    `json:"progress,omitempty"`
	Check    *CheckReport `json:"check,omitempty"`
	Sight    *Sight       `json:"sight,omitempty"`
	Error    *Error       `json:"error,omitempty"`
	End      bool         `json:"end,omitempty"`
}

// Progress says how far long work has got.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}
