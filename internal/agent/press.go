package agent

import (
	"context"
	"errors"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// Press is what a rep did: on a key of a device, or of the pad of the terminal or the
// page.
type Press struct {
	Source cx.Source
	// Device and Key are as an event records them.
	Device, Key string
	// At is the first key-down.
	At     time.Time
	Action config.Action
	// Ref is the page's own name for a tap, "" for what is no tap; see [store.New].
	Ref string
	// Past says that the press was made while no agent ran, and told later: it has its
	// guard and its conversation from others that were, whatever was pressed since.
	Past bool
}

// place is what guards and conversations are remembered by: the device, or what was
// pressed on it while no agent ran.
func (p Press) place() string { return place(p.Device, p.Past) }

func place(device string, past bool) string {
	if past {
		return device + " \x00past" // no device is called so
	}
	return device
}

// Result is what became of a press.
type Result uint8

// The results. The rep is told each of them in another way.
const (
	Stored        Result = iota + 1 // the event is on the disk
	Refused                         // too soon after the same key: already counted
	Undone                          // an event was taken back, and that is on the disk
	NothingToUndo                   // there was none to take back
	NotStored                       // the database could not store it: it is lost, and the rep must know
	Waiting                         // the database did not store it: it waits in memory; told again when it is stored
)

// Outcome is the answer to a press.
type Outcome struct {
	Press  Press
	Result Result
	Event  cx.Event      // for Stored and Undone; without an id where it was never stored
	Took   time.Duration // how long storing took, flush included
	Late   bool          // for Stored: it was Waiting before
	Known  bool          // for Stored: its ref was, and nothing was stored now
	// Err is for NotStored and Waiting, and where a refusal could not be counted. A
	// press that waits without an error only waits for its turn.
	Err error
}

// conversation is what a device is in the middle of.
type conversation struct {
	id   cx.ID     // of an event in it, live or not: the store knows the first one
	last time.Time // when its newest tag was pressed
	tags map[string]cx.ID
}

// Press does what the press is bound to, and returns when the outcome is on the
// disk. The presses of one device come one after the other.
func (d *Desk) Press(ctx context.Context, p Press) Outcome {
	if p.Action.Undo {
		return d.became(p, d.pressUndo(ctx, p))
	}
	return d.became(p, d.pressTag(ctx, p))
}

// became counts what became of a press, and tells whoever watches. Of what is stored or
// taken back the store was told.
func (d *Desk) became(p Press, o Outcome) Outcome {
	o.Press = p
	switch {
	case o.Result == Stored && !o.Known:
		d.counts.stored.Add(1)
	case o.Result == Refused:
		d.counts.refused.Add(1)
		d.tell(p.moment(page.WhatRefused))
	case o.Result == NotStored:
		d.counts.notSaved.Add(1)
		m := p.moment(page.WhatNotSaved)
		m.Reason = o.Err.Error()
		d.tell(m)
	case o.Result == Waiting && o.Err != nil: // whoever watches was told before it could be stored
		d.counts.notSaved.Add(1)
	}
	return o
}

// moment is what is told of a press that has no event.
func (p Press) moment(what page.What) page.Moment {
	return page.Moment{What: what, Tag: p.Action.Tag, Source: p.Source, Ref: p.Ref}
}

func (d *Desk) pressUndo(ctx context.Context, p Press) Outcome {
	u := api.Undo{}
	if p.Source == cx.SourceDevice {
		u.Device = p.Device // one rep's key never takes back a neighbour's press
	}
	if e, ok := d.undoWaiting(u.Device); ok {
		return Outcome{Result: Undone, Event: e}
	}
	started := d.now()
	e, err := d.undoOf(ctx, u)
	var problem *api.Error
	switch {
	case err == nil:
		return Outcome{Result: Undone, Event: e, Took: d.now().Sub(started)}
	case errors.As(err, &problem) && problem.Code == api.CodeNotFound:
		return Outcome{Result: NothingToUndo}
	}
	return Outcome{Result: NotStored, Err: err}
}

// undoOf takes back an event for a key. Where that hangs it goes on by itself, and the
// next undo of the device is the same one: else the rep, who was told that nothing was
// taken back, would take back two.
func (d *Desk) undoOf(ctx context.Context, u api.Undo) (cx.Event, error) {
	d.mu.Lock()
	w := d.undoing[u.Device]
	d.mu.Unlock()
	switch {
	case w != nil && !w.ended():
		return cx.Event{}, errUnderWay
	case w != nil && w.err == nil:
		d.undoEnded(u.Device)
		return w.value, nil
	case d.hangs():
		return cx.Event{}, errHangs
	}
	w, watched := write(d, func(*writing) (cx.Event, error) { return d.Undo(context.WithoutCancel(ctx), u) })
	d.mu.Lock()
	d.undoing[u.Device] = w
	d.mu.Unlock()
	if !w.within(d.patience) {
		watched.late()
		return cx.Event{}, errUnderWay
	}
	d.undoEnded(u.Device)
	return w.value, w.err
}

// undoEnded forgets the undo of a device: it was told how it ended, or its rep has gone on.
func (d *Desk) undoEnded(device string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w := d.undoing[device]; w != nil && w.ended() {
		delete(d.undoing, device)
	}
}

func (d *Desk) pressTag(ctx context.Context, p Press) Outcome {
	d.undoEnded(p.Device) // what is taken back next is newer
	cfg := d.Config()
	if d.tooSoon(p, cfg.Press.Guard) {
		return d.refuse(ctx, p)
	}
	tag, err := cfg.Catalogue.Usable(p.Action.Tag)
	if err != nil { // the configuration was checked, but may have changed since the press
		return Outcome{Result: NotStored, Err: err}
	}
	return d.keepPress(ctx, p, onDesk(cfg, tag))
}

// refuse counts a press that came too soon.
func (d *Desk) refuse(ctx context.Context, p Press) Outcome {
	_, err := attempt(d, func(*writing) (struct{}, error) {
		return struct{}{}, d.store.Refuse(ctx, p.At, p.Device, p.Key)
	})
	return Outcome{Result: Refused, Err: err}
}

// keepPress stores the event of a press, or lets it wait.
func (d *Desk) keepPress(ctx context.Context, p Press, e cx.Event) Outcome {
	e.Source, e.Device, e.Key = p.Source, p.Device, p.Key
	if e.Clock = d.clock.judge(ctx); cx.CheckAt(p.At) != nil {
		e.Clock = cx.ClockSuspect
	}
	if err := e.Check(); err != nil { // no disk will ever take it, nor what waits behind it
		return Outcome{Result: NotStored, Err: err}
	}
	if d.mustWait() {
		return d.wait(&waiting{press: p, event: e}, nil)
	}
	saving, watched := write(d, func(w *writing) (store.Appended, error) { return d.storePress(ctx, w, p, e, cx.Event{}) })
	if !saving.within(d.patience) {
		watched.late()
		return d.wait(&waiting{press: p, event: e, saving: saving}, errHangs)
	}
	a, err := saving.value, saving.err
	switch {
	case err == nil && a.Duplicate:
		return Outcome{Result: Stored, Event: a.Event, Known: true}
	case err == nil:
		d.guarded(p)
		return Outcome{Result: Stored, Event: a.Event, Took: a.Took}
	case ctx.Err() != nil:
		return Outcome{Result: NotStored, Err: err}
	}
	return d.wait(&waiting{press: p, event: e, tried: a.Event}, err)
}

// storePress stores the event of a press in its conversation. tried is what an
// earlier try may have stored.
func (d *Desk) storePress(ctx context.Context, w *writing, p Press, e, tried cx.Event) (store.Appended, error) {
	e.Conversation = d.joined(p, e.Tag, d.Config().Press.SameConversation)
	a, err := d.append(ctx, w, store.New{At: p.At, Ref: p.Ref, Event: e, Tried: tried}, &p)
	if err == nil && !a.Duplicate {
		d.remember(p, a.Event)
	}
	return a, err
}

// tooSoon reports whether the same control was counted less than guard ago. Instants
// of presses carry a monotonic clock, which a clock that is set does not touch; but it
// stands still while the computer sleeps, when the other one does not. Without one, a
// clock that was set back must not silence a key.
func (d *Desk) tooSoon(p Press, guard time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	last, ok := d.guard[control{p.place(), p.Key}]
	since, byWall := p.At.Sub(last), p.At.Round(0).Sub(last.Round(0))
	return ok && since >= 0 && since < guard && byWall < guard
}

// joined returns the conversation that the press goes on with, or the zero ID
// for a new one: a different tag, on the same device, soon enough.
func (d *Desk) joined(p Press, tag string, window time.Duration) cx.ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.conversations[p.place()]
	since := max(p.At.Sub(c.last), p.At.Round(0).Sub(c.last.Round(0))) // see tooSoon
	if _, again := c.tags[tag]; !ok || again || since < 0 || since > window || window == 0 {
		return cx.ID{}
	}
	return c.id
}

// guarded keeps when a control was counted last. A press that is lost may be
// repeated at once; one that waits for the disk will count.
func (d *Desk) guarded(p Press) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.guard[control{p.place(), p.Key}] = p.At
}

// remember keeps what the conversation of the device's next press depends on.
func (d *Desk) remember(p Press, e cx.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.conversations[p.place()]
	if e.Conversation == e.ID || c.tags == nil { // it begins one
		c.tags = make(map[string]cx.ID)
	}
	c.id, c.last, c.tags[e.Tag] = e.ID, p.At, e.ID
	d.conversations[p.place()] = c
}

// forget drops what was remembered of an event that was taken back: its key may
// be pressed again at once, and its tag may come again in the conversation.
func (d *Desk) forget(e cx.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, past := range []bool{false, true} {
		at := place(e.Device, past)
		delete(d.guard, control{at, e.Key})
		c, ok := d.conversations[at]
		if !ok || c.tags[e.Tag] != e.ID {
			continue
		}
		delete(c.tags, e.Tag)
		if len(c.tags) == 0 { // nothing is left that the next tag could join
			delete(d.conversations, at)
		}
	}
}
