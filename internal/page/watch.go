package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// watch follows the desk for the hub, from the first page that is opened until the
// last is closed.
type watch struct {
	hub     *hub
	cancel  context.CancelFunc
	stirred chan struct{} // 1: holds a token when the counts may be others

	// What follows is guarded by hub.mu.
	loaded  bool // all was told, or that it cannot be read
	cards   cards
	glance  glance
	trouble *troubled
	reads   int // how often all was read: counts that were begun before are old
}

// run follows the desk until ctx ends.
func (w *watch) run(ctx context.Context) {
	for {
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		w.hub.log.Warn("the page lost sight of the desk", "err", err)
		w.blind(err)
		if !pause(ctx, againAfter) {
			return
		}
	}
}

// blindAfter is how long the pages wait for a desk that does not answer, until they are
// told so: what a rep takes for an answer.
const blindAfter = 3 * time.Second

var errSilent = errors.New("the database does not answer")

// blind tells pages which know nothing yet that nothing can be read: they can hand over
// taps and notes all the same.
func (w *watch) blind(err error) {
	now := w.hub.now()
	w.change(func() {
		if w.loaded {
			return
		}
		w.loaded = true
		if w.trouble = w.hub.troubled(); w.trouble == nil {
			w.trouble = &troubled{Since: timeText(now), Text: err.Error()}
		}
		w.glance.Tags = []tagCount{}
		w.hub.tell(message(msgAll, w.all(now)))
	})
}

// pause waits, and reports whether ctx is still good.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

var errEnded = errors.New("it stopped telling")

// follow reads all there is, and then follows what happens, until something is wrong.
func (w *watch) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := errEnded
	ready := func() {
		if err := w.load(ctx); err != nil {
			failed = err
			cancel()
		}
	}
	for m, err := range w.hub.desk.Watch(ctx, ready) {
		if err == nil {
			err = w.happened(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	return failed
}

// load reads all there is, and tells the pages.
func (w *watch) load(ctx context.Context) error {
	now := w.hub.now()
	silent := time.AfterFunc(blindAfter, func() { w.blind(errSilent) })
	defer silent.Stop()
	var read cards
	// Those of the last ten minutes have their instants in them, too, but for what had to
	// wait for the disk.
	q := cx.EventQuery{From: now.Add(-24 * time.Hour), Newest: true, Limit: maxHeld}
	for e, err := range w.hub.desk.Events(ctx, q) {
		if err != nil {
			return fmt.Errorf("reading the newest events: %w", err)
		}
		read.put(held{e, wasLate(e)})
	}
	counts, err := countGlance(ctx, w.hub.desk, now)
	if err != nil {
		return fmt.Errorf("counting the day: %w", err)
	}
	trouble := w.hub.troubled()
	w.change(func() {
		w.loaded, w.cards, w.glance, w.trouble = true, read, counts, trouble
		w.reads++
		w.hub.tell(message(msgAll, w.all(now)))
	})
	return nil
}

// change changes what the pages see, unless the last of them has gone.
func (w *watch) change(f func()) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	if w.hub.watch == w {
		f()
	}
}

// all is what a page shows; the caller holds the hub's mu.
func (w *watch) all(now time.Time) everything {
	cfg := w.hub.desk.Config()
	out := everything{
		Desk: cfg.Desk.Name, Site: cfg.Desk.Site, Zone: zoneName(cfg.Desk),
		Version: w.hub.version, Run: w.hub.run, Now: timeText(now),
		SameConversation: cfg.Press.SameConversation.Seconds(), Guard: cfg.Press.Guard.Milliseconds(), Undo: UndoWindow.Seconds(), MaxCards: maxCards,
		Tags: padTags(cfg.Catalogue), Stages: stageChoices, Channels: channelChoices,
		Cards: []card{}, Glance: w.glance, Trouble: w.trouble,
	}
	for _, live := range w.cards.newest(now) {
		out.Cards = append(out.Cards, newCard(cfg.Catalogue, live))
	}
	return out
}

// happened tells the pages one thing.
func (w *watch) happened(ctx context.Context, m Moment) error {
	late := m.Late || m.What == WhatLate
	switch m.What {
	case WhatStored, WhatChanged, WhatLate:
		if err := w.put(ctx, m); err != nil {
			return err
		}
	case WhatRefused:
		w.change(func() { w.hub.tell(message(msgRefused, w.pressed(m))) })
	case WhatWaiting, WhatNotSaved:
		u := unsaved{w.pressed(m), m.Reason, m.What == WhatWaiting}
		w.change(func() { w.hub.tell(message(msgUnsaved, u)) })
		late = true
	case WhatAnew:
		return w.load(ctx)
	case WhatTrouble:
		late = true
	}
	w.change(func() {
		if late || w.trouble != nil {
			w.tellTrouble(w.hub.troubled())
		}
	})
	return nil
}

func (w *watch) pressed(m Moment) pressed {
	return pressed{m.Tag, label(w.hub.desk.Config().Catalogue, m.Tag), string(m.Source), m.Ref}
}

// put takes in an event that was stored or changed, and those that changed with it.
func (w *watch) put(ctx context.Context, m Moment) error {
	list, lost := []held{{m.Event, m.Late || m.What == WhatLate || wasLate(m.Event)}}, []cx.ID(nil)
	var kin []cx.ID
	w.change(func() { kin = w.cards.kin(m.Event) })
	for _, id := range kin {
		e, err := w.hub.desk.Event(ctx, id)
		var problem *api.Error
		switch {
		case err == nil:
			list = append(list, held{e, wasLate(e)})
		case errors.As(err, &problem) && problem.Code == api.CodeNotFound:
			lost = append(lost, id)
		default:
			return fmt.Errorf("reading event %s: %w", id, err)
		}
	}
	w.change(func() {
		var touched []cx.ID
		for _, h := range list {
			touched = append(touched, w.cards.put(h)...)
		}
		for _, id := range lost {
			touched = append(touched, w.cards.drop(id)...)
		}
		w.tellCards(touched, w.hub.now())
		if len(w.cards.events) > 3*maxCards {
			w.cards.newest(w.hub.now())
		}
	})
	w.stir()
	return nil
}

// tellCards tells the pages what became of conversations; the caller holds the hub's mu.
// A conversation that is older than the cards is none of theirs.
func (w *watch) tellCards(touched []cx.ID, now time.Time) {
	catalogue := w.hub.desk.Config().Catalogue
	slices.SortFunc(touched, func(a, b cx.ID) int { return slices.Compare(a[:], b[:]) })
	var there [][]byte
	for _, id := range slices.Compact(touched) {
		live := w.cards.of(id)
		switch {
		case len(live) == 0:
			w.hub.tell(message(msgGone, gone{id}))
		case now.Before(untilOf(live)):
			there = append(there, message(msgCard, newCard(catalogue, live)))
		}
	}
	for _, m := range there {
		w.hub.tell(m)
	}
}

// stir says that the counts may be others.
func (w *watch) stir() {
	select {
	case w.stirred <- struct{}{}:
	default:
	}
}

// count keeps the counts until ctx ends: at once when something changed, but not more
// often than every [glanceEvery], and when a day begins.
func (w *watch) count(ctx context.Context) {
	tomorrow := func(now time.Time) time.Duration { return untilTomorrow(now, w.hub.desk.Config().Desk.Zone) }
	day := time.NewTimer(tomorrow(w.hub.now()))
	defer day.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.stirred:
		case <-day.C:
		}
		now := w.hub.now()
		day.Reset(tomorrow(now))
		var reads int
		w.change(func() { reads = w.reads })
		counts, err := countGlance(ctx, w.hub.desk, now)
		if err == nil {
			w.change(func() {
				if reads == w.reads {
					w.tellGlance(counts, now)
				} else { // it may be older than what was read meanwhile
					w.stir()
				}
			})
		} // else the pages keep the old ones; what is wrong is told as trouble
		if !pause(ctx, glanceEvery) {
			return
		}
	}
}

// tellGlance tells the pages counts that changed; the caller holds the hub's mu.
func (w *watch) tellGlance(g glance, now time.Time) {
	w.cards.newest(now) // forget what is too old
	if !w.loaded || g.Day == w.glance.Day && g.Week == w.glance.Week && slices.Equal(g.Tags, w.glance.Tags) {
		return
	}
	w.glance = g
	w.hub.tell(message(msgGlance, g))
}

// troubled says what keeps the database from taking events, nil for nothing.
func (h *hub) troubled() *troubled {
	t, waiting := h.desk.Trouble(), h.desk.Waiting()
	switch {
	case t != nil:
		return &troubled{timeText(t.Since), t.Text, waiting}
	case waiting > 0:
		return &troubled{Waiting: waiting}
	}
	return nil
}

// tellTrouble tells the pages where the trouble is another; the caller holds the
// hub's mu.
func (w *watch) tellTrouble(t *troubled) {
	same := t == nil && w.trouble == nil || t != nil && w.trouble != nil && *t == *w.trouble
	if same || !w.loaded {
		return
	}
	w.trouble = t
	w.hub.tell(message(msgTrouble, t))
}
