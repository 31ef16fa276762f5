package agent

import (
	"context"
	"errors"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/cx"
)

// listen stores presses until ctx ends and every press made before is stored. It
// returns at once where there is nothing to listen to.
func (a *Agent) listen(ctx context.Context) error {
	if a.listener == nil {
		return nil
	}
	listening := begin(func() (struct{}, error) { return struct{}{}, a.listener.Run(ctx) })
	a.takeAll(ctx)
	if !listening.within(a.desk.patience) && a.desk.hangs() {
		// It cannot write down that it gave the devices back: the next start does so.
		a.log.Warn("did not give the devices back", "err", errHangs)
		return nil
	}
	<-listening.done
	if err := listening.err; !errors.Is(err, hid.ErrUnavailable) {
		return err
	}
	a.log.Warn("listened to no device", "err", listening.err)
	return nil // a desk may work without buttons
}

// takeAll takes presses until there can be no more. Those that are waiting when the
// agent stops were made: they are stored.
func (a *Agent) takeAll(ctx context.Context) {
	storing, stopping := context.WithoutCancel(ctx), ctx.Done()
	var tick <-chan time.Time // once it stops
	for {
		select {
		case p, ok := <-a.listener.Presses():
			if !ok {
				return
			}
			a.take(storing, p)
		case <-stopping:
			stopping = nil
			ticker := time.NewTicker(a.desk.patience)
			defer ticker.Stop()
			tick = ticker.C
		case <-tick:
			if a.desk.hangs() && len(a.listener.Presses()) == 0 { // those that are ready wait with the others
				return
			}
		}
	}
}

// take stores one press of a device and answers with its light.
func (a *Agent) take(ctx context.Context, p hid.Press) {
	action, ok := actionFor(a.desk.Config(), p)
	if !ok {
		a.log.Info("dropped a press", "device", deviceName(p.Device), "key", p.Key.String(), "err", "its binding went with a reload")
		return
	}
	o := a.desk.Press(ctx, Press{
		Source: cx.SourceDevice, Device: deviceName(p.Device), Key: p.Key.String(),
		At: p.At, Action: action,
	})
	a.answer(p, o)
	a.record(o)
	if a.opts.Told != nil {
		a.opts.Told(o)
	}
}

// answer lights the key. One whose press waits answers again when it is stored, and
// only then where nothing is wrong.
func (a *Agent) answer(p hid.Press, o Outcome) {
	if o.Result == Waiting {
		a.lampsMu.Lock()
		a.lamps[o.Press.Device] = lamp{p.Device.Path, p.Key}
		a.lampsMu.Unlock()
		if o.Err == nil {
			return
		}
	}
	a.listener.Light(p.Device.Path, p.Key, lights[o.Result])
}

// lights are how a device answers each result.
var lights = map[Result]hid.Light{
	Stored:        hid.Stored,
	Undone:        hid.Stored,
	Refused:       hid.Refused,
	NothingToUndo: hid.Refused,
	NotStored:     hid.NotStored,
	Waiting:       hid.NotStored,
}

// record writes the outcome of a press to the log. A line that says stored or
// undone is written after the flush: it is an acknowledgement.
func (a *Agent) record(o Outcome) {
	log := a.log.With("device", o.Press.Device, "key", o.Press.Key)
	switch o.Result {
	case Stored:
		if o.Late {
			log = log.With("pressed_at", o.Press.At.UTC().Format(api.TimeFormat))
		}
		log.Info("stored", "tag", o.Event.Tag, "event", o.Event.ID.String(), "seq", o.Event.ID.Seq(), "took_ms", millis(o.Took))
	case Undone:
		if o.Event.ID.IsZero() {
			log.Info("undone before it was saved", "tag", o.Event.Tag)
			return
		}
		log.Info("undone", "tag", o.Event.Tag, "event", o.Event.ID.String(), "seq", o.Event.ID.Seq())
	case Refused:
		log.Info("refused", "tag", o.Press.Action.Tag, "err", o.Err)
	case NothingToUndo:
		log.Info("found nothing to undo")
	case NotStored:
		log.Error("not saved", "tag", o.Press.Action.Tag, "err", o.Err)
	case Waiting:
		if o.Err == nil {
			log.Info("kept waiting", "tag", o.Press.Action.Tag)
			return
		}
		log.Error("not saved", "tag", o.Press.Action.Tag, "err", o.Err, "waiting", true)
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
