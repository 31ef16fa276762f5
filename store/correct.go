package store

import (
	"context"
	"fmt"

	"magicbutton/internal/cx"
)

// Void takes an event back and returns it as it then is. Its history keeps it.
// When it was the first of its conversation, the next live one becomes that, and
// the events of the conversation get a revision each. The error is [ErrNoEvent]
// or [ErrVoided] where there is nothing to take back.
func (s *Store) Void(ctx context.Context, id cx.ID) (cx.Event, error) {
	return s.correct(ctx, id, func(w *writer, e cx.Event) (cx.Event, error) {
		e.Voided = true
		if e.Conversation != e.ID {
			return e, nil
		}
		heir, err := w.rehead(e.ID)
		if !heir.IsZero() {
			e.Conversation = heir // so that what joins this event later finds its conversation
		}
		return e, err
	})
}

// Amend corrects an event and returns it as it then is. Its history keeps the
// state before. An amendment that changes nothing makes no revision. Moving the
// event to a conversation moves it to that of any live event in it; see
// [Store.Void] for the conversation that it leaves. The error is [ErrNoEvent] or
// [ErrVoided] where there is no live event.
func (s *Store) Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	return s.correct(ctx, id, func(w *writer, e cx.Event) (cx.Event, error) {
		a := a // the transaction may be run again
		if a.Conversation != nil {
			to, err := w.destination(e, *a.Conversation)
			if err != nil {
				return cx.Event{}, err
			}
			a.Conversation = &to
		}
		amended, err := a.Apply(e)
		if err != nil {
			return cx.Event{}, fmt.Errorf("event %s: %w", e.ID, err)
		}
		if e.Conversation == e.ID && amended.Conversation != e.ID {
			_, err = w.rehead(e.ID)
		}
		return amended, err
	})
}

// correct changes one live event.
func (s *Store) correct(ctx context.Context, id cx.ID, change func(*writer, cx.Event) (cx.Event, error)) (after cx.Event, err error) {
	_, err = s.write(ctx, func(w *writer) error {
		before, err := readEvent(w.tx, w.words, id)
		if err != nil {
			return err
		}
		if before.Voided {
			return fmt.Errorf("event %s: %w", id, ErrVoided)
		}
		if after, err = change(w, before); err != nil || after == before {
			return err
		}
		after.Rev = before.Rev + 1
		return w.revise(before, after)
	})
	if err != nil {
		return cx.Event{}, err
	}
	return after, nil
}

// revise replaces an event's state; the one before goes to its history.
func (w *writer) revise(before, after cx.Event) error {
	old, _, err := w.stored(before.ID)
	if err != nil {
		return err
	}
	key := revisionKey(before.ID, before.Rev)
	if err := historyTable.put(w.tx, key, old.appendTo(nil)); err != nil {
		return err
	}
	if before.Note != "" {
		if err := notesTable.put(w.tx, key, []byte(before.Note)); err != nil {
			return err
		}
		if after.Note == "" {
			if err := notesTable.delete(w.tx, before.ID[:]); err != nil {
				return err
			}
		}
	}
	return w.put(after, old.rest)
}

// destination returns the first event of the conversation that e is to move to.
func (w *writer) destination(e cx.Event, to cx.ID) (cx.ID, error) {
	if to.IsZero() || to == e.ID {
		return e.ID, nil
	}
	r, ok, err := w.stored(to)
	switch {
	case err != nil:
		return cx.ID{}, err
	case !ok:
		return cx.ID{}, fmt.Errorf("conversation %s: %w", to, ErrNoEvent)
	case r.voided:
		return cx.ID{}, fmt.Errorf("conversation %s: its event was taken back", to)
	case r.conversation.IsZero():
		r.conversation = to
	}
	if r.conversation != e.ID && !mayJoin(e.ID, r.conversation) {
		return cx.ID{}, fmt.Errorf("conversation %s does not begin in the 24 hours before event %s", to, e.ID)
	}
	return r.conversation, nil
}

// rehead makes the earliest of the other live events of a conversation its first
// one, and returns it, or zero where there is none.
func (w *writer) rehead(head cx.ID) (heir cx.ID, err error) {
	var members []cx.Event
	last := head.At().Add(conversationSpan)
	for key, value := range eventsTable.pairs(w.tx, head[:]) {
		r, id, err := openRecord(eventsTable, key, value)
		if err != nil {
			return cx.ID{}, err
		}
		if id.At().After(last) {
			break
		}
		if r.conversation != head || id == head || r.voided {
			continue
		}
		e, err := noted(w.tx, w.words, eventsTable, key, r)
		if err != nil {
			return cx.ID{}, err
		}
		members = append(members, e)
	}
	for i, before := range members {
		if i == 0 {
			heir = before.ID
		}
		after := before
		after.Conversation = heir
		after.Rev++
		if err := w.revise(before, after); err != nil {
			return cx.ID{}, err
		}
	}
	return heir, nil
}
