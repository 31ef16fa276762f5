package agent

import (
	"context"
	"errors"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/internal/page"
)

// pageDevice is what an event of the page's pad records as its device, as one of the
// terminal's pad records "terminal": so the taps of a desk's pages make conversations
// with each other and not with its buttons, and the guard is theirs. Its key is the code
// of the tag that was tapped: the pad has one for each tag, digits move when the
// configuration does, and the code stays right when the tag is amended.
const pageDevice = "page"

// tap logs a tag of the page's pad. A tap is a press: of the key for its tag, on the
// device that the page is. One that is sent again with the same ref is answered as it was
// the first time, without another look at the guard; a request that is wrong is an error.
func (d *Desk) tap(ctx context.Context, t page.Tap) (o Outcome, scrubbed int, err error) {
	if t.Ref == "" {
		return o, 0, api.Bad(errors.New("ref is missing"))
	}
	e, err := newEvent(api.NewEvent{
		Tag: t.Tag, At: t.At, Stage: t.Stage, Channel: t.Channel, Tried: t.Tried, Forced: t.Forced,
		Note: t.Note, Ref: t.Ref, Source: string(cx.SourcePage),
	}, d.Config())
	if err != nil {
		return o, 0, err
	}
	scrubbed = e.Scrub()
	p := Press{
		Source: cx.SourcePage, Device: pageDevice, Key: e.Tag, At: d.now(),
		Action: config.Action{Tag: e.Tag}, Ref: t.Ref,
	}
	if t.At != nil {
		p.At, p.Past = *t.At, true
	}
	o, known, err := d.tapInTurn(ctx, p, e)
	if err != nil || known.id.IsZero() {
		return o, scrubbed, err
	}
	// Others need not wait for what is read now.
	o.Event, err = d.Event(ctx, known.id)
	if o.Result == Refused && err != nil { // it is refused all the same
		o.Event, err = cx.Event{}, nil
	}
	return o, scrubbed, err
}

// tapInTurn does what a tap says after those that are under way, so that a ref which is
// under way is known. Of an event that is known already it returns the id alone.
func (d *Desk) tapInTurn(ctx context.Context, p Press, e cx.Event) (Outcome, tap, error) {
	select {
	case d.tapping <- struct{}{}:
		defer func() { <-d.tapping }()
	case <-ctx.Done():
		return Outcome{}, tap{}, ctx.Err()
	}
	d.mu.Lock()
	known, again := d.taps.of[p.Ref]
	d.mu.Unlock()
	if again {
		return d.tappedBefore(p, e, known), known, nil
	}
	o := d.tapOnce(context.WithoutCancel(ctx), p, e) // it was made, whether or not anybody waits for the answer
	d.mu.Lock()
	defer d.mu.Unlock()
	switch o.Result {
	case Stored:
		d.taps.keep(p.Ref, tap{page.Stored, o.Event.ID})
	case Refused: // because of the one that was counted
		known = tap{page.Refused, d.conversations[p.place()].tags[p.Action.Tag]}
		d.taps.keep(p.Ref, known)
	}
	return o, known, nil
}

// tapOnce does what a tap says.
func (d *Desk) tapOnce(ctx context.Context, p Press, e cx.Event) Outcome {
	d.undoEnded(p.Device)
	if d.tooSoon(p, d.Config().Press.Guard) {
		return d.became(p, d.refuse(ctx, p))
	}
	return d.became(p, d.keepPress(ctx, p, e))
}

// tappedBefore answers for a tap that was answered before.
func (d *Desk) tappedBefore(p Press, e cx.Event, known tap) Outcome {
	o := Outcome{Press: p, Known: true}
	switch known.result {
	case page.Stored:
		o.Result = Stored
	case page.Refused:
		o.Result = Refused
	case page.TakenBack:
		o.Result = Undone
	default:
		d.mu.Lock()
		defer d.mu.Unlock()
		o.Result, o.Event, o.Err = Waiting, e, d.trouble.err
	}
	return o
}

// tapped puts the outcome of a tap into the page's words.
func tapped(o Outcome, scrubbed int) page.Tapped {
	t := page.Tapped{Result: page.NotSaved, Event: o.Event, Duplicate: o.Known, Scrubbed: scrubbed}
	switch o.Result {
	case Stored:
		t.Result = page.Stored
	case Refused:
		t.Result = page.Refused
	case Waiting:
		t.Result = page.Waiting
	case Undone:
		t.Result = page.TakenBack
	}
	if o.Err != nil && o.Result != Refused {
		t.Reason = o.Err.Error()
	}
	return t
}

// tap is what became of a tap.
type tap struct {
	result page.Result
	id     cx.ID // for page.Stored, and for page.Refused of what was counted, where that is known
}

// maxTaps is how many taps can be sent again and are known without a look at the
// database, which knows those that it has for a day or two; more than a desk makes in a
// day.
const maxTaps = 4096

// taps are what became of the newest taps, by their refs. The zero value has none.
type taps struct {
	of    map[string]tap
	order []string // the oldest first
}

// keep keeps what became of a tap. "" is no ref.
func (t *taps) keep(ref string, became tap) {
	if ref == "" {
		return
	}
	if t.of == nil {
		t.of = make(map[string]tap)
	}
	if _, known := t.of[ref]; !known {
		if len(t.order) == maxTaps {
			delete(t.of, t.order[0])
			t.order = append(t.order[:0], t.order[1:]...)
		}
		t.order = append(t.order, ref)
	}
	t.of[ref] = became
}
