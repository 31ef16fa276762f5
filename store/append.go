package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"magicbutton/internal/cx"
)

// conversationSpan bounds how long after its first event an event can join a
// conversation, so that a conversation's events are found without an index.
const conversationSpan = 24 * time.Hour

// Append stores events, all or none, and returns when they are on the disk.
// Notes are scrubbed. Calls at the same time share a flush. Where ctx ends while
// the events wait for their transaction, they are not stored; once it has begun
// the answer is waited for. With [ErrUnsure] it returns what it would have stored,
// for [New.Tried].
func (s *Store) Append(ctx context.Context, events ...New) ([]Appended, error) {
	if len(events) == 0 {
		return nil, nil
	}
	clean := make([]New, len(events))
	var errs []error
	for i, n := range events {
		var err error
		if clean[i], err = n.clean(); err != nil && len(events) > 1 {
			err = fmt.Errorf("event %d of %d: %w", i+1, len(events), err)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := make([]Appended, len(clean))
	took, err := s.write(ctx, func(w *writer) error {
		for i, n := range clean {
			var err error
			if out[i], err = w.append(n); err == nil && !out[i].Duplicate {
				err = w.remember(out[i].Event)
			}
			if err != nil {
				return err
			}
		}
		if slices.ContainsFunc(clean, func(n New) bool { return n.Event.Clock != cx.ClockOK }) {
			return nil
		}
		return w.forgetRefs()
	})
	if errors.Is(err, ErrUnsure) {
		return out, err
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Took = took
	}
	return out, nil
}

// clean returns n as it may be stored, or every reason why not.
func (n New) clean() (New, error) {
	n.Event.Note = cx.CleanNote(n.Event.Note)
	// Checked before it is scrubbed: the scrubber's work grows with the note.
	err := errors.Join(n.Event.Check(), cx.CheckName("ref", n.Ref))
	if err == nil {
		n.Event.Scrub()
		err = n.Event.Check()
	}
	return n, err
}

// append stores an event under a new id. Whether an undo may find it is the
// caller's to say, see remember.
func (w *writer) append(n New) (Appended, error) {
	if !n.Tried.ID.IsZero() {
		e, err := readEvent(w.tx, w.words, n.Tried.ID)
		if err == nil && sameMade(e, n.Tried) {
			return Appended{Event: e, Duplicate: true}, nil
		}
		if err != nil && !errors.Is(err, ErrNoEvent) {
			return Appended{}, err
		}
	}
	if n.Ref != "" {
		known, err := w.knownRef(n.Ref)
		if err != nil || !known.ID.IsZero() {
			return Appended{Event: known, Duplicate: true}, err
		}
	}
	e := n.Event
	id, err := w.nextID(n.At)
	if err != nil {
		return Appended{}, err
	}
	conversation := e.Conversation
	e.ID, e.RecordedAt, e.Rev, e.Voided, e.Conversation = id, w.now, 0, false, id
	if !conversation.IsZero() {
		head, ok, err := w.head(conversation)
		if err != nil {
			return Appended{}, err
		}
		if ok && mayJoin(id, head) {
			e.Conversation = head
		}
	}
	if err := w.put(e, nil); err != nil {
		return Appended{}, err
	}
	if n.Ref != "" {
		err = refsTable.put(w.tx, refKey(utcDay(w.now), n.Ref), id[:])
	}
	return Appended{Event: e}, err
}

// sameMade reports whether two events with one id were made by the same Append. A
// number that a failed transaction gave out is given out again.
func sameMade(a, b cx.Event) bool {
	return a.RecordedAt.Equal(b.RecordedAt) && a.Source == b.Source && a.Device == b.Device && a.Key == b.Key
}

// nextID makes the id of a new event. Numbers only go up: they are given out in
// the transaction that stores the event.
func (w *writer) nextID(at time.Time) (cx.ID, error) {
	if w.own == nil {
		r, ok, err := readOrigin(w.tx, w.origin)
		if err != nil {
			return cx.ID{}, err
		}
		if !ok {
			return cx.ID{}, originsTable.damaged(w.origin[:], errors.New("it is missing"))
		}
		w.own = &r
	}
	if w.own.lastSeq >= cx.MaxSeq {
		return cx.ID{}, fmt.Errorf("origin %s has no sequence numbers left", w.origin)
	}
	w.own.lastSeq++
	return cx.MakeID(at, w.origin, w.own.lastSeq), w.own.put(w.tx, w.origin)
}

// put stores an event's state and note, which have no other under their id.
func (w *writer) put(e cx.Event, rest []byte) error {
	r, err := w.record(e, rest)
	if err != nil {
		return err
	}
	if err := w.touchDay(utcDay(e.At())); err != nil {
		return err
	}
	if e.Note != "" {
		if err := notesTable.put(w.tx, e.ID[:], []byte(e.Note)); err != nil {
			return err
		}
	}
	return eventsTable.put(w.tx, e.ID[:], r.appendTo(nil))
}

// mayJoin reports whether an event may belong to the conversation that begins
// with head.
func mayJoin(id, head cx.ID) bool {
	after := id.At().Sub(head.At())
	return string(id[:]) > string(head[:]) && after <= conversationSpan
}

// head finds the first live event of the conversation that an event belongs to;
// ok is false where there is none.
func (w *writer) head(id cx.ID) (head cx.ID, ok bool, err error) {
	// An event that was taken back points at the one that followed it as the
	// head; such chains are as long as there were heads taken back.
	const longest = 1000
	for range longest {
		r, ok, err := w.stored(id)
		if err != nil || !ok {
			return cx.ID{}, false, err
		}
		if r.conversation.IsZero() || r.conversation == id {
			return id, !r.voided, nil
		}
		id = r.conversation
	}
	return cx.ID{}, false, nil
}

// stored returns an event's record; ok is false where there is none.
func (w *writer) stored(id cx.ID) (r record, ok bool, err error) {
	return storedRecord(w.tx, id)
}

// knownRef returns the event that was stored with a ref today or yesterday, or while
// the clock was ahead, or one with a zero id.
func (w *writer) knownRef(ref string) (cx.Event, error) {
	today := utcDay(w.now)
	days := []uint32{today, today - min(today, 1)}
	if last := w.lastRefDay(); last > today {
		days = append(days, last)
	}
	for _, day := range days {
		key := refKey(day, ref)
		b, err := refsTable.get(w.tx, key)
		if err != nil {
			return cx.Event{}, err
		}
		if b == nil {
			continue
		}
		if len(b) != len(cx.ID{}) {
			return cx.Event{}, refsTable.damaged(key, errors.New("not an id"))
		}
		e, err := readEvent(w.tx, w.words, cx.ID(b))
		if !errors.Is(err, ErrNoEvent) {
			return e, err
		}
	}
	return cx.Event{}, nil
}

func refKey(day uint32, ref string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, day), ref...)
}

// lastRefDay returns the last day with a ref, 0 for none. It lies ahead where the
// clock was ahead.
func (w *writer) lastRefDay() uint32 {
	key := refsTable.lastKey(w.tx)
	if len(key) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(key)
}

// forgetRefs deletes refs of days that are no longer asked for, a few at a time: those
// before yesterday, and those after tomorrow, which would hold up a ref that comes
// again. It is not for a moment at which the clock is suspect.
func (w *writer) forgetRefs() error {
	const most = 64 // so that one press never pays for a busy day
	today := utcDay(w.now)
	for range most {
		if w.lastRefDay() <= today+1 {
			break
		}
		if err := refsTable.delete(w.tx, refsTable.lastKey(w.tx)); err != nil {
			return err
		}
	}
	for range most {
		key := refsTable.firstKey(w.tx)
		if len(key) < 4 || binary.BigEndian.Uint32(key)+1 >= today {
			return nil
		}
		if err := refsTable.delete(w.tx, key); err != nil {
			return err
		}
	}
	return nil
}
