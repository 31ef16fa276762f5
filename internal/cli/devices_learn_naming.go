package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// naming is by what a device is named in the configuration.
type naming string

// The namings.
const (
	byModel  naming = "model"
	bySerial naming = "serial"
	byPort   naming = "port"
)

// namings are in the order of how closely they name a device.
var namings = []naming{byModel, byPort, bySerial}

// of names the device of a sight so. It fails where the device does not say what
// it takes.
func (n naming) of(s api.Sight) (hid.Match, error) {
	m, err := hid.ParseMatch(s.Model)
	if err != nil {
		return hid.Match{}, err
	}
	switch n {
	case bySerial:
		m.Serial = s.Serial
		if s.Serial == "" {
			return hid.Match{}, fmt.Errorf("%s tells no serial number", s.Name)
		}
	case byPort:
		m.Port = s.Port
		if s.Port == "" {
			return hid.Match{}, fmt.Errorf("the port that %s is plugged into is not known here", s.Name)
		}
	}
	return m, nil
}

// words says in words how a device is named.
func (n naming) words() string {
	switch n {
	case bySerial:
		return "by its serial number"
	case byPort:
		return "by its port"
	}
	return "as every one of its model"
}

// possible lists the namings that a device can have.
func possible(s api.Sight) []naming {
	return slices.DeleteFunc(slices.Clone(namings), func(n naming) bool {
		_, err := n.of(s)
		return err != nil
	})
}

// usual is how to name a device where nobody says how: as the configuration does
// already; by its serial number, which moves with it, where no other one here has
// the same; by its model where there is one only, so that another can take its
// place; else by its port.
func usual(s api.Sight, present []api.Device, cfg *config.Config) naming {
	if n, ok := already(s, cfg); ok {
		return n
	}
	twins, shared := 0, false
	for _, d := range present {
		if !isTwin(s, d) {
			continue
		}
		twins++
		shared = shared || d.Serial == s.Serial
	}
	switch {
	case s.Serial != "" && !shared:
		return bySerial
	case twins == 0 || s.Port == "":
		return byModel
	}
	return byPort
}

// isTwin reports whether d is another device of the same model. One device may
// have many interfaces, all in one port.
func isTwin(s api.Sight, d api.Device) bool {
	if d.Model != s.Model || d.State == hid.Gone.String() {
		return false
	}
	if s.Port == "" { // nothing else tells two devices from two interfaces
		return d.Interface == s.Interface && d.Path != s.Path
	}
	return d.Port != s.Port
}

// already returns how the configuration names a device, the closest way where
// there are several.
func already(s api.Sight, cfg *config.Config) (found naming, ok bool) {
	m, err := hid.ParseMatch(s.Model)
	if err != nil {
		return "", false
	}
	d := hid.Device{VendorID: m.VendorID, ProductID: m.ProductID, Serial: s.Serial, Port: s.Port}
	for _, b := range cfg.Buttons {
		if n := namingOf(b.Device); b.Device.Matches(d) && (!ok || n.closer(found)) {
			found, ok = n, true
		}
	}
	return found, ok
}

func namingOf(m hid.Match) naming {
	switch {
	case m.Serial != "":
		return bySerial
	case m.Port != "":
		return byPort
	}
	return byModel
}

// closer reports whether n wins over another naming of the same device.
func (n naming) closer(other naming) bool {
	return cmp.Compare(slices.Index(namings, n), slices.Index(namings, other)) > 0
}

// parseNaming reads what --by says.
func parseNaming(s string) (naming, error) {
	if n := naming(strings.ToLower(s)); slices.Contains(namings, n) {
		return n, nil
	}
	return "", fmt.Errorf("by %q: want model, serial or port", s)
}
