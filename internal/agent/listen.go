package agent

import (
	"context"
	"errors"
	"sync"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/cx"
)

// listen stores presses until ctx ends and every press made before is stored. It
// returns at once where there is nothing to listen to.
func (a *Agent) listen(ctx context.Context) error {
	if a.listener == nil {
		return nil
	}
	var wg sync.WaitGroup
	var err error
	wg.Go(func() { err = a.listener.Run(ctx) })
	// The presses that are waiting when the agent stops were made: they are stored.
	storing := context.WithoutCancel(ctx)
	for p := range a.listener.Presses() {
		a.take(storing, p)
	}
	wg.Wait()
	if errors.Is(err, hid.ErrUnavailable) {
		a.log.Warn("listened to no device", "err", err)
		return nil // a desk may work without buttons
	}
	return err
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
	a.listener.Light(p.Device.Path, p.Key, lights[o.Result])
	a.record(o)
	if a.opts.Told != nil {
		a.opts.Told(o)
	}
}

// lights are how a device answers each result.
var lights = map[Result]hid.Light{
	Stored:        hid.Stored,
	Undone:        hid.Stored,
	Refused:       hid.Refused,
	NothingToUndo: hid.Refused,
	NotStored:     hid.NotStored,
}

// record writes the outcome of a press to the log. A line that says stored or
// undone is written after the flush: it is an acknowledgement.
func (a *Agent) record(o Outcome) {
	log := a.log.With("device", o.Press.Device, "key", o.Press.Key)
	switch o.Result {
	case Stored:
		log.Info("stored", "tag", o.Event.Tag, "event", o.Event.ID.String(), "seq", o.Event.ID.Seq(), "took_ms", millis(o.Took))
	case Undone:
		log.Info("undone", "tag", o.Event.Tag, "event", o.Event.ID.String(), "seq", o.Event.ID.Seq())
	case Refused:
		log.Info("refused", "tag", o.Press.Action.Tag, "err", o.Err)
	case NothingToUndo:
		log.Info("found nothing to undo")
	case NotStored:
		log.Error("not saved", "tag", o.Press.Action.Tag, "err", o.Err)
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
