package agent

import (
	"slices"

	"magicbutton/hid"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// want tells the listener what the configuration names, and nothing else.
func (a *Agent) want(cfg *config.Config) {
	a.listener.SetTiming(cfg.Press.Timing())
	a.listener.Want(Wanted(cfg))
}

// Wanted is what a listener must listen for: the buttons, grouped by device. The
// name of a Wanted is its device as the configuration writes it: by that name a
// press finds its button.
func Wanted(cfg *config.Config) []hid.Wanted {
	var out []hid.Wanted
	for _, b := range cfg.Buttons {
		name := b.Device.String()
		i := slices.IndexFunc(out, func(w hid.Wanted) bool { return w.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, hid.Wanted{Name: name, Match: b.Device, Keys: make(map[hid.Key]hid.Gestures)})
		}
		out[i].Keys[b.Key] = b.Gestures()
	}
	return out
}

// actionFor returns what a press is bound to.
func actionFor(cfg *config.Config, p hid.Press) (config.Action, bool) {
	for _, b := range cfg.Buttons {
		if b.Key == p.Key && b.Device.String() == p.Name {
			action := b.Action(p.Gesture)
			return action, action.Bound()
		}
	}
	return config.Action{}, false
}

// deviceName is how an event records its device: by its serial number where it
// has one that fits, else by the port that it is plugged into, so that twins
// differ. A press is never lost for the name of its device. The configuration
// takes it, too.
func deviceName(d hid.Device) string {
	m := hid.Match{VendorID: d.VendorID, ProductID: d.ProductID, Serial: serial(d)}
	if m.Serial == "" || cx.CheckName("device", m.String()) != nil {
		m.Serial, m.Port = "", d.Port
	}
	return m.String()
}

// serial returns the device's serial number where it is text that a match can
// name, else "".
func serial(d hid.Device) string {
	m := hid.Match{VendorID: d.VendorID, ProductID: d.ProductID, Serial: d.Serial}
	if _, err := hid.ParseMatch(m.String()); err != nil {
		return ""
	}
	return d.Serial
}
