package agent

import (
	"context"
	"iter"

	"magicbutton/internal/cx"
)

// followBuffer is how many events may wait for a follower: minutes of presses. A
// follower that is further behind is cut off rather than waited for.
const followBuffer = 256

// Follow yields each event as it is logged, taken back or amended, until ctx
// ends or the caller falls too far behind.
func (d *Desk) Follow(ctx context.Context) iter.Seq2[cx.Event, error] {
	return func(yield func(cx.Event, error) bool) {
		events := make(chan cx.Event, followBuffer)
		d.mu.Lock()
		d.followers[events] = struct{}{}
		d.mu.Unlock()
		defer func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			delete(d.followers, events)
		}()
		for {
			select {
			case e, ok := <-events:
				if !ok || !yield(e, nil) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// tell hands an event to the followers. It never waits for one.
func (d *Desk) tell(e cx.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for f := range d.followers {
		select {
		case f <- e:
		default:
			delete(d.followers, f)
			close(f)
		}
	}
}
