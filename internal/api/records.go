package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"magicbutton/internal/cx"
)

// The paths of what people write down.
const (
	PathContacts    = "/v1/contacts" // GET: all; POST: a [ContactsChange]
	PathActions     = "/v1/actions"  // GET: all; POST: add one
	PathCloseAction = "/v1/actions/{id}/close"
	PathFrozen      = "/v1/frozen" // GET, with week; POST: write one down
)

// ContactsChange asks to change what is known of contacts: first Remove, of which
// only the week, the site and the channel count, then Set.
type ContactsChange struct {
	Remove []cx.Contacts `json:"remove,omitempty"`
	Set    []cx.Contacts `json:"set,omitempty"`
}

// CloseAction asks to end an action.
type CloseAction struct {
	On cx.Date `json:"on"`
}

// Contacts returns how many conversations were handled, as far as it is known, by
// week, site and channel.
func (c *Client) Contacts(ctx context.Context) ([]cx.Contacts, error) {
	return call[[]cx.Contacts](ctx, c, http.MethodGet, PathContacts, nil)
}

// SetContacts stores how many conversations were handled, all of it or nothing.
func (c *Client) SetContacts(ctx context.Context, contacts []cx.Contacts) error {
	var errs []error
	for _, n := range contacts { // JSON would carry what is not UTF-8 as something else
		errs = append(errs, n.Check())
	}
	if err := errors.Join(errs...); err != nil {
		return Bad(err)
	}
	_, err := call[struct{}](ctx, c, http.MethodPost, PathContacts, ContactsChange{Set: contacts})
	return err
}

// RemoveContacts takes numbers of contacts away; what is not known stays so.
func (c *Client) RemoveContacts(ctx context.Context, keys []cx.ContactsKey) error {
	var change ContactsChange
	for _, k := range keys {
		change.Remove = append(change.Remove, cx.Contacts{Week: k.Week, Site: k.Site, Channel: k.Channel})
	}
	_, err := call[struct{}](ctx, c, http.MethodPost, PathContacts, change)
	return err
}

// Actions returns what was done about tags, open actions first.
func (c *Client) Actions(ctx context.Context) ([]cx.Action, error) {
	return call[[]cx.Action](ctx, c, http.MethodGet, PathActions, nil)
}

// AddAction stores an action and returns it as it is stored. A tag that was merged
// is its target from then on.
func (c *Client) AddAction(ctx context.Context, a cx.Action) (cx.Action, error) {
	a.Scrub()
	if err := a.Check(); err != nil { // as in SetContacts
		return cx.Action{}, Bad(err)
	}
	return call[cx.Action](ctx, c, http.MethodPost, PathActions, a)
}

// CloseAction ends an open action on a day; of the id so much is enough as no other
// action has.
func (c *Client) CloseAction(ctx context.Context, id string, on cx.Date) (cx.Action, error) {
	if id == "" { // the path would be another one
		return cx.Action{}, Bad(errors.New("no action's id is given"))
	}
	return call[cx.Action](ctx, c, http.MethodPost, pathOf(PathCloseAction, id), CloseAction{On: on})
}

// EraseActions takes the words and the owners out of actions for good.
func (c *Client) EraseActions(ctx context.Context, ids []string, progress func(done, total int)) (out Erased, err error) {
	err = c.maintain(ctx, Maintain{EraseActions: ids}, progress, func(l MaintainLine) error { return take(&out, l.Erased) })
	return out, err
}

// Frozen returns what a closed week was written as, the oldest first.
func (c *Client) Frozen(ctx context.Context, week cx.Week) ([]cx.Frozen, error) {
	return call[[]cx.Frozen](ctx, c, http.MethodGet, PathFrozen+"?"+url.Values{"week": {week.String()}}.Encode(), nil)
}

// Freeze writes a closed week down, unless its last revision has the same numbers.
func (c *Client) Freeze(ctx context.Context, f cx.Frozen) error {
	if err := f.Check(); err != nil {
		return Bad(err)
	}
	_, err := call[struct{}](ctx, c, http.MethodPost, PathFrozen, f)
	return err
}

// ParseFrozenQuery takes the week out of a URL.
func ParseFrozenQuery(v url.Values) (cx.Week, error) {
	p := params{v: v}
	p.only("week")
	week, err := cx.ParseWeek(v.Get("week"))
	p.note(err)
	return week, Bad(errors.Join(p.errs...))
}
