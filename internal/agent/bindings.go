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

// Devices describes the devices that a listener has seen, for people.
func Devices(states []hid.DeviceState, cfg *config.Config) []api.Device {
	out := make([]api.Device, 0, len(states))
	for _, s := range states {
		d := api.Device{
			Name: cmp.Or(printable(s.Device.Product), s.Device.Model()), Model: s.Device.Model(),
			Serial: serial(s.Device), Port: s.Device.Port, Interface: s.Device.Interface, Path: s.Device.Path,
			State: s.State.String(), Fix: s.Fix, Bindings: bindings(s.Device, cfg),
		}
		if desc, err := hid.ParseDescriptor(s.Device.Descriptor); err == nil {
			d.Summary = desc.Summary()
			if s.State == hid.Usable && len(d.Bindings) == 0 && desc.HasKeys() {
				d.Use = use(s.Device, desc)
			}
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
		out = append(out, d)
	}
	return out
}

// use says how to use a device that nothing binds.
func use(d hid.Device, desc *hid.Descriptor) string {
	text := fmt.Sprintf("to use it, add a [[button]] with device = %q", deviceName(d))
	if desc.IsKeyboard() {
		text += ", but not if you type on it"
	}
	return text
}

// bindings lists what the configuration binds on a device.
func bindings(dev hid.Device, cfg *config.Config) []api.Binding {
	var out []api.Binding
	for _, b := range cfg.Buttons {
		if b.Device.Matches(dev) {
			out = append(out, api.Binding{Device: b.Device.String(), Key: b.Key.Name(), Action: describe(b)})
		}
	}
	return out
}

// describe is what a button does, in words.
func describe(b config.Button) string {
	var parts []string
	for _, g := range []struct {
		name   string
		action config.Action
	}{{"", b.Tap}, {"hold ", b.Hold}, {"double ", b.Double}} {
		if g.action.Bound() {
			parts = append(parts, g.name+g.action.String())
		}
	}
	return strings.Join(parts, ", ")
}
