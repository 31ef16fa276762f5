package cx

import (
	"errors"
	"fmt"
	"time"
)

// Event is one tag on one conversation.
type Event struct {
	// ID names the event; its instant is the event's instant.
	ID ID
	// RecordedAt is when the event was stored, in UTC to the millisecond. It
	// differs from the instant for imports and for presses that had to wait.
	RecordedAt time.Time
	// Desk and Site are the names in force when the event was made. "" is none.
	Desk, Site string
	// Tag is the tag's code, never "".
	Tag string
	// Stage and Channel are "" where nobody said.
	Stage   Stage
	Channel Channel
	// Tried is the channel that the customer had tried before, "" for none;
	// Forced says that they had to switch, and means nothing without Tried.
	Tried  Channel
	Forced bool
	// Conversation is the id of the first live event of the same conversation:
	// the event's own id for a conversation with one tag. So the conversations
	// of any period are the live events in it with Conversation == ID.
	Conversation ID
	// Note is the customer's own words, scrubbed. "" is none.
	Note string
	// Source says by which way the event came in.
	Source Source
	// Device and Key say what was pressed; "" where nothing was.
	Device, Key string
	// Clock is ClockSuspect when the desk's clock could not be trusted. Such an
	// event is kept out of tallies until somebody looked at it.
	Clock Clock
	// Rev counts the corrections: 0 as first stored, one more with each void or
	// amendment.
	Rev uint32
	// Voided says that the event was taken back. It no longer counts.
	Voided bool
}

// At returns the event's instant: the first key-down, in UTC.
func (e Event) At() time.Time { return e.ID.At() }

// Counts reports whether the event belongs in tallies.
func (e Event) Counts() bool { return !e.Voided && e.Clock == ClockOK }

// Conversations returns 1 for the event that stands for its conversation, the
// first live one, else 0.
func (e Event) Conversations() int {
	if e.Conversation == e.ID {
		return 1
	}
	return 0
}

// The bounds of instants that a person or another program may give. A device's
// press is stored whatever its clock says.
var (
	MinAt = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	MaxAt = time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC)
)

// CheckAt says whether a typed instant lies in the years 2000 to 2100.
func CheckAt(at time.Time) error {
	if at.Before(MinAt) || !at.Before(MaxAt) {
		return fmt.Errorf("time %s is outside the years 2000 to 2100", at.UTC().Format(time.RFC3339))
	}
	return nil
}

// Scrub takes card numbers and security codes out of the note, as everything
// that writes an event must do first, and returns how many it took out.
func (e *Event) Scrub() int {
	clean, n := ScrubNote(e.Note)
	e.Note = clean
	return n
}

// Check returns every reason why the event may not be stored, joined, or nil.
// It does not look at the id, which the store makes.
func (e Event) Check() error {
	var errs []error
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	add(CheckTag(e.Tag))
	add(CheckName("desk", e.Desk))
	add(CheckName("site", e.Site))
	add(CheckName("device", e.Device))
	add(CheckName("key", e.Key))
	add(CheckNote(e.Note))
	_, err := ParseStage(string(e.Stage))
	add(err)
	_, err = ParseChannel(string(e.Channel))
	add(err)
	if _, err = ParseChannel(string(e.Tried)); err != nil {
		add(fmt.Errorf("tried: %w", err))
	}
	_, err = ParseSource(string(e.Source))
	add(err)
	_, err = ParseClock(string(e.Clock))
	add(err)
	if e.Forced && e.Tried == "" {
		errs = append(errs, errors.New("forced without the channel that was tried"))
	}
	return errors.Join(errs...)
}
