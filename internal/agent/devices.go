package agent

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// seen is one interface with what its reports mean and what else is plugged in.
type seen struct {
	hid.DeviceState
	layout *hid.Descriptor // nil: not known
	unit   string          // what its interfaces have in common: see [api.Device.Unit]
}

// Devices describes the devices that a listener has seen, for people.
func Devices(states []hid.DeviceState, cfg *config.Config) []api.Device {
	all := make([]seen, len(states))
	out := make([]api.Device, len(states))
	for i, s := range states {
		out[i] = identify(s)
		layout, err := s.Device.Layout()
		if err != nil {
			layout = nil
		}
		all[i] = seen{s, layout, out[i].Unit()}
	}
	for i, s := range all {
		d := &out[i]
		if s.layout != nil {
			d.Summary = s.layout.Summary()
		}
		d.Bindings, d.Conflicts = bindings(s, all, cfg)
		d.Use = use(s, all, d.Bindings)
	}
	return out
}

// identify says what a device is and how it does, whatever is bound on it.
func identify(s hid.DeviceState) api.Device {
	d := api.Device{
		Name: cmp.Or(printable(s.Device.Product), s.Device.Model()), Model: s.Device.Model(),
		Serial: serial(s.Device), Port: s.Device.Port, Interface: s.Device.Interface, Path: s.Device.Path,
		TapOnly: s.TapOnly, State: s.State.String(), Fix: s.Fix, Swallowed: s.Swallowed,
	}
	if p := s.Profile; p != nil {
		d.Profile = &api.Profile{Name: p.Name, Rows: p.Rows, Columns: p.Columns, Confirmed: p.Confirmed}
	}
	if s.State == hid.Failed && s.Err != nil {
		d.Problem = printable(s.Err.Error())
		d.Fix = cmp.Or(s.Fix, "plug it in again; sudo dmesg says whether the kernel has a driver for it")
	}
	var access *hid.AccessError
	d.NeedsUdevRule = errors.As(s.Err, &access) && access.NeedsUdevRule
	if !s.LastPress.IsZero() {
		d.LastPress = &s.LastPress
	}
	return d
}

// printable returns what a device calls itself without what would steer a
// terminal: the text comes from whatever is plugged in.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// bindings lists what the configuration binds on an interface, and what of that it
// cannot do. A key that none of the unit's interfaces has is told of on the first.
func bindings(s seen, all []seen, cfg *config.Config) (list []api.Binding, conflicts []api.Conflict) {
	for _, b := range cfg.Buttons {
		if !b.Device.Matches(s.Device) {
			continue
		}
		missing := !s.mayHave(b.Key)
		if missing && (!s.firstOfUnit(all) || slices.ContainsFunc(all, func(o seen) bool { return o.unit == s.unit && o.mayHave(b.Key) })) {
			continue
		}
		binding := api.Binding{Device: b.Device.String(), Key: b.Key.Name(), Action: b.Actions()}
		if closest := closest(s.Device, b, cfg); closest != b.Device {
			binding.Overridden = closest.String()
		} else if c, ok := conflict(s, b, missing); ok {
			conflicts = append(conflicts, c)
		}
		list = append(list, binding)
	}
	if c, ok := sharedSerial(s, all, list); ok {
		conflicts = append(conflicts, c)
	}
	return list, conflicts
}

// mayHave tells whether the interface has a key, as far as that is known.
func (s seen) mayHave(k hid.Key) bool {
	return s.layout == nil || s.layout.Has(k)
}

func (s seen) firstOfUnit(all []seen) bool {
	i := slices.IndexFunc(all, func(o seen) bool { return o.unit == s.unit })
	return all[i].Device.Path == s.Device.Path
}

// closest returns the device, as the configuration names it, whose binding of a
// button's key counts on a device: as [hid.Listener.Want] chooses.
func closest(d hid.Device, button config.Button, cfg *config.Config) hid.Match {
	best := button.Device
	for _, b := range cfg.Buttons {
		if b.Key == button.Key && b.Device.Matches(d) && rank(b.Device) > rank(best) {
			best = b.Device
		}
	}
	return best
}

// rank orders names by how closely they name a device.
func rank(m hid.Match) int {
	switch {
	case m.Serial != "":
		return 2
	case m.Port != "":
		return 1
	}
	return 0
}

// conflict tells what a device cannot do of what is bound on it.
func conflict(s seen, b config.Button, missing bool) (api.Conflict, bool) {
	key := b.Key.Name()
	switch burst := s.Profile != nil && s.Profile.Burst; {
	case missing:
		return api.Conflict{Problem: "it has no key " + key, Fix: "press the key that is meant: magicbutton devices learn"}, true
	case burst && b.Key != hid.AnyKey:
		return api.Conflict{
			Problem: fmt.Sprintf("%s: one press of it types a whole text, whatever keys are in it", key),
			Fix:     `bind key = "any" instead`,
		}, true
	case s.TapOnly && b.Hold.Bound():
		return api.Conflict{
			Problem: fmt.Sprintf("%s: hold %s never comes, as its keys cannot be held", key, b.Hold),
			Fix:     "bind that to double, or to a key of its own",
		}, true
	}
	return api.Conflict{}, false
}

// sharedSerial tells of a serial number that was to name one device and names two.
func sharedSerial(s seen, all []seen, list []api.Binding) (api.Conflict, bool) {
	bySerial := slices.ContainsFunc(list, func(b api.Binding) bool { return b.Overridden == "" && strings.Contains(b.Device, "#") })
	twin, ok := s.twin(all)
	if !bySerial || !ok || twin.Device.Serial != s.Device.Serial || !s.firstOfUnit(all) {
		return api.Conflict{}, false
	}
	return api.Conflict{
		Problem: fmt.Sprintf("the one at %s has the same serial number, so what is bound here counts there, too", twin.Device.Port),
		Fix:     fmt.Sprintf("name each by its port: device = %q", portName(s.Device)),
	}, true
}
