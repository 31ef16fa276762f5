package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// Log logs one event that a program or a person asked for.
func (d *Desk) Log(ctx context.Context, n api.NewEvent) (api.Logged, error) {
	now := d.now()
	e, err := newEvent(n, d.Config())
	if err != nil {
		return api.Logged{}, err
	}
	at := now
	if n.At != nil {
		at = *n.At
	} else {
		e.Clock = d.clock.judge(ctx)
	}
	scrubbed := e.Scrub()
	a, err := attempt(d, func(w *writing) (store.Appended, error) {
		return d.append(ctx, w, store.New{At: at, Ref: n.Ref, Event: e}, nil)
	})
	if err != nil {
		return api.Logged{}, notSaved(err)
	}
	return api.Logged{
		Event: api.FromEvent(a.Event), Duplicate: a.Duplicate,
		Scrubbed: scrubbed, FlushMicros: a.Took.Microseconds(),
	}, nil
}

// CheckNew returns the error with which [Desk.Log] would refuse a request, for who
// has no desk yet and makes none for a bad one.
func CheckNew(n api.NewEvent, cfg *config.Config) error {
	_, err := newEvent(n, cfg)
	return err
}

// newEvent checks a request and fills in what follows from the configuration.
func newEvent(n api.NewEvent, cfg *config.Config) (cx.Event, error) {
	if err := n.Check(); err != nil {
		return cx.Event{}, err
	}
	var errs []error
	if n.At != nil {
		errs = append(errs, cx.CheckAt(*n.At))
	}
	tag, err := cfg.Catalogue.Usable(n.Tag)
	errs = append(errs, err)
	e := onDesk(cfg, tag)
	if n.Stage != "" {
		e.Stage, err = cx.ParseStage(n.Stage)
		errs = append(errs, err)
	}
	if n.Channel != "" {
		e.Channel, err = cx.ParseChannel(n.Channel)
		errs = append(errs, err)
	}
	e.Tried, err = cx.ParseChannel(n.Tried)
	errs = append(errs, err, cx.CheckName("ref", n.Ref))
	e.Forced = n.Forced
	e.Note = cx.CleanNote(n.Note)
	e.Source = cx.SourceAPI
	if n.Source != "" {
		e.Source, err = cx.ParseSource(n.Source)
		errs = append(errs, err)
	}
	switch e.Source {
	case cx.SourceCLI, cx.SourceAPI, cx.SourcePage:
	default:
		errs = append(errs, fmt.Errorf("source %q is not for a request: want cli, page or api", e.Source))
	}
	if err := errors.Join(errs...); err != nil {
		return cx.Event{}, api.Bad(err)
	}
	return e, api.Bad(e.Check())
}

// onDesk returns an event as far as desk and tag decide it.
func onDesk(cfg *config.Config, tag cx.Tag) cx.Event {
	return cx.Event{
		Desk: cfg.Desk.Name, Site: cfg.Desk.Site,
		Tag: tag.Code, Stage: tag.Stage, Channel: cfg.Desk.Channel,
	}
}

// append stores one event and tells the followers, once. p is the press that it is of,
// nil for none. With [store.ErrUnsure] it returns what may be stored.
func (d *Desk) append(ctx context.Context, w *writing, n store.New, p *Press) (store.Appended, error) {
	list, err := d.store.Append(ctx, n)
	w.end()
	if err != nil {
		d.failed(err)
		if len(list) == 0 {
			return store.Appended{}, err
		}
		return list[0], err
	}
	d.worked()
	a := list[0]
	if a.Event.ID == n.Tried.ID { // what an earlier try stored: nobody was told of it
		a.Duplicate = false
	}
	if !a.Duplicate {
		d.keepMade(a.Event)
		d.tellStored(a.Event, p)
	}
	return a, nil
}

// tellStored tells the followers of an event, and that its press had to wait.
func (d *Desk) tellStored(e cx.Event, p *Press) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := page.Moment{What: page.WhatStored, Event: e}
	for _, w := range d.waiting {
		if p != nil && w.press == *p {
			w.toldLate, m.Late = true, true
		}
	}
	d.told(m)
}

// notSaved is an error of the database for a caller who keeps what was not saved.
func notSaved(err error) error {
	if errors.Is(err, errUnderWay) {
		return &api.Error{Code: api.CodeStorage, Message: "not saved yet: " + err.Error(), Hint: underWayHint}
	}
	err = storageError(err)
	var e *api.Error
	if errors.As(err, &e) && e.Code == api.CodeStorage {
		err = &api.Error{Code: api.CodeStorage, Message: "not saved: " + e.Message, Hint: notSavedHint}
	}
	return err
}

const underWayHint = "magicbutton doctor says what is wrong; with a ref it can be sent again, without one look at magicbutton events first"

const notSavedHint = "magicbutton doctor says what is wrong; send it again later, with a ref so that it counts once"

// made is when the clock that never jumps saw an event stored.
type made struct {
	id cx.ID
	at time.Duration
}

// maxMade is how many live events an undo can walk back: those that the store keeps at
// hand, see [store.Store.LastLive].
const maxMade = 1024

// keepMade remembers for an undo when an event was stored.
func (d *Desk) keepMade(e cx.Event) {
	if !e.Source.Live() {
		return
	}
	now := d.clock.up()
	d.mu.Lock()
	defer d.mu.Unlock()
	old := slices.IndexFunc(d.made, func(m made) bool { return now-m.at <= UndoWindow })
	if old < 0 {
		old = len(d.made)
	}
	d.made = append(slices.Delete(d.made, 0, max(old, len(d.made)+1-maxMade)), made{e.ID, now})
}
