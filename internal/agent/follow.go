package agent

import (
	"context"
	"fmt"
	"iter"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

// followBuffer is how many events may wait for a follower: minutes of presses. A
// follower that is further behind is cut off rather than waited for.
const followBuffer = 256

// Follow yields each event as it is logged, taken back or amended, until ctx
// ends. A caller that falls too far behind gets an error with [api.CodeBehind].
func (d *Desk) Follow(ctx context.Context) iter.Seq2[cx.Event, error] {
	return d.follow(ctx, nil, func() {})
}

// follow is Follow that ends at stop, too, once everything told before was
// yielded. It calls ready when no event can be missed any more.
func (d *Desk) follow(ctx context.Context, stop <-chan struct{}, ready func()) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		for m, err := range d.hear(ctx, stop, ready, false) {
			if !yield(m.Event, err) {
				return
			}
		}
	}
}

// Watch yields what the rep's page shows: each event as it is logged, taken back or
// amended, and what became of presses that are no event, until ctx ends. No press waits
// for a page: one that falls too far behind gets an error with [api.CodeBehind].
func (d *Desk) Watch(ctx context.Context, ready func()) iter.Seq2[page.Moment, error] {
	return d.hear(ctx, nil, ready, true)
}

// hear yields what a follower is told, and all there is to tell where it wants that.
func (d *Desk) hear(ctx context.Context, stop <-chan struct{}, ready func(), all bool) iter.Seq2[page.Moment, error] {
	return func(yield func(page.Moment, error) bool) {
		f := &follower{news: make(chan page.Moment, followBuffer), all: all}
		d.mu.Lock()
		d.followers[f] = struct{}{}
		d.mu.Unlock()
		defer d.dismiss(f)
		ready()
		for {
			select {
			case <-ctx.Done():
				return
			case <-stop:
				stop = nil
				d.dismiss(f)
			case m, ok := <-f.news:
				if !ok && f.behind {
					yield(page.Moment{}, errBehind)
				}
				if !ok || !yield(m, nil) {
					return
				}
			}
		}
	}
}

// follower is told what happens until its channel is closed.
type follower struct {
	news   chan page.Moment
	all    bool // what is no event, too
	behind bool // written before news is closed
}

var errBehind = &api.Error{
	Code:    api.CodeBehind,
	Message: fmt.Sprintf("following events: cut off, more than %d events behind", followBuffer),
	Hint:    "follow again, and read what was missed from the events",
}

// tell hands what happened to the followers. It never waits for one.
func (d *Desk) tell(m page.Moment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told(m)
}

// told is tell for who holds mu.
func (d *Desk) told(m page.Moment) {
	event := m.What == page.WhatStored || m.What == page.WhatChanged
	for f := range d.followers {
		if !event && !f.all {
			continue
		}
		select {
		case f.news <- m:
		default:
			f.behind = true
			delete(d.followers, f)
			close(f.news)
		}
	}
}

// dismiss tells a follower no more.
func (d *Desk) dismiss(f *follower) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.followers[f]; ok {
		delete(d.followers, f)
		close(f.news)
	}
}
