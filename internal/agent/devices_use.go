package agent

import (
	"fmt"
	"slices"
	"strings"

	"magicbutton/hid"
	"magicbutton/internal/api"
)

// use says how to bind a device that nothing is bound on, and how to tell it from
// its twin where what is bound is bound on both.
func use(s seen, all []seen, bound []api.Binding) string {
	twin, hasTwin := s.twin(all)
	name := deviceName(s.Device)
	if hasTwin && twin.Device.Serial == s.Device.Serial && s.Device.Port != "" {
		name = portName(s.Device)
	}
	switch {
	case s.State == hid.Gone:
		return ""
	case len(bound) > 0:
		ofBoth := slices.ContainsFunc(bound, func(b api.Binding) bool { return b.Device == s.Device.Model() && b.Overridden == "" })
		if !hasTwin || !ofBoth || name == s.Device.Model() {
			return ""
		}
		return fmt.Sprintf("to tell it from the one at %s, bind device = %q", twin.Device.Port, name)
	case s.State != hid.Usable || s.layout == nil || private(s.layout):
		return ""
	case !s.anyOfUnit(all, (*hid.Descriptor).HasKeys) && tells(s.layout):
		return "it does not say what it sends; magicbutton devices learn watches it for a press"
	case !s.layout.HasKeys():
		return ""
	}
	text := fmt.Sprintf("to use it: magicbutton devices learn, or a [[button]] with device = %q", name)
	var not []string
	if s.anyOfUnit(all, (*hid.Descriptor).IsKeyboard) {
		not = append(not, "type on it")
	}
	if s.anyOfUnit(all, points) {
		not = append(not, "point with it")
	}
	if len(not) > 0 {
		text += "; but not if you " + strings.Join(not, " or ")
	}
	return text
}

// anyOfUnit tells whether one of the unit's interfaces is such a thing.
func (s seen) anyOfUnit(all []seen, is func(*hid.Descriptor) bool) bool {
	return slices.ContainsFunc(all, func(o seen) bool { return o.unit == s.unit && o.layout != nil && is(o.layout) })
}

// points tells whether a device is a mouse or the like.
func points(d *hid.Descriptor) bool {
	const pointer, mouse = 0x01, 0x02 // HID Usage Tables 1.5, section 4.1
	return slices.ContainsFunc(d.Collections, func(c hid.Collection) bool {
		return c.Parent == -1 && c.Page == hid.PageGenericDesktop && (c.Usage == pointer || c.Usage == mouse)
	})
}

// private tells whether a device is of a kind that learning never opens: pens and
// touch screens, power supplies, batteries, security keys.
func private(d *hid.Descriptor) bool {
	pages := []uint16{0x0d, 0x84, 0x85, 0xf1d0} // HID Usage Tables 1.5, section 3
	return slices.ContainsFunc(d.Collections, func(c hid.Collection) bool { return c.Parent == -1 && slices.Contains(pages, c.Page) })
}

// tells tells whether a device sends input reports at all.
func tells(d *hid.Descriptor) bool {
	return slices.ContainsFunc(d.Fields, func(f hid.Field) bool { return f.Kind == hid.Input })
}

// twin returns another device of the same model that is plugged in, one with the
// same serial number rather than another. It must be known where both are.
func (s seen) twin(all []seen) (twin seen, ok bool) {
	for _, o := range all {
		if o.unit == s.unit || o.Device.Model() != s.Device.Model() || o.State == hid.Gone || o.Device.Port == "" {
			continue
		}
		if !ok || o.Device.Serial == s.Device.Serial && twin.Device.Serial != s.Device.Serial {
			twin, ok = o, true
		}
	}
	return twin, ok
}

// portName names a device by the port that it is plugged into.
func portName(d hid.Device) string {
	return hid.Match{VendorID: d.VendorID, ProductID: d.ProductID, Port: d.Port}.String()
}
