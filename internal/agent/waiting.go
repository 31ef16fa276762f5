package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"magicbutton/internal/api"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
	"magicbutton/store"
)

// maxWaiting is how many presses wait in memory while the disk takes none: more
// than a busy desk makes in a day, in under a megabyte. When as many wait, the next
// is refused: what was said of a press when it was made, that it waits or that it
// is lost, stays true.
const maxWaiting = 1024

// waiting is a press that is not on the disk yet.
type waiting struct {
	press Press
	// event is what it will be stored as; its conversation is found then, as the one
	// before it may wait, too.
	event cx.Event
	// tried is what an earlier try may have stored all the same, zero for none; see
	// [store.New.Tried].
	tried cx.Event
	// saving is the try that is under way, nil for none. One that hangs ends when the
	// disk answers again; until then the press is not tried again, or it might count
	// twice.
	saving *work[store.Appended]
	// leaving is the same for what an earlier try stored of a press that was taken back.
	leaving *work[struct{}]
	told    bool // that it was not saved
	undone  bool
	// toldLate says that whoever watches heard with the event that it had to wait: not so
	// of a write that hung and ended just before it was put among those that wait.
	toldLate bool
}

// mustWait reports whether a press has to wait behind others, or behind a write that
// hangs.
func (d *Desk) mustWait() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting) > 0 || errors.Is(d.trouble.err, errHangs)
}

// wait puts a press behind those that wait. err is why it was not stored, nil where
// it was not tried.
func (d *Desk) wait(w *waiting, err error) Outcome {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		err = d.trouble.err // nil while those before it are being stored
	}
	if len(d.waiting) >= maxWaiting && w.saving == nil { // one that is under way is not lost
		d.counts.lost.Add(1)
		return Outcome{Result: NotStored, Err: errors.Join(fmt.Errorf("%d presses wait already", maxWaiting), err)}
	}
	w.told = err != nil
	d.waiting = append(d.waiting, w)
	d.guard[control{w.press.place(), w.press.Key}] = w.press.At
	d.taps.keep(w.press.Ref, tap{result: page.Waiting})
	if err != nil {
		m := w.press.moment(page.WhatWaiting)
		m.Reason = err.Error()
		d.told(m)
	}
	d.told(page.Moment{What: page.WhatTrouble})
	return Outcome{Result: Waiting, Event: w.event, Err: err}
}

// undoWaiting takes back the press that waits since the shortest time, of one
// device or, for "", of any.
func (d *Desk) undoWaiting(device string) (cx.Event, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, w := range slices.Backward(d.waiting) {
		if w.undone || device != "" && w.press.Device != device {
			continue
		}
		w.undone = true
		if w.told { // nobody misses it
			d.counts.notSaved.Add(^uint64(0))
		}
		delete(d.guard, control{w.press.place(), w.press.Key})
		if w.saving == nil && w.tried.ID.IsZero() { // else it must be looked for in the file
			d.waiting = slices.Delete(d.waiting, i, i+1)
		}
		d.taps.keep(w.press.Ref, tap{result: page.TakenBack})
		d.told(page.Moment{What: page.WhatTrouble})
		e := w.event
		e.Voided = true
		return e, true
	}
	return cx.Event{}, false
}

// Retry stores the presses that wait, in the order in which they were made, up to
// the first that cannot be stored. A try that ctx ends before goes on by itself.
func (d *Desk) Retry(ctx context.Context) (saved []Outcome, err error) {
	d.retrying.Lock()
	defer d.retrying.Unlock()
	for {
		w := d.nextWaiting()
		if w == nil {
			return saved, nil
		}
		o, err := d.retry(ctx, w)
		if err != nil {
			return saved, err
		}
		if o.Result != 0 {
			d.counts.stored.Add(1)
			d.counts.late.Add(1)
			saved = append(saved, o)
		}
	}
}

// nextWaiting returns the press that waits longest, or nil where there is none.
func (d *Desk) nextWaiting() *waiting {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.waiting) == 0 {
		return nil
	}
	return d.waiting[0]
}

// retry stores one press that waits, or drops one that was taken back.
func (d *Desk) retry(ctx context.Context, w *waiting) (Outcome, error) {
	d.mu.Lock()
	undone, tried, saving := w.undone, w.tried, w.saving
	if !undone && saving == nil {
		storing := context.WithoutCancel(ctx)
		saving, _ = write(d, func(watched *writing) (store.Appended, error) {
			return d.storePress(storing, watched, w.press, w.event, tried)
		})
		w.saving = saving
	}
	d.mu.Unlock()
	if saving == nil {
		return Outcome{}, d.takeBack(ctx, w, tried)
	}
	select {
	case <-saving.done:
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
	a, err := saving.value, saving.err
	d.mu.Lock()
	defer d.mu.Unlock()
	w.saving = nil
	if err == nil || errors.Is(err, store.ErrUnsure) {
		w.tried = a.Event
	}
	if err != nil || w.undone { // undone meanwhile: its event is voided in the next turn
		return Outcome{}, err
	}
	d.drop(w)
	d.taps.keep(w.press.Ref, tap{page.Stored, a.Event.ID})
	if !w.toldLate {
		d.told(page.Moment{What: page.WhatLate, Event: a.Event})
	}
	return Outcome{Press: w.press, Result: Stored, Event: a.Event, Took: a.Took, Late: true}, nil
}

// takeBack drops a press that was taken back, and what an earlier try stored of it. The
// caller holds retrying.
func (d *Desk) takeBack(ctx context.Context, w *waiting, tried cx.Event) error {
	if w.leaving == nil {
		leaving := context.WithoutCancel(ctx)
		w.leaving, _ = write(d, func(*writing) (struct{}, error) { return struct{}{}, d.unstore(leaving, tried) })
	}
	select {
	case <-w.leaving.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	err := w.leaving.err
	w.leaving = nil
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.drop(w)
	}
	return err
}

// unstore voids what a try may have stored of a press that was taken back.
func (d *Desk) unstore(ctx context.Context, tried cx.Event) error {
	if tried.ID.IsZero() {
		return nil
	}
	e, err := d.store.Event(ctx, tried.ID)
	if errors.Is(err, store.ErrNoEvent) || err == nil && (e.Voided || !e.RecordedAt.Equal(tried.RecordedAt)) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = d.void(ctx, e.ID)
	return err
}

// drop takes a press out of those that wait; the caller holds mu.
func (d *Desk) drop(w *waiting) {
	d.waiting = slices.DeleteFunc(d.waiting, func(o *waiting) bool { return o == w })
	d.told(page.Moment{What: page.WhatTrouble})
}

// Unsaved is a press that is not on the disk.
type Unsaved struct {
	Press
	// Unsure says that a try is under way, or was and nobody knows how it ended.
	Unsure bool
}

// Left returns the presses that are not on the disk, in the order in which they
// were made.
func (d *Desk) Left() []Unsaved {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Unsaved
	for _, w := range d.waiting {
		if !w.undone {
			out = append(out, Unsaved{w.press, w.saving != nil || !w.tried.ID.IsZero()})
		}
	}
	return out
}

// trouble is why the database takes no events.
type trouble struct {
	err   error // nil for none
	since time.Time
}

// failed notes that the database did not take an event.
func (d *Desk) failed(err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail(err)
}

// fail is failed for who holds mu.
func (d *Desk) fail(err error) {
	if d.trouble.err == nil {
		d.trouble.since = d.now()
		d.stir()
	}
	news := d.trouble.err == nil || d.trouble.err.Error() != err.Error()
	d.trouble.err = err
	if news {
		d.told(page.Moment{What: page.WhatTrouble})
	}
}

// worked notes that the database took one.
func (d *Desk) worked() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recovered()
}

// recovered is worked for who holds mu.
func (d *Desk) recovered() {
	was := d.trouble.err
	d.trouble = trouble{}
	if was != nil {
		d.told(page.Moment{What: page.WhatTrouble})
	}
}

// stir tells whoever keeps the desk that there is something to do.
func (d *Desk) stir() {
	select {
	case d.stirred <- struct{}{}:
	default:
	}
}

// Trouble says what keeps the database from taking events, nil for nothing.
func (d *Desk) Trouble() *api.Trouble {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.trouble.err == nil {
		return nil
	}
	return &api.Trouble{Since: d.trouble.since, Text: d.trouble.err.Error()}
}
