package agent

import (
	"context"
	"errors"
	"net/http"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// Contacts returns how many conversations were handled, as far as it is known.
func (d *Desk) Contacts(ctx context.Context) ([]cx.Contacts, error) {
	all, err := d.store.Contacts(ctx)
	return all, recordError(err)
}

// SetContacts stores how many conversations were handled, all of it or nothing.
func (d *Desk) SetContacts(ctx context.Context, contacts []cx.Contacts) error {
	return recordError(d.store.SetContacts(ctx, contacts))
}

// RemoveContacts takes numbers of contacts away; what is not known stays so.
func (d *Desk) RemoveContacts(ctx context.Context, keys []cx.ContactsKey) error {
	return recordError(d.store.RemoveContacts(ctx, keys))
}

// Actions returns what was done about tags, open actions first.
func (d *Desk) Actions(ctx context.Context) ([]cx.Action, error) {
	all, err := d.store.Actions(ctx)
	return all, recordError(err)
}

// AddAction stores an action and returns it as it is stored; see [ActionTag] for its
// tag.
func (d *Desk) AddAction(ctx context.Context, a cx.Action) (cx.Action, error) {
	tag, err := ActionTag(d.Config().Catalogue, a.Tag)
	if err != nil {
		return cx.Action{}, err
	}
	a.Tag = tag
	a, err = d.store.AddAction(ctx, a)
	return a, recordError(err)
}

// ActionTag returns the tag that an action is about: a tag that was merged counts as
// its target, and one that is retired may still be acted on.
func ActionTag(catalogue cx.Catalogue, code string) (string, error) {
	if t, ok := catalogue.Tag(code); !ok || t.Unlisted {
		_, err := catalogue.Usable(code)
		return "", api.Bad(err)
	}
	return catalogue.Counted(code).Code, nil
}

// CloseAction ends an open action on a day; of the id so much is enough as no other
// action has.
func (d *Desk) CloseAction(ctx context.Context, id string, on cx.Date) (cx.Action, error) {
	a, err := d.store.CloseAction(ctx, id, on)
	return a, recordError(err)
}

// EraseActions takes the words and the owners out of actions for good.
func (d *Desk) EraseActions(ctx context.Context, ids []string, progress func(done, total int)) (api.Erased, error) {
	got, err := d.store.EraseActions(ctx, ids, progress)
	out, rest := erased(got, err)
	out.Actions, out.ActionsBefore = got.Actions, got.ActionsBefore
	if rest != nil {
		return out, recordError(err)
	}
	return out, nil
}

// Frozen returns what a closed week was written as, the oldest first.
func (d *Desk) Frozen(ctx context.Context, week cx.Week) ([]cx.Frozen, error) {
	all, err := d.store.Frozen(ctx, week)
	return all, recordError(err)
}

// Freeze writes a closed week down, unless its last revision has the same numbers.
func (d *Desk) Freeze(ctx context.Context, f cx.Frozen) error {
	return recordError(d.store.Freeze(ctx, f))
}

// recordError gives an error about what people write down the code that belongs to
// it.
func recordError(err error) error {
	var bad *store.RecordError
	switch {
	case errors.As(err, &bad):
		return api.Bad(err)
	case errors.Is(err, store.ErrTotalAndChannels):
		return &api.Error{
			Code: api.CodeConflict, Message: err.Error(),
			Hint: "magicbutton contacts remove WEEK, with the site where there is one, takes away what is known",
		}
	case errors.Is(err, store.ErrNoAction), errors.Is(err, store.ErrActions):
		return &api.Error{Code: api.CodeNotFound, Message: err.Error(), Hint: "magicbutton action list --all shows the ids"}
	case errors.Is(err, store.ErrActionClosed), errors.Is(err, store.ErrRevision):
		return api.As(api.CodeConflict, err)
	}
	return storageError(err)
}

// recordRoutes are those of what people write down.
func (a *Agent) recordRoutes(mux *http.ServeMux) {
	d := a.desk
	mux.Handle("GET "+api.PathContacts, handler(func(r *http.Request) (any, error) { return listed(d.Contacts(r.Context())) }))
	mux.Handle("POST "+api.PathContacts, withBody(func(ctx context.Context, _ *http.Request, c api.ContactsChange) (any, error) {
		return struct{}{}, d.changeContacts(ctx, c)
	}))
	mux.Handle("GET "+api.PathActions, handler(func(r *http.Request) (any, error) { return listed(d.Actions(r.Context())) }))
	mux.Handle("POST "+api.PathActions, withBody(func(ctx context.Context, _ *http.Request, n cx.Action) (any, error) {
		return d.AddAction(ctx, n)
	}))
	mux.Handle("POST "+api.PathCloseAction, withBody(func(ctx context.Context, r *http.Request, c api.CloseAction) (any, error) {
		return d.CloseAction(ctx, r.PathValue("id"), c.On)
	}))
	mux.Handle("GET "+api.PathFrozen, handler(func(r *http.Request) (any, error) {
		week, err := api.ParseFrozenQuery(r.URL.Query())
		if err != nil {
			return nil, err
		}
		return listed(d.Frozen(r.Context(), week))
	}))
	mux.Handle("POST "+api.PathFrozen, withBody(func(ctx context.Context, _ *http.Request, f cx.Frozen) (any, error) {
		return struct{}{}, d.Freeze(ctx, f)
	}))
}

func (d *Desk) changeContacts(ctx context.Context, c api.ContactsChange) error {
	if len(c.Remove) > 0 {
		keys := make([]cx.ContactsKey, len(c.Remove))
		for i, n := range c.Remove {
			keys[i] = n.Key()
		}
		if err := d.RemoveContacts(ctx, keys); err != nil {
			return err
		}
	}
	if len(c.Set) == 0 {
		return nil
	}
	return d.SetContacts(ctx, c.Set)
}

// listed makes an empty list of none.
func listed[T any](all []T, err error) (any, error) { return append([]T{}, all...), err }
