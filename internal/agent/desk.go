package agent

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// UndoWindow is how long after it was recorded an undo without an id may take an
// event back: long enough for "oh, that was the wrong key", too short to reach
// into what a lead has read.
const UndoWindow = 10 * time.Minute

// Desk logs and corrects the events of one database by the rules of one
// configuration. The agent has one for as long as it runs; a command makes one
// for a moment where no agent runs. Its methods are those of [api.Client], with
// the same answers and, as [api.Error], the same errors.
type Desk struct {
	store *store.Store
	now   func() time.Time
	clock *deskClock
	// patience is hangsAfter; less in tests.
	patience time.Duration

	mu            sync.Mutex // guards what follows
	config        *config.Config
	guard         map[control]time.Time
	conversations map[string]conversation
	made          []made // live events, those stored last, the newest last
	followers     map[*follower]struct{}
	waiting       []*waiting // the press that was made first is first
	taps          taps
	trouble       trouble
	undoing       map[string]*work[cx.Event] // by device: an undo that hung
	untold        bool                       // the configuration's tags are not in the database yet

	tapping  chan struct{} // 1: holds a token while a tap of the page is answered
	retrying sync.Mutex    // taken before mu: one stores what waits, so that the order stays
	stirred  chan struct{} // 1: holds a token when the database began to take nothing

	counts counts
}

// counts are of presses, since the desk was made. Those that were not saved at once
// are stored late, lost, or still wait.
type counts struct{ stored, refused, notSaved, late, lost atomic.Uint64 }

// control is one key of one device.
type control struct{ device, key string }

// NewDesk puts the configuration's tags over those in the database. The caller
// closes the store. now is nil for [time.Now].
func NewDesk(ctx context.Context, st *store.Store, cfg *config.Config, now func() time.Time) (*Desk, error) {
	d := makeDesk(st, now, nil)
	return d, d.Configure(ctx, cfg)
}

// makeDesk makes a desk that has no configuration yet.
func makeDesk(st *store.Store, now func() time.Time, up func() time.Duration) *Desk {
	if now == nil {
		now = time.Now
	}
	return &Desk{
		store: st, now: now, clock: newDeskClock(st, now, up), patience: hangsAfter,
		guard:         make(map[control]time.Time),
		conversations: make(map[string]conversation),
		followers:     make(map[*follower]struct{}),
		undoing:       make(map[string]*work[cx.Event]),
		stirred:       make(chan struct{}, 1),
		tapping:       make(chan struct{}, 1),
	}
}

// Configure replaces the configuration.
func (d *Desk) Configure(ctx context.Context, cfg *config.Config) error {
	if err := d.store.SetCatalogue(ctx, cfg.Catalogue); err != nil {
		return storageError(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config, d.untold = cfg, false
	d.told(page.Moment{What: page.WhatAnew})
	return nil
}

// Config returns the configuration in force. It is not to be changed.
func (d *Desk) Config() *config.Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.config
}

// Undo takes back this desk's last live event; see [UndoWindow]. A press that still
// waits for the disk has no id yet.
func (d *Desk) Undo(ctx context.Context, u api.Undo) (cx.Event, error) {
	if e, ok := d.undoWaiting(u.Device); ok {
		return e, nil
	}
	for {
		last, ok, err := d.store.LastLive(ctx, store.LiveQuery{Device: u.Device})
		if err != nil {
			return cx.Event{}, storageError(err)
		}
		if !ok || !d.undoable(last) {
			return cx.Event{}, &api.Error{
				Code:    api.CodeNotFound,
				Message: fmt.Sprintf("nothing to undo: no event was logged here in the last %d minutes", int(UndoWindow.Minutes())),
				Hint:    "magicbutton undo ID takes back an older one; magicbutton events lists them",
			}
		}
		e, err := d.void(ctx, last.ID)
		if errors.Is(err, store.ErrVoided) {
			continue // another undo was faster; now the one before is the last
		}
		return e, storageError(err)
	}
}

// undoable reports whether an event was stored within [UndoWindow]. Where this desk
// stored it, no clock that was set meanwhile matters.
func (d *Desk) undoable(e cx.Event) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.IndexFunc(d.made, func(m made) bool { return m.id == e.ID }); i >= 0 {
		return d.clock.up()-d.made[i].at <= UndoWindow
	}
	age := d.now().Sub(e.RecordedAt)
	return age <= UndoWindow && age > -clockSlack
}

// Void takes back any event.
func (d *Desk) Void(ctx context.Context, id cx.ID) (cx.Event, error) {
	e, err := d.void(ctx, id)
	return e, storageError(err)
}

// void takes back an event, with the store's own errors.
func (d *Desk) void(ctx context.Context, id cx.ID) (cx.Event, error) {
	e, err := d.store.Void(ctx, id)
	if err != nil {
		return cx.Event{}, err
	}
	d.forget(e)
	d.tell(page.Moment{What: page.WhatChanged, Event: e})
	return e, nil
}

// Amend corrects an event.
func (d *Desk) Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	if a.Tag != nil {
		if _, err := d.Config().Catalogue.Usable(*a.Tag); err != nil {
			return cx.Event{}, api.Bad(err)
		}
	}
	before, err := d.store.Event(ctx, id)
	if err != nil {
		return cx.Event{}, storageError(err)
	}
	if before.Voided {
		return cx.Event{}, storageError(fmt.Errorf("event %s: %w", id, store.ErrVoided))
	}
	if _, err := a.Apply(before); err != nil { // what is wrong with the request is not the database's fault
		return cx.Event{}, api.Bad(err)
	}
	e, err := d.store.Amend(ctx, id, a)
	if err != nil {
		return cx.Event{}, storageError(err)
	}
	if a.Clock != nil && *a.Clock == cx.ClockOK {
		d.clock.trust()
	}
	d.tell(page.Moment{What: page.WhatChanged, Event: e})
	return e, nil
}

// Event returns one event as it stands.
func (d *Desk) Event(ctx context.Context, id cx.ID) (cx.Event, error) {
	e, err := d.store.Event(ctx, id)
	return e, storageError(err)
}

// EventBySeq returns the event that this desk calls #seq.
func (d *Desk) EventBySeq(ctx context.Context, seq uint64) (cx.Event, error) {
	e, err := d.store.EventBySeq(ctx, seq)
	return e, storageError(err)
}

// History returns an event's earlier states, the oldest first; none for one that
// was never corrected. How it stands is [Desk.Event].
func (d *Desk) History(ctx context.Context, id cx.ID) ([]cx.Event, error) {
	states, err := d.store.History(ctx, id)
	if err != nil {
		return nil, storageError(err)
	}
	return states[:len(states)-1], nil
}

// Events streams events in the order of their ids. An error ends it.
func (d *Desk) Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		for e, err := range d.store.Events(ctx, q) {
			if !yield(e, storageError(err)) {
				return
			}
		}
	}
}

// Tally answers a query.
func (d *Desk) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	t, err := d.store.Tally(ctx, q)
	return t, storageError(err)
}

// Catalogue returns the tags that the database knows.
func (d *Desk) Catalogue(ctx context.Context) (cx.Catalogue, error) {
	c, err := d.store.Catalogue(ctx)
	return c, storageError(err)
}

// Check checks the database, calling progress, if not nil, now and then.
func (d *Desk) Check(ctx context.Context, progress func(done, total int)) (api.CheckReport, error) {
	r, err := d.store.Check(ctx, progress)
	if err != nil {
		return api.CheckReport{}, storageError(err)
	}
	return api.CheckReport{Events: r.Events, Damage: r.Damage, Notes: r.Remarks}, nil
}

// storageError gives an error of the store the code that belongs to it.
func storageError(err error) error {
	var filter *store.FilterError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &filter):
		return api.Bad(err)
	case errors.Is(err, store.ErrNoEvent):
		return api.As(api.CodeNotFound, err)
	case errors.Is(err, store.ErrVoided):
		return api.As(api.CodeConflict, err)
	}
	return api.As(api.CodeStorage, err)
}
