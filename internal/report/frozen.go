package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// Frozen is what a closed week was once written as.
type Frozen struct {
	// Revisions has at least one, the first first.
	Revisions []Revision `json:"revisions"`
	// Moved is what the report's numbers have otherwise than the last revision; none
	// where they are the same.
	Moved []Move `json:"moved,omitempty"`
	// Words say all this, a sentence each.
	Words []string `json:"words"`
}

// Revision is one time that a week was frozen.
type Revision struct {
	// Number is 1 for the first.
	Number int       `json:"revision"`
	At     time.Time `json:"at"`
	// On is its date in the report's zone.
	On cx.Date `json:"on"`
	// SHA256 is that of the numbers, 64 hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Moved is what it has otherwise than the revision before.
	Moved []Move `json:"moved,omitempty"`
	// Unknown says that a newer program wrote it: what moved cannot be told.
	Unknown bool `json:"unknown,omitempty"`
}

// Move is one number that changed.
type Move struct {
	// Kind is events, conversations, contacts, tag, stage or channel.
	Kind string `json:"kind"`
	// Tag is the code of the tag that a tag's or a stage's number is of.
	Tag string `json:"tag,omitempty"`
	// Name is that tag's, as the report has it; "" where the report has no such tag.
	Name string `json:"name,omitempty"`
	// Word is the stage or channel, "" for not said.
	Word string `json:"word,omitempty"`
	// Before and After are nil where there was, or is, none.
	Before *int `json:"before,omitempty"`
	After  *int `json:"after,omitempty"`
}

// mostMoves is how many numbers a sentence tells of; the data has all.
const mostMoves = 12

func (f *Frozen) words() []string {
	var out []string
	for i, r := range f.Revisions {
		again := ""
		if i > 0 {
			again = " again"
		}
		s := fmt.Sprintf("Frozen%s on %s, revision %d, SHA-256 %s", again, r.On, r.Number, r.SHA256)
		if len(r.Moved) > 0 {
			s += "; what moved: " + MoveWords(r.Moved)
		}
		out = append(out, s+".")
	}
	last := f.Revisions[len(f.Revisions)-1]
	switch {
	case last.Unknown:
		out = append(out, fmt.Sprintf("A newer program froze revision %d: whether its numbers are those of today is not known.", last.Number))
	case len(f.Moved) > 0:
		out = append(out, fmt.Sprintf("The numbers have changed since revision %d: %s.", last.Number, MoveWords(f.Moved)))
	}
	return out
}

// MoveWords says what moved, as "events 412 → 413, Bill not understood 12 → 13". A stage is
// named where its tag's number did not move, a channel where no event came or went:
// else they only say the same again.
func MoveWords(moves []Move) string {
	has := func(kind, tag string) bool {
		return slices.ContainsFunc(moves, func(m Move) bool { return m.Kind == kind && m.Tag == tag })
	}
	var out []string
	for _, m := range moves {
		if m.Kind == kindStage && has(kindTag, m.Tag) || m.Kind == kindChannel && has(kindEvents, "") {
			continue
		}
		out = append(out, m.words())
	}
	if more := len(out) - mostMoves; more > 0 {
		out = append(out[:mostMoves], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

func (m Move) words() string {
	word, none := m.Word, "0"
	if word == "" {
		word = "not said"
	}
	name := m.Kind
	switch m.Kind {
	case kindTag:
		name = cmp.Or(m.Name, m.Tag)
	case kindStage:
		name = fmt.Sprintf("%s (stage %s)", cmp.Or(m.Name, m.Tag), word)
	case kindChannel:
		name = "channel " + word
	case kindContacts:
		none = "not known"
	}
	side := func(n *int) string {
		if n == nil {
			return none
		}
		return fmt.Sprint(*n)
	}
	return fmt.Sprintf("%s %s → %s", name, side(m.Before), side(m.After))
}

// zoneOf returns a report's zone, UTC where this machine does not know it.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
