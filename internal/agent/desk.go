package agent

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// UndoWindow is how long after it was recorded an undo without an id may take an
// event back: long enough for "oh, that was the wrong key", too short to reach
// into what a lead has read.
const UndoWindow = 10 * time.Minute

// Desk logs and corrects the events of one database by the rules of one
// configuration. The agent has one for as long as it runs; a command makes one
// for a moment where no agent runs. Its methods are those of [api.Client].
type Desk struct {
	store *store.Store
	now   func() time.Time

	mu            sync.Mutex // guards what follows
	config        *config.Config
	guard         map[control]time.Time
	conversations map[string]conversation
	followers     map[chan cx.Event]struct{}

	counts counts
}

// counts are of presses, since the desk was made.
type counts struct{ stored, refused, notSaved atomic.Uint64 }

// control is one key of one device.
type control struct{ device, key string }

// NewDesk puts the configuration's tags over those in the database. The caller
// closes the store. now is nil for [time.Now].
func NewDesk(ctx context.Context, st *store.Store, cfg *config.Config, now func() time.Time) (*Desk, error) {
	if now == nil {
		now = time.Now
	}
	d := &Desk{
		store: st, now: now,
		guard:         make(map[control]time.Time),
		conversations: make(map[string]conversation),
		followers:     make(map[chan cx.Event]struct{}),
	}
	return d, d.Configure(ctx, cfg)
}

// Configure replaces the configuration.
func (d *Desk) Configure(ctx context.Context, cfg *config.Config) error {
	if err := d.store.SetCatalogue(ctx, cfg.Catalogue); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config = cfg
	return nil
}

// Config returns the configuration in force. It is not to be changed.
func (d *Desk) Config() *config.Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.config
}

// Log logs one event that a program or a person asked for.
func (d *Desk) Log(ctx context.Context, n api.NewEvent) (api.Logged, error) {
	cfg, now := d.Config(), d.now()
	e, err := newEvent(n, cfg)
	if err != nil {
		return api.Logged{}, api.Bad(err)
	}
	at := now
	if n.At != nil {
		at = *n.At
		if err := cx.CheckAt(at); err != nil {
			return api.Logged{}, api.Bad(err)
		}
	} else {
		e.Clock = clockAt(now)
	}
	scrubbed := e.Scrub()
	a, err := d.append(ctx, store.New{At: at, Ref: n.Ref, Event: e})
	if err != nil {
		return api.Logged{}, err
	}
	return api.Logged{
		Event: api.FromEvent(a.Event), Duplicate: a.Duplicate,
		Scrubbed: scrubbed, FlushMicros: a.Took.Microseconds(),
	}, nil
}

// newEvent checks a request and fills in what follows from the configuration.
func newEvent(n api.NewEvent, cfg *config.Config) (cx.Event, error) {
	var errs []error
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
	errs = append(errs, err)
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
		return cx.Event{}, err
	}
	return e, e.Check()
}

// onDesk returns an event as far as desk and tag decide it.
func onDesk(cfg *config.Config, tag cx.Tag) cx.Event {
	return cx.Event{
		Desk: cfg.Desk.Name, Site: cfg.Desk.Site,
		Tag: tag.Code, Stage: tag.Stage, Channel: cfg.Desk.Channel,
	}
}

// clockAt doubts a clock that shows a year in which no event may lie: a desk
// whose battery is empty wakes up in 1970.
func clockAt(now time.Time) cx.Clock {
	if cx.CheckAt(now) != nil {
		return cx.ClockSuspect
	}
	return cx.ClockOK
}

// append stores one event and tells the followers.
func (d *Desk) append(ctx context.Context, n store.New) (store.Appended, error) {
	list, err := d.store.Append(ctx, n)
	if err != nil {
		return store.Appended{}, storageError(err)
	}
	if !list[0].Duplicate {
		d.tell(list[0].Event)
	}
	return list[0], nil
}

// Undo takes back this desk's last live event; see [UndoWindow].
func (d *Desk) Undo(ctx context.Context, u api.Undo) (cx.Event, error) {
	e, ok, err := d.store.LastLive(ctx, store.LiveQuery{Since: d.now().Add(-UndoWindow), Device: u.Device})
	if err != nil {
		return cx.Event{}, storageError(err)
	}
	if !ok {
		return cx.Event{}, &api.Error{
			Code:    api.CodeNotFound,
			Message: fmt.Sprintf("nothing to undo: no event was logged here in the last %d minutes", int(UndoWindow.Minutes())),
			Hint:    "magicbutton undo ID takes back an older one; magicbutton events lists them",
		}
	}
	return d.Void(ctx, e.ID)
}

// Void takes back any event.
func (d *Desk) Void(ctx context.Context, id cx.ID) (cx.Event, error) {
	e, err := d.store.Void(ctx, id)
	if err != nil {
		return cx.Event{}, storageError(err)
	}
	d.forget(e)
	d.tell(e)
	return e, nil
}

// Amend corrects an event.
func (d *Desk) Amend(ctx context.Context, id cx.ID, a cx.Amendment) (cx.Event, error) {
	if a.Tag != nil {
		if _, err := d.Config().Catalogue.Usable(*a.Tag); err != nil {
			return cx.Event{}, api.Bad(err)
		}
	}
	e, err := d.store.Amend(ctx, id, a)
	if err != nil {
		return cx.Event{}, storageError(err)
	}
	d.tell(e)
	return e, nil
}

// EventBySeq returns the event that this desk calls #seq.
func (d *Desk) EventBySeq(ctx context.Context, seq uint64) (cx.Event, error) {
	e, err := d.store.EventBySeq(ctx, seq)
	return e, storageError(err)
}

// History returns an event's earlier states, the oldest first.
func (d *Desk) History(ctx context.Context, id cx.ID) ([]cx.Event, error) {
	h, err := d.store.History(ctx, id)
	return h, storageError(err)
}

// Events streams events.
func (d *Desk) Events(ctx context.Context, q cx.EventQuery) iter.Seq2[cx.Event, error] {
	return d.store.Events(ctx, q)
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

// storageError gives an error of the store the code that belongs to it.
func storageError(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, store.ErrNoEvent):
		return api.As(api.CodeNotFound, err)
	case errors.Is(err, store.ErrVoided):
		return api.As(api.CodeConflict, err)
	}
	return api.As(api.CodeStorage, err)
}
