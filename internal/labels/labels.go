// Package labels makes what hangs beside a pad and sticks on its keys: from the
// bindings of a configuration, one self-contained HTML file to print, with a desk
// card for each device, its keys drawn as they lie, and a sheet of stickers. It
// opens no device, so that the labels can be printed where no pad is plugged in.
package labels

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/config"
)

// The side of a square sticker, in millimetres.
const (
	// DefaultStickerMM fits the tops of all common key caps: the smallest of them,
	// DSA, is 12.7 mm deep; XDA has 13.7, Model M 14, OEM 14.3, Cherry 15
	// (keycapdiy.blogspot.com, "The comparison of keytop sizes of common profiles", 2023).
	DefaultStickerMM = 12
	// MinStickerMM still holds a word that can be read, and MaxStickerMM is larger
	// than any button's cap: a 100 mm dome arcade button has less.
	MinStickerMM = 8
	MaxStickerMM = 80
)

// ErrNoButtons says that a configuration binds no key, so that there is nothing
// to label.
var ErrNoButtons = errors.New("no key is bound: the configuration has no [[button]]")

// Options say what to print.
type Options struct {
	// Device chooses one device, or all that are named by its model; the zero Match
	// is every device.
	Device hid.Match
	// StickerMM is the side of a sticker in millimetres; 0 is DefaultStickerMM.
	StickerMM float64
	// UndoWithin is how long an undo key takes a press back; 0 leaves it unsaid.
	UndoWithin time.Duration
}

// Sheet is what is printed: a card for each device, and all stickers.
type Sheet struct {
	config  *config.Config
	options Options
	pads    []pad
	unnamed hid.Match
}

// pad is one device as the configuration names it, with the keys that are bound.
type pad struct {
	match   hid.Match
	buttons []config.Button
	missing []config.Button // bound, but the model has no such key
}

// New collects what to print. The error is ErrNoButtons where nothing is bound.
func New(cfg *config.Config, o Options) (*Sheet, error) {
	if o.StickerMM == 0 {
		o.StickerMM = DefaultStickerMM
	}
	if !(o.StickerMM >= MinStickerMM && o.StickerMM <= MaxStickerMM) {
		return nil, fmt.Errorf("stickers of %v mm: want %d to %d mm", o.StickerMM, MinStickerMM, MaxStickerMM)
	}
	if len(cfg.Buttons) == 0 {
		return nil, ErrNoButtons
	}
	named := devices(cfg)
	matches := named
	if o.Device != (hid.Match{}) {
		if matches = chosen(named, o.Device); len(matches) == 0 {
			return nil, fmt.Errorf("no key of %s is bound; the configuration names %s", o.Device, list(named))
		}
	}
	s := &Sheet{config: cfg, options: o}
	for _, m := range matches {
		p := pad{match: m}
		for _, b := range bound(cfg, m) {
			if lacks(m, b.Key) {
				p.missing = append(p.missing, b)
			} else {
				p.buttons = append(p.buttons, b)
			}
		}
		s.pads = append(s.pads, p)
		if !slices.Contains(named, m) {
			s.unnamed = m
		}
	}
	return s, nil
}

// Devices lists the devices that a configuration binds keys of, as it names them.
func Devices(cfg *config.Config) []string {
	var out []string
	for _, m := range devices(cfg) {
		out = append(out, m.String())
	}
	return out
}

// Cards is how many desk cards there are, one for each device.
func (s *Sheet) Cards() int { return len(s.pads) }

// Stickers is how many stickers there are, one for each bound key that the device
// has.
func (s *Sheet) Stickers() int {
	n := 0
	for _, p := range s.pads {
		n += len(p.buttons)
	}
	return n
}

// Unnamed is the device of Options.Device where the configuration does not name it:
// its card has the keys of its model. False is that it names all that are printed.
func (s *Sheet) Unnamed() (hid.Match, bool) { return s.unnamed, s.unnamed != (hid.Match{}) }

// Missing are keys that are bound on a device and that its model does not have.
type Missing struct {
	Device hid.Match
	Name   string // of the model, such as "Stream Deck MK.2"
	Keys   []hid.Key
}

// Missing lists the bound keys that no press can come from. They have no sticker.
func (s *Sheet) Missing() []Missing {
	var out []Missing
	for _, p := range s.pads {
		if len(p.missing) == 0 {
			continue
		}
		known, _ := profile(p.match)
		m := Missing{Device: p.match, Name: known.Name}
		for _, b := range p.missing {
			m.Keys = append(m.Keys, b.Key)
		}
		out = append(out, m)
	}
	return out
}

// WithoutUndo returns the devices that have no key to take a press back, and could
// have one.
func (s *Sheet) WithoutUndo() []hid.Match {
	var out []hid.Match
	for _, p := range s.pads {
		onlyAny := len(p.buttons) == 1 && p.buttons[0].Key == hid.AnyKey
		if _, ok := p.undo(); !ok && !onlyAny {
			out = append(out, p.match)
		}
	}
	return out
}

// undo finds the gesture that takes a press back: of several the easiest.
func (p pad) undo() (gesture, bool) {
	for _, kind := range []hid.Gesture{hid.Tap, hid.Double, hid.Hold} {
		for _, b := range p.buttons {
			if a := b.Action(kind); a.Undo {
				return gesture{b.Key, kind, a}, true
			}
		}
	}
	return gesture{}, false
}

// gesture is one thing that a key does.
type gesture struct {
	key    hid.Key
	kind   hid.Gesture
	action config.Action
}

// gestures lists what a key does: tap, hold, double.
func gestures(b config.Button) []gesture {
	var out []gesture
	for _, kind := range []hid.Gesture{hid.Tap, hid.Hold, hid.Double} {
		if a := b.Action(kind); a.Bound() {
			out = append(out, gesture{b.Key, kind, a})
		}
	}
	return out
}

// devices lists the devices that a configuration names, in its order.
func devices(cfg *config.Config) []hid.Match {
	var out []hid.Match
	for _, b := range cfg.Buttons {
		if !slices.Contains(out, b.Device) {
			out = append(out, b.Device)
		}
	}
	return out
}

// model is the match without what tells twins apart.
func model(m hid.Match) hid.Match {
	return hid.Match{VendorID: m.VendorID, ProductID: m.ProductID}
}

// chosen picks the devices that a wish names: the very one, all of a model, or, as
// a model's keys are bound on each of its devices, one that is not named itself.
func chosen(named []hid.Match, wish hid.Match) []hid.Match {
	var out []hid.Match
	for _, m := range named {
		if m == wish || model(m) == wish {
			out = append(out, m)
		}
	}
	if len(out) == 0 && slices.Contains(named, model(wish)) {
		out = append(out, wish)
	}
	return out
}

// bound lists the keys of a device: its own, then those of its model that it does
// not bind itself, since the closest binding of a key counts.
func bound(cfg *config.Config, m hid.Match) []config.Button {
	var out []config.Button
	for _, from := range slices.Compact([]hid.Match{m, model(m)}) {
		for _, b := range cfg.Buttons {
			taken := func(other config.Button) bool { return other.Key == b.Key }
			if b.Device == from && !slices.ContainsFunc(out, taken) {
				out = append(out, b)
			}
		}
	}
	return out
}

// list names devices in an error.
func list(matches []hid.Match) string {
	const most = 5 // that are worth reading
	text := ""
	for i, m := range matches {
		switch {
		case i == most:
			return text + ", …"
		case i > 0:
			text += ", "
		}
		text += m.String()
	}
	return text
}
