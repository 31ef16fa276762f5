package cx

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErasedWords stand in an action in the place of words that were erased.
const ErasedWords = "[erased]"

// Action is something that was done about a tag.
type Action struct {
	// ID names the action; see [ActionID]. A store makes it.
	ID string `json:"id"`
	// Tag is the code of the tag, never "".
	Tag string `json:"tag"`
	// Owner is who sees to it: 1 to [MaxNameRunes] characters, scrubbed like a note.
	Owner string `json:"owner"`
	// What is what was done, in 1 to [MaxNoteRunes] characters, scrubbed like a note.
	What string `json:"what"`
	// Since is the first day on which it could work, of the years 2000 to 2100.
	Since Date `json:"since"`
	// Expect is how many events of the tag a week are expected at most, 0 to
	// [MaxContacts]; nil where nothing was predicted.
	Expect *int `json:"expect,omitempty"`
	// By is the week in which Expect is to be reached, zero where Expect is nil.
	By Week `json:"by,omitzero"`
	// Closed is the day on which the action ended, zero for one that is open.
	Closed Date `json:"closed,omitzero"`
	// AddedAt is when it was written down, in UTC to the millisecond; a store sets it.
	AddedAt time.Time `json:"added_at,omitzero"`
}

// Open reports whether the action goes on.
func (a Action) Open() bool { return a.Closed == Date{} }

// Scrub takes card numbers and security codes out of the action's words, as
// everything that writes one must do first, and returns how many it took out.
func (a *Action) Scrub() int {
	what, n := ScrubNote(CleanNote(a.What))
	owner, m := ScrubNote(strings.TrimSpace(a.Owner))
	a.What, a.Owner = what, owner
	return n + m
}

// Check returns every reason why the action may not be stored, joined, or nil.
// It does not look at the id, which the store makes.
func (a Action) Check() error {
	errs := []error{
		CheckTag(a.Tag), CheckName("owner", a.Owner),
		checkText("what was done", a.What, MaxNoteRunes, true), CheckDate("since", a.Since),
	}
	if a.Owner == "" {
		errs = append(errs, errors.New("owner is missing"))
	}
	if a.What == "" {
		errs = append(errs, errors.New("what was done is missing"))
	}
	errs = append(errs, a.checkPrediction(), a.checkClosed())
	return errors.Join(errs...)
}

func (a Action) checkPrediction() error {
	switch {
	case a.Expect == nil && a.By == Week{}:
		return nil
	case a.Expect == nil:
		return fmt.Errorf("by week %s is given without how many are expected", a.By)
	case a.By == Week{}:
		return errors.New("how many are expected is given without the week by which")
	case *a.Expect < 0 || *a.Expect > MaxContacts:
		return fmt.Errorf("%d expected events are not between 0 and %d", *a.Expect, MaxContacts)
	}
	if err := CheckWeek("by week", a.By); err != nil {
		return err
	}
	if a.By.Before(a.Since.Week()) {
		return fmt.Errorf("by week %s is before %s, when the action begins", a.By, a.Since)
	}
	return nil
}

func (a Action) checkClosed() error {
	if a.Open() {
		return nil
	}
	if err := CheckDate("closed", a.Closed); err != nil {
		return err
	}
	if a.Closed.Before(a.Since) {
		return fmt.Errorf("closed on %s, before %s, when the action began", a.Closed, a.Since)
	}
	return nil
}

// CompareActions orders actions for reading: open ones first, then by the day on
// which they began, the latest first.
func CompareActions(a, b Action) int {
	open := func(a Action) int {
		if a.Open() {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(open(a), open(b)), b.Since.compare(a.Since),
		b.AddedAt.Compare(a.AddedAt), compareActionIDs(a.ID, b.ID),
	)
}
