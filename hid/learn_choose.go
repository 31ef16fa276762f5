package hid

import (
	"fmt"
	"slices"
	"time"
)

// unit is the device that an interface is a part of, as its user sees it.
type unit struct {
	port, model, serial string
}

func unitOf(d Device) unit { return unit{d.Port, d.Model(), d.Serial} }

// unitTraits is what the interfaces of a unit are together.
type unitTraits struct {
	settling time.Duration // until the system knows them all; 0 or less: it does
	named    bool          // a Wanted matches it
	private  bool
	newcomer bool // it was plugged in while somebody learned
	hasKeys  bool
	unknown  bool // one cannot be told what it is, so it may be anything
	letters  bool // it can type letters
	types    bool // it can type
	points   bool // it is a mouse
}

func (l *Listener) traitsOf(u unit, now instant) unitTraits {
	var all unitTraits
	for _, t := range l.devices {
		if unitOf(t.Device) != u {
			continue
		}
		// The interfaces of a device that is plugged in appear one by one, and what they are together decides.
		if t.owner == nil && (t.newcomer || t.unsettled(now)) {
			all.settling = max(all.settling, t.settling(now))
		}
		all.named = all.named || slices.ContainsFunc(l.wanted, func(w Wanted) bool { return w.Match.Matches(t.Device) })
		all.newcomer = all.newcomer || t.newcomer
		d := t.descriptor
		if d == nil {
			all.unknown = true
			continue
		}
		all.private = all.private || d.private()
		all.hasKeys = all.hasKeys || d.HasKeys()
		all.letters = all.letters || d.IsKeyboard()
		all.types = all.types || d.Class() != ClassOther
		all.points = all.points || d.points()
	}
	return all
}

// learnsFrom tells whether an interface is opened for the Learn under way, and tells the learner why not. A wanted one has bound
// keys, so that it is open anyway. A wait above 0 is how soon to ask again.
func (l *Listener) learnsFrom(t *tracked, wanted bool, now instant) (opens bool, wait time.Duration) {
	all := l.traitsOf(unitOf(t.Device), now)
	d := t.descriptor
	switch {
	case all.settling > 0:
		return false, all.settling
	case all.private:
		return false, 0
	case d == nil && t.State == Busy:
		l.tellOnce(t, SawFailed, t.Err)
		return false, 0
	case d == nil, !d.HasKeys() && (all.hasKeys || !d.undescribed()):
		return false, 0
	case wanted, all.named && d.Class() == ClassOther && !d.points():
		return true, 0
	case all.hasKeys && !all.types && !all.points && !all.unknown:
		return true, 0
	}
	if (all.letters || all.unknown) && !all.named {
		if other, err := l.otherKeyboard(t.Device); !other {
			withheld := &AccessError{
				Op: "learning from", Path: t.Device.Path, Reason: ErrOnlyKeyboard,
				Fix: "plug in another keyboard, so that this computer can still be typed on",
			}
			if err != nil {
				withheld.Detail = err.Error()
			}
			l.tellOnce(t, SawWithheld, withheld)
			return false, 0
		}
	}
	if !all.newcomer {
		l.tellOnce(t, SawCandidate, nil)
	}
	return all.newcomer, 0
}

// otherKeyboard tells whether the system has another keyboard with letters. What is not known is no.
func (l *Listener) otherKeyboard(d Device) (bool, error) {
	if finder, ok := l.bus.(KeyboardFinder); ok {
		other, err := finder.OtherKeyboard(d)
		if err != nil {
			return false, fmt.Errorf("looking for another keyboard: %w", err)
		}
		return other, nil
	}
	for _, t := range l.devices {
		if unitOf(t.Device) != unitOf(d) && t.owner == nil && t.descriptor != nil && t.descriptor.IsKeyboard() {
			return true, nil
		}
	}
	return false, nil
}
