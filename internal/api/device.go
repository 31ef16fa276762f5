package api

import (
	"slices"
	"time"
)

// Device is one HID interface as `devices` shows it. What is plugged in once may
// have several: they have one [Device.Unit].
type Device struct {
	Name      string `json:"name"`
	Model     string `json:"model"` // VVVV:PPPP
	Serial    string `json:"serial,omitempty"`
	Port      string `json:"port,omitempty"`
	Interface int    `json:"interface"`
	Path      string `json:"path"`
	// Summary is what its reports can tell, in words; "" where that is not known.
	Summary string `json:"summary,omitempty"`
	// Profile is what the program knows of the model by itself; nil for nothing.
	Profile *Profile `json:"profile,omitempty"`
	// TapOnly says that its keys cannot be held: down and up come at once.
	TapOnly bool   `json:"tap_only,omitempty"`
	State   string `json:"state"`
	// Problem says why a device is unusable where State alone does not.
	Problem string `json:"problem,omitempty"`
	// Fix is the one thing to do where the device is unusable.
	Fix string `json:"fix,omitempty"`
	// NeedsUdevRule says that a udev rule for the model is what Fix makes.
	NeedsUdevRule bool `json:"needs_udev_rule,omitempty"`
	// Use is how to bind the device: where nothing is bound on it, or where what is
	// bound is bound on its twin as well.
	Use string `json:"use,omitempty"`
	// Bindings are the keys that the configuration binds on it.
	Bindings []Binding `json:"bindings,omitempty"`
	// Conflicts are what the configuration binds and the device cannot do.
	Conflicts []Conflict `json:"conflicts,omitempty"`
	LastPress *time.Time `json:"last_press,omitempty"`
	// Swallowed counts what it typed by itself, such as a webkey at plug-in: no presses.
	Swallowed uint64 `json:"swallowed,omitempty"`
}

// Profile is a row of package hid's table of models.
type Profile struct {
	Name string `json:"name"`
	// Rows and Columns are of its keys as they lie on the panel; 0 where they lie in
	// no known grid.
	Rows    int `json:"rows,omitempty"`
	Columns int `json:"columns,omitempty"`
	// Confirmed says that somebody saw it on hardware, or in recordings of it. One
	// that is not is from documents, and may be wrong.
	Confirmed bool `json:"confirmed"`
}

// Binding is one bound key.
type Binding struct {
	// Device is the device as the configuration names it.
	Device string `json:"device"`
	// Key is as it is printed on the key cap.
	Key string `json:"key"`
	// Action is in words, such as "refund-slow, hold undo".
	Action string `json:"action"`
	// Overridden is the device as a binding of the same key names it that names this
	// one more closely, and counts instead; "" for none.
	Overridden string `json:"overridden,omitempty"`
}

// Conflict is a binding that a device cannot do as it stands.
type Conflict struct {
	Problem string `json:"problem"` // such as "it has no key F13"
	Fix     string `json:"fix"`
}

// Bound reports whether a binding names the device so.
func (d Device) Bound(name string) bool {
	return slices.ContainsFunc(d.Bindings, func(b Binding) bool { return b.Device == name })
}

// Unit names what is plugged in, which may have several interfaces. It is no name
// for people.
func (d Device) Unit() string {
	place := d.Port
	switch {
	case place != "":
	case d.Serial != "": // off Linux, where no port is known
		place = "#" + d.Serial
	default:
		place = d.Path
	}
	return d.Model + " " + place + " " + d.Serial
}
