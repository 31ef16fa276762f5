package agent

import (
	"context"
	"fmt"
	"iter"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
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
		f := &follower{events: make(chan cx.Event, followBuffer)}
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
			case e, ok := <-f.events:
				if !ok && f.behind {
					yield(cx.Event{}, errBehind)
				}
				if !ok || !yield(e, nil) {
					return
				}
			}
		}
	}
}

// follower is told of events until its channel is closed.
type follower struct {
	events chan cx.Event
	behind bool // written before events is closed
}

var errBehind = &api.Error{
	Code:    api.CodeBehind,
	Message: fmt.Sprintf("following events: cut off, more than %d events behind", followBuffer),
	Hint:    "follow again, and read what was missed from the events",
}

// tell hands an event to the followers. It never waits for one.
func (d *Desk) tell(e cx.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for f := range d.followers {
		select {
		case f.events <- e:
		default:
			f.behind = true
			delete(d.followers, f)
			close(f.events)
		}
	}
}

// dismiss tells a follower no more.
func (d *Desk) dismiss(f *follower) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.followers[f]; ok {
		delete(d.followers, f)
		close(f.events)
	}
}
