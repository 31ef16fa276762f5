package api

import (
	"context"
	"net/http"
	"time"

	"magicbutton/internal/cx"
)

// PathMaintain is for POST: care for the database file, with progress.
const PathMaintain = "/v1/maintain"

// Maintain asks for one work at the database file: exactly one field is given.
type Maintain struct {
	Backup  *BackupOrder `json:"backup,omitempty"`
	Compact bool         `json:"compact,omitempty"`
	Purge   *PurgeOrder  `json:"purge,omitempty"`
	Find    *Match       `json:"find,omitempty"`
	Erase   []string     `json:"erase,omitempty"` // ids
	// EraseActions takes the words out of actions; ids.
	EraseActions []string `json:"erase_actions,omitempty"`
}

// BackupOrder says where a backup goes.
type BackupOrder struct {
	// Path is absolute.
	Path string `json:"path"`
	// Over lets it take the place of a file.
	Over bool `json:"over,omitempty"`
}

// PurgeOrder says what to drop, by UTC days: an instant stands for the start of
// its day. A nil one drops nothing of its kind.
type PurgeOrder struct {
	NotesBefore  *time.Time `json:"notes_before,omitempty"`
	EventsBefore *time.Time `json:"events_before,omitempty"`
	// Retention drops what the configuration does not keep instead.
	Retention bool `json:"retention,omitempty"`
}

// Match says which events to find: all that is given must be so, and something
// must be.
type Match struct {
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
	// Text is in a note, in capitals or not, and Pattern, a regular expression,
	// matches one; former notes count.
	Text    string `json:"text,omitempty"`
	Pattern string `json:"pattern,omitempty"`
	Tag     string `json:"tag,omitempty"`
	Desk    string `json:"desk,omitempty"`
	Device  string `json:"device,omitempty"`
}

// Backup says what was backed up.
type Backup struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	Events int    `json:"events"`
}

// Compacted says what became of the database file.
type Compacted struct {
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"`
	Events      int   `json:"events"`
}

// Purged says what was dropped.
type Purged struct {
	// Notes, Events and Days count notes, events, and the days that they were of.
	Notes  int `json:"notes"`
	Events int `json:"events"`
	Days   int `json:"days"`
	// Compacted is nil where there was nothing to drop.
	Compacted *Compacted `json:"compacted,omitempty"`
}

// Erased says what was erased, and whether it is gone.
type Erased struct {
	// IDs are the events that were erased, Before those that had been before.
	IDs    []string `json:"ids"`
	Before []string `json:"erased_before,omitempty"`
	// Notes counts their notes, former ones too, States their former states, and
	// Names the devices and keys that nothing else names.
	Notes  int `json:"notes"`
	States int `json:"former_states"`
	Names  int `json:"names"`
	// Actions are those whose words were erased, ActionsBefore those of which they had
	// been before.
	Actions       []string `json:"actions,omitempty"`
	ActionsBefore []string `json:"actions_erased_before,omitempty"`
	// Compacted is nil where there was nothing to erase.
	Compacted *Compacted `json:"file,omitempty"`
	Search    *Search    `json:"search,omitempty"`
}

// Search says that the database file was searched for what had been erased.
type Search struct {
	// Fault says what is still there, or why it could not be searched; empty where
	// all is gone. What was to be erased is, either way.
	Fault string `json:"fault,omitempty"`

	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Needles is how many texts and numbers were looked for.
	Needles int `json:"looked_for"`
	// Elsewhere counts the words among them that stand in other notes, or names,
	// that were not erased.
	Elsewhere int `json:"words_elsewhere"`
}

// MaintainLine is one line of the answer. The last one has Error or End.
type MaintainLine struct {
	Progress  *Progress  `json:"progress,omitempty"`
	Event     *Event     `json:"event,omitempty"`
	Backup    *Backup    `json:"backup,omitempty"`
	Compacted *Compacted `json:"compacted,omitempty"`
	Purged    *Purged    `json:"purged,omitempty"`
	Erased    *Erased    `json:"erased,omitempty"`
	Error     *Error     `json:"error,omitempty"`
	End       bool       `json:"end,omitempty"`
}

// Backup copies the database to a file, which the agent writes.
func (c *Client) Backup(ctx context.Context, o BackupOrder, progress func(done, total int)) (out Backup, err error) {
	err = c.maintain(ctx, Maintain{Backup: &o}, progress, func(l MaintainLine) error { return take(&out, l.Backup) })
	return out, err
}

// Compact writes the database anew.
func (c *Client) Compact(ctx context.Context, progress func(done, total int)) (out Compacted, err error) {
	err = c.maintain(ctx, Maintain{Compact: true}, progress, func(l MaintainLine) error { return take(&out, l.Compacted) })
	return out, err
}

// Purge drops old notes and events.
func (c *Client) Purge(ctx context.Context, o PurgeOrder, progress func(done, total int)) (out Purged, err error) {
	err = c.maintain(ctx, Maintain{Purge: &o}, progress, func(l MaintainLine) error { return take(&out, l.Purged) })
	return out, err
}

// Erase removes events from the file.
func (c *Client) Erase(ctx context.Context, ids []cx.ID, progress func(done, total int)) (out Erased, err error) {
	order := Maintain{Erase: make([]string, len(ids))}
	for i, id := range ids {
		order.Erase[i] = id.String()
	}
	err = c.maintain(ctx, order, progress, func(l MaintainLine) error { return take(&out, l.Erased) })
	return out, err
}

// Find returns the events that match, in the order of their ids.
func (c *Client) Find(ctx context.Context, m Match) (found []cx.Event, err error) {
	err = c.maintain(ctx, Maintain{Find: &m}, nil, func(l MaintainLine) error {
		if l.Event == nil {
			return nil
		}
		e, err := l.Event.Event()
		found = append(found, e)
		return err
	})
	return found, err
}

// take keeps a result, if it came with the line.
func take[T any](to, from *T) error {
	if from != nil {
		*to = *from
	}
	return nil
}

// maintain makes one request and hands over its lines.
func (c *Client) maintain(ctx context.Context, order Maintain, progress func(done, total int), line func(MaintainLine) error) error {
	resp, err := c.do(ctx, http.MethodPost, PathMaintain, order)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return eachLine(ctx, resp.Body, func(l MaintainLine) (more bool, err error) {
		if l.Error != nil {
			return false, l.Error
		}
		if l.Progress != nil && progress != nil {
			progress(l.Progress.Done, l.Progress.Total)
		}
		return !l.End, line(l)
	})
}
