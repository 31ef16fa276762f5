package store

import (
	"context"
	"fmt"
	"slices"

	"magicbutton/internal/cx"
)

// EraseActions takes the words and the owner out of actions; the tag, the dates and
// the prediction stay, for they say nothing of a person and reports judge by them.
// Each id is as [Store.CloseAction] takes it. As with [Store.Erase] the file is
// written anew and searched for what was erased, and no copy of the words comes back
// out of a backup or another file.
func (s *Store) EraseActions(ctx context.Context, ids []string, progress func(done, total int)) (Erased, error) {
	if err := acquire(ctx, &s.care); err != nil {
		return Erased{}, err
	}
	defer s.care.Unlock()
	all, err := s.Actions(ctx)
	if err != nil {
		return Erased{}, err
	}
	var wanted, before []string
	for _, id := range ids {
		a, err := oneAction(all, id)
		switch {
		case err != nil:
			return Erased{}, err
		case a.What == cx.ErasedWords && a.Owner == cx.ErasedWords:
			before = append(before, a.ID)
		case !slices.Contains(wanted, a.ID):
			wanted = append(wanted, a.ID)
		}
	}
	if len(wanted) == 0 {
		return Erased{ActionsBefore: before}, nil
	}
	e := &eraser{}
	c, err := s.rewrite(ctx, func(w *writer) error { return e.blankActions(w, wanted) }, progress)
	if err != nil {
		return Erased{}, err
	}
	out := Erased{Actions: wanted, ActionsBefore: before, Compacted: &c}
	found, err := s.search(context.WithoutCancel(ctx), e) // as in Erase
	out.Search = &found
	if err != nil {
		return out, fmt.Errorf("searching database %s for what was erased: %w", s.path, err)
	}
	return out, nil
}

// erasedAction is what was in the file of an action's words.
type erasedAction struct {
	id          string
	sealed      []byte
	what, owner string
}

// blankActions puts a mark in the place of the words of actions.
func (e *eraser) blankActions(w *writer, ids []string) error {
	e.actions = nil
	for _, id := range ids {
		key, err := actionKeyOf(cx.Action{ID: id})
		if err != nil {
			return err
		}
		record, err := actionsTable.get(w.tx, key)
		if err != nil {
			return err
		}
		if record == nil {
			return fmt.Errorf("action %q: %w", id, ErrNoAction)
		}
		a, err := actionOf(key, record)
		if err != nil {
			return err
		}
		e.actions = append(e.actions, erasedAction{a.ID, actionsTable.seal(key, record), a.What, a.Owner})
		a.What, a.Owner = cx.ErasedWords, cx.ErasedWords
		if err := actionsTable.put(w.tx, key, appendAction(nil, a)); err != nil {
			return err
		}
	}
	return nil
}

// eraseActionsAgain erases the words of actions that had been erased from another
// file.
func (s *Store) eraseActionsAgain(ctx context.Context, other *Store) error {
	theirs, err := other.Actions(ctx)
	if err != nil {
		return nil //nolint:nilerr // the caller says why it could not be read
	}
	ours, err := s.Actions(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, a := range theirs {
		there := func(b cx.Action) bool { return b.ID == a.ID && b.What != cx.ErasedWords }
		if a.What == cx.ErasedWords && slices.ContainsFunc(ours, there) {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err = s.EraseActions(ctx, ids, nil)
	return err
}
