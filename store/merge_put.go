package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// mergedOrigin gathers what is told of an origin.
type mergedOrigin struct {
	MergedOrigin
	created time.Time // when a file first knew it; zero where none did
	seen    sequence
	sender  uint64 // of its latest event
	desks   mergedDesks
}

// origin returns what is known of an origin.
func (m *merger) origin(o cx.Origin) *mergedOrigin {
	known := m.origins[o]
	if known == nil {
		known = &mergedOrigin{MergedOrigin: MergedOrigin{Origin: o}, desks: make(mergedDesks)}
		m.origins[o] = known
	}
	return known
}

// mergeAppenders write to the new file in one transaction: nearly all that they get
// follows what they got before.
type mergeAppenders struct{ events, history, notes appender }

// appending runs a part of the merge that stores events.
func (m *merger) appending(step mergeStep) mergeStep {
	return func(ctx context.Context, w *writer) (bool, error) {
		m.to = mergeAppenders{appender{table: eventsTable}, appender{table: historyTable}, appender{table: notesTable}}
		done, err := step(ctx, w)
		if err == nil {
			err = errors.Join(m.to.events.finish(), m.to.history.finish(), m.to.notes.finish())
		}
		return done, err
	}
}

// put stores an event with its former states.
func (m *merger) put(w *writer, id cx.ID, states []mergeState) error {
	last := len(states) - 1
	for i := range states {
		s := &states[i]
		to, key := &m.to.events, id[:]
		if i < last {
			to, key = &m.to.history, revisionKey(id, s.record.rev)
		}
		body := s.body
		if s.noted != noNote {
			r := s.record
			r.noted = true
			body = r.appendTo(nil)
		}
		if s.noted == noteKept {
			if err := m.to.notes.put(w.tx, key, []byte(s.note)); err != nil {
				return err
			}
		}
		if err := to.put(w.tx, key, body); err != nil {
			return err
		}
	}
	return nil
}

// count counts an event in the report.
func (m *merger) count(id cx.ID, states []mergeState, copies []mergeCopy) {
	now := &states[len(states)-1]
	m.report.Events++
	before := slices.IndexFunc(copies, func(c mergeCopy) bool { return c.source == m.before })
	switch {
	case m.before == nil || before < 0:
		m.report.Added++
	case !bytes.Equal(copies[before].now().body, now.body):
		m.report.Changed++
	}
	at, o := id.At(), m.origin(id.Origin())
	if !o.seen.add(id.Seq()) {
		o.Twice++
	}
	o.LastSeq = max(o.LastSeq, id.Seq())
	if o.Events++; o.Events == 1 || at.Before(o.First) {
		o.First = at
	}
	if !at.Before(o.Last) {
		o.Last, o.sender = at, now.record.sender
	}
	desk := o.desks.at(now.record.sender)
	desk.saw(at)
	if !now.record.voided && now.record.clock == 0 && m.tally(desk, at) {
		o.InPeriod++
	}
}

// tellOrigins puts the origins into the report: those with events or a database of
// their own.
func (m *merger) tellOrigins(w words) {
	for _, f := range m.files {
		if o := m.origins[f.Origin]; o != nil && f.Err == nil && f.Origin != (cx.Origin{}) && (o.File == "" || f.Modified.After(o.Modified)) {
			o.File, o.Modified = f.Path, f.Modified
		}
	}
	for _, o := range m.origins {
		if o.Events == 0 && o.File == "" { // the new file's own, or one whose events are all purged
			continue
		}
		if o.sender > 0 {
			from := w.senders[o.sender-1]
			o.Desk, o.Site = from.desk, from.site
		}
		o.findHoles()
		m.report.Origins = append(m.report.Origins, o.MergedOrigin)
	}
	m.tellDesks(w)
	slices.SortFunc(m.report.Origins, func(a, b MergedOrigin) int {
		return cmp.Or(strings.Compare(a.Desk, b.Desk), a.First.Compare(b.First), bytes.Compare(a.Origin[:], b.Origin[:]))
	})
}

// findHoles lists the sequence numbers that are missing.
func (o *mergedOrigin) findHoles() {
	const most = 3 // runs that are worth reading
	o.Missing = o.LastSeq - min(o.LastSeq, o.seen.count)
	for n := uint64(1); n <= o.LastSeq && len(o.Holes) < most; {
		from := o.seen.next(n, o.LastSeq, false)
		if from > o.LastSeq {
			return
		}
		n = o.seen.next(from, o.LastSeq, true)
		o.Holes = append(o.Holes, SeqRange{from, n - 1})
	}
}

// finish completes the report.
func (m *merger) finish() MergeReport {
	for _, f := range m.files {
		m.report.Files = append(m.report.Files, *f)
	}
	return m.report
}
