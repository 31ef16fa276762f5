package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"magicbutton/internal/cx"
)

// mergeCopy is one file's copy of an event.
type mergeCopy struct {
	source *mergeSource
	states []mergeState
}

func (c mergeCopy) now() *mergeState { return &c.states[len(c.states)-1] }

// exported says that the copy is from an export: somebody may have edited it, and
// it does not say whether there was a note that is deleted by now.
func (c mergeCopy) exported() bool { return c.source.events != nil }

// alike reports whether all copies say the same. Most do, as copies of one file.
func alike(copies []mergeCopy) bool {
	first := copies[0].states
	for _, c := range copies[1:] {
		if len(c.states) != len(first) {
			return false
		}
		for i, s := range c.states {
			if !bytes.Equal(s.body, first[i].body) || s.noted != first[i].noted || s.note != first[i].note {
				return false
			}
		}
	}
	return true
}

// split tells events apart that share an id. A machine was copied with its
// database, and each of the two pressed at the same millisecond, or imported
// something: nothing else makes two first states under one id, as no correction
// touches the first state of an event. So copies with different first states are
// different events. One whose first state is not known is of the event that it
// agrees with most, and so is an export's, which somebody may have edited.
//
// The events come in an order that follows from their contents: the first keeps
// the id.
func (m *merger) split(w *writer, id cx.ID, copies []mergeCopy) [][]mergeCopy {
	var firsts []mergeState
	for _, c := range copies {
		if s := c.states[0]; s.record.rev == 0 && !c.exported() && !containsBody(firsts, s.body) {
			firsts = append(firsts, s)
		}
	}
	if len(firsts) < 2 {
		return [][]mergeCopy{copies}
	}
	slices.SortFunc(firsts, func(a, b mergeState) int {
		return strings.Compare(canonical(w.words, id, a.record), canonical(w.words, id, b.record))
	})
	events := make([][]mergeCopy, len(firsts))
	for _, c := range copies {
		i := slices.IndexFunc(firsts, func(s mergeState) bool { return bytes.Equal(s.body, c.states[0].body) })
		if i < 0 {
			i = m.likeliest(c, firsts, copies)
		}
		events[i] = append(events[i], c)
	}
	return events
}

func containsBody(states []mergeState, body []byte) bool {
	return slices.ContainsFunc(states, func(s mergeState) bool { return bytes.Equal(s.body, body) })
}

// likeliest returns which of the events a copy is of whose own first state is none
// of theirs: one that was in one of its states, else one from the same device,
// else the first.
func (m *merger) likeliest(c mergeCopy, firsts []mergeState, copies []mergeCopy) int {
	for i, first := range firsts {
		for _, other := range copies {
			if !bytes.Equal(other.states[0].body, first.body) {
				continue
			}
			for _, s := range other.states {
				if containsBody(c.states, s.body) {
					return i
				}
			}
		}
	}
	from := c.states[0].record.sender
	return max(0, slices.IndexFunc(firsts, func(s mergeState) bool { return s.record.sender == from }))
}

// join makes one event of the copies of one: each revision is what the files say
// of it, and how the event stands is the highest revision that any of them has.
// Joining is associative and does not depend on the order, so that a result can be
// merged again.
func (m *merger) join(w *writer, id cx.ID, copies []mergeCopy) []mergeState {
	if len(copies) == 1 || alike(copies) {
		return copies[0].states
	}
	var revs []uint32
	for _, c := range copies {
		for _, s := range c.states {
			revs = append(revs, s.record.rev)
		}
	}
	slices.Sort(revs)
	revs = slices.Compact(revs)
	m.joined = m.joined[:0]
	for _, rev := range revs {
		m.joined = append(m.joined, m.joinState(w, id, rev, copies))
	}
	return m.joined
}

// candidate is what one file says of one revision.
type candidate struct {
	copy  mergeCopy
	state *mergeState
	text  string // see canonical; "" where all say the same
	// sure says that a database has this content, and not only exports, which
	// somebody may have edited.
	sure bool
}

func (m *merger) joinState(w *writer, id cx.ID, rev uint32, copies []mergeCopy) mergeState {
	var all []candidate
	same := true
	for _, c := range copies {
		for i := range c.states {
			if s := &c.states[i]; s.record.rev == rev {
				all = append(all, candidate{copy: c, state: s})
				same = same && bytes.Equal(s.body, all[0].state.body)
			}
		}
	}
	if !same {
		for i := range all {
			all[i].text = canonical(w.words, id, all[i].state.record)
			all[i].sure = slices.ContainsFunc(all, func(c candidate) bool {
				return !c.copy.exported() && bytes.Equal(c.state.body, all[i].state.body)
			})
		}
	}
	best := slices.MaxFunc(all, candidate.compare)
	m.disagree(w, id, rev, best, all)
	return *best.state
}

// compare orders what files say of one revision: the highest is kept.
func (a candidate) compare(b candidate) int {
	switch {
	case a.sure && !b.sure:
		return 1
	case b.sure && !a.sure:
		return -1
	}
	return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.state.noted, b.state.noted), strings.Compare(a.state.note, b.state.note))
}

// disagree reports the files whose content is not kept.
func (m *merger) disagree(w *writer, id cx.ID, rev uint32, best candidate, all []candidate) {
	kept := best.copy.source
	var lost []candidate
	for _, c := range all {
		sameBody := bytes.Equal(c.state.body, best.state.body)
		switch {
		case !sameBody, c.state.note != best.state.note && c.state.noted == noteKept && best.state.noted == noteKept:
			if !slices.ContainsFunc(lost, func(l candidate) bool {
				return bytes.Equal(l.state.body, c.state.body) && l.state.note == c.state.note
			}) {
				lost = append(lost, c)
			}
		case m.names(c.copy.source, kept):
			kept = c.copy.source
		}
	}
	for _, l := range lost {
		file := l.copy.source
		for _, c := range all {
			if bytes.Equal(c.state.body, l.state.body) && c.state.note == l.state.note && m.names(c.copy.source, file) {
				file = c.copy.source
			}
		}
		m.conflict(MergeConflict{
			ID: id, Rev: rev, Kept: kept.file.Path, Lost: file.file.Path,
			Fields: differing(w.words, id, *best.state, *l.state),
		})
	}
}

// names reports whether a is to be named in a report rather than b, which says the
// same: a file of a desk before the file that is replaced, else by name.
func (m *merger) names(a, b *mergeSource) bool {
	if (a == m.before) != (b == m.before) {
		return b == m.before
	}
	return a.file.Path < b.file.Path
}

func (m *merger) conflict(c MergeConflict) {
	m.report.ConflictCount++
	if len(m.report.Conflicts) < maxFindings {
		m.report.Conflicts = append(m.report.Conflicts, c)
	}
}

// eventFields are the fields of an event in which two states of one may differ, in
// the words and the order of an export.
var eventFields = []struct {
	name string
	text func(cx.Event) string
}{
	{"recorded_at", func(e cx.Event) string { return fmt.Sprintf("%020d", e.RecordedAt.UnixMilli()) }},
	{"desk", func(e cx.Event) string { return e.Desk }},
	{"site", func(e cx.Event) string { return e.Site }},
	{"tag", func(e cx.Event) string { return e.Tag }},
	{"stage", func(e cx.Event) string { return string(e.Stage) }},
	{"channel", func(e cx.Event) string { return string(e.Channel) }},
	{"tried", func(e cx.Event) string { return string(e.Tried) }},
	{"forced", func(e cx.Event) string { return fmt.Sprint(e.Forced) }},
	{"conversation", func(e cx.Event) string { return e.Conversation.String() }},
	{"source", func(e cx.Event) string { return string(e.Source) }},
	{"device", func(e cx.Event) string { return e.Device }},
	{"key", func(e cx.Event) string { return e.Key }},
	{"clock", func(e cx.Event) string { return string(e.Clock) }},
	{"voided", func(e cx.Event) string { return fmt.Sprint(e.Voided) }},
}

// canonical is the content of a state, its note aside, as a text that does not
// depend on the numbers of a file.
func canonical(words words, id cx.ID, r record) string {
	e, _ := words.event(id, r) // its numbers were given out by the writer
	var b strings.Builder
	for _, f := range eventFields {
		b.WriteString(f.text(e))
		b.WriteByte(0)
	}
	b.Write(r.rest)
	return b.String()
}

// differing names the fields in which two states differ.
func differing(words words, id cx.ID, a, b mergeState) (names []string) {
	x, _ := words.event(id, a.record)
	y, _ := words.event(id, b.record)
	for _, f := range eventFields {
		if f.text(x) != f.text(y) {
			names = append(names, f.name)
		}
	}
	if a.note != b.note && a.noted == noteKept && b.noted == noteKept {
		names = append(names, "note")
	}
	if !bytes.Equal(a.record.rest, b.record.rest) {
		names = append(names, "fields of a later version")
	}
	return names
}

// derivedID is the id of an event whose own id another one has. It follows from
// the event's first state alone.
func derivedID(words words, id cx.ID, first record) cx.ID {
	sum := sha256.Sum256([]byte("magicbutton gather\x00" + string(id[:]) + canonical(words, id, first)))
	origin := cx.Origin(sum[:len(cx.Origin{})])
	if origin == (cx.Origin{}) {
		origin[0] = 1
	}
	return cx.MakeID(id.At(), origin, 1)
}
