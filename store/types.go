// Package store is the event log of one desk, in one bbolt file: append,
// correct, read, tally, import, check. What it acknowledged is on the disk.
//
// A file has one writer at a time, which holds a lock file beside it, or any
// number of readers. All methods may be called from any goroutine.
package store

import (
	"time"

	"magicbutton/internal/cx"
)

// Options says how to open a database. The zero Options opens an existing one
// for writing.
type Options struct {
	// ReadOnly never creates and never changes the file.
	ReadOnly bool
	// Create makes the database, and its folder, where there is none.
	Create bool
	// Timeout is how long to wait for another process; 0 is 250 ms for reading
	// and 5 s for writing.
	Timeout time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// MachineIDFile names the file that tells machines apart; "" is
	// /etc/machine-id. Only a salted hash of it is stored. On another machine,
	// opening for writing starts a new origin. A machine without the file
	// cannot be told apart.
	MachineIDFile string
}

// New is an event to store.
type New struct {
	// At is the event's instant. Import reads it only where Event.ID is zero.
	At time.Time
	// Ref makes a retry harmless: a second New with the same Ref is not stored
	// again. It is remembered for the UTC day of recording and the day after.
	// "" is none; see [cx.CheckName] for its bounds. Import does not read it.
	Ref string
	// Tried is what an Append that ended with [ErrUnsure] returned for the same
	// event. Where it was stored after all, it is not stored again. Zero is none.
	Tried cx.Event
	// Event is what to store. Append makes ID and RecordedAt and ignores what
	// ID, RecordedAt, Rev and Voided say. Conversation names any event of the
	// conversation that the new one belongs to; zero, an unknown event, or one
	// that is not from the 24 hours before, begins a conversation of its own.
	Event cx.Event
}

// Appended says what became of a [New].
type Appended struct {
	// Event is the event as stored.
	Event cx.Event
	// Duplicate says that it was stored before, by its Ref or as its Tried says;
	// Event is that event.
	Duplicate bool
	// Took is how long the transaction took until it was on the disk.
	Took time.Duration
}

// LiveQuery narrows [Store.LastLive].
type LiveQuery struct {
	// Since is the earliest RecordedAt; zero is no bound.
	Since time.Time
	// Device is the device that must have sent the event; "" is any.
	Device string
}

// Refusal counts the refused presses of one key on one UTC day.
type Refusal struct {
	// Day is the start of the day, in UTC.
	Day time.Time
	// Origin is the one that signed events when the presses were refused.
	Origin      cx.Origin
	Device, Key string
	// Count is 1 or more.
	Count int
}

// Info describes a database.
type Info struct {
	Path string
	// Format is the version of the file's layout, 1 or more.
	Format int
	// SizeBytes is the length of the file.
	SizeBytes int64
	// CreatedAt is when the database was made, in UTC.
	CreatedAt time.Time
	// Origin is the origin that new events are signed with.
	Origin cx.Origin
	// LastSeq is the last sequence number that Origin gave out, 0 for none.
	LastSeq uint64
	// First and Last are the instants of the first and the last event, voided
	// ones too; zero where there is none.
	First, Last time.Time
	// Origins are all origins with events in the file, and Origin.
	Origins []OriginInfo
}

// OriginInfo describes one origin.
type OriginInfo struct {
	Origin cx.Origin
	// LastSeq is the highest sequence number seen, 0 for none.
	LastSeq uint64
	// CreatedAt is when the file first knew the origin, in UTC.
	CreatedAt time.Time
}

// ImportBatch is a part of a file to import.
type ImportBatch struct {
	// File is the SHA-256 of the whole file.
	File [32]byte
	// First is the number of the first of Rows in the file, from 0.
	First int
	// Rows are the events. A row with Event.ID keeps its ID, RecordedAt, Rev,
	// Voided and Conversation; a zero RecordedAt is the event's instant. A row
	// without gets an id of this database, from At, is recorded now, and has the
	// source import where it names none.
	Rows []New
	// Done says that the file ends with this batch.
	Done bool
	// Again, with the first batch, starts over with a file that was imported to
	// its end before. One that was not goes on where it stopped.
	Again bool
}

// ImportResult counts what became of the rows of a batch.
type ImportResult struct {
	// Added rows are new events, Replaced ones are higher revisions of known
	// events, Unchanged ones were there already, and Skipped ones were stored
	// by an earlier run of the same file. Gone ones were erased or purged here
	// and are left out.
	Added, Replaced, Unchanged, Skipped, Gone int
}

// ImportState says how far the import of a file came.
type ImportState struct {
	// Rows is how many rows are stored, 0 for a file that was never seen.
	Rows int
	// Done says that the file was imported to its end.
	Done bool
}

// CheckReport is what [Store.Check] found.
type CheckReport struct {
	// Events is how many there are, Voided how many of them were taken back.
	Events, Voided int
	// Notes and Revisions are how many notes and former states are kept.
	Notes, Revisions int
	// Missing is how many sequence numbers below the last have no event.
	Missing uint64
	// Damage has a line for each fault, and Remarks one for each thing worth
	// knowing that is none: a hole in a sequence, a conversation whose first
	// event is elsewhere.
	Damage, Remarks []string
}

// OK reports whether there is no damage.
func (r CheckReport) OK() bool { return len(r.Damage) == 0 }
