package api

import (
	"context"
	"net/http"
)

// Sight is what learning tells of a device: see [magicbutton/hid.Sight].
type Sight struct {
	// What is candidate (there, but only opened once it was unplugged and plugged
	// in again), ready (open: press a key), unplugged, pressed, withheld (the only
	// keyboard, never opened) or failed.
	What string `json:"what"`
	// The device, as in [Device].
	Name      string `json:"name"`
	Model     string `json:"model"`
	Serial    string `json:"serial,omitempty"`
	Port      string `json:"port,omitempty"`
	Interface int    `json:"interface"`
	Path      string `json:"path"`
	// Key is the key that was pressed, in its canonical form; KeyName is as it is
	// printed on the key cap.
	Key     string `json:"key,omitempty"`
	KeyName string `json:"key_name,omitempty"`
	// HeldMillis is how long it was down; 0 also where that cannot be told.
	HeldMillis int64 `json:"held_ms,omitempty"`
	// TapOnly says that the key cannot be held.
	TapOnly bool `json:"tap_only,omitempty"`
	// Bound is the device of the [[button]] that has the key already, as the
	// configuration names it; "" for none.
	Bound string `json:"bound,omitempty"`
	// Problem says why a device cannot be used, Fix what to do about it.
	Problem string `json:"problem,omitempty"`
	Fix     string `json:"fix,omitempty"`
	// NeedsUdevRule says that a udev rule for the model is what Fix makes.
	NeedsUdevRule bool `json:"needs_udev_rule,omitempty"`
}

// The words of [Sight.What].
const (
	SightCandidate = "candidate"
	SightReady     = "ready"
	SightUnplugged = "unplugged"
	SightPressed   = "pressed"
	SightWithheld  = "withheld"
	SightFailed    = "failed"
)

// Learn calls saw with what is seen of the devices, and pressed on them, until
// ctx is done, which is no error, or saw returns false. Meanwhile no press counts.
// It returns nil where the agent stops, too. One may learn at a time: the error
// has [CodeConflict] where another does.
func (c *Client) Learn(ctx context.Context, saw func(Sight) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // the agent stops when the connection is dropped
	err := c.stream(ctx, http.MethodPost, PathLearn, func(l Line) (bool, error) {
		return l.Sight == nil || saw(*l.Sight), nil
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}
