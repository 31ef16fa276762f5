package hid

import (
	"cmp"
	"slices"
)

// Look lists the devices on a bus as a Listener that has not opened any would see them: each is Usable, or Unneeded, or in
// the state that opening it would end in as far as the bus can tell without opening it. Names says which of the Wanteds
// match. It is for a program that wants to show devices while nobody listens.
func Look(bus Bus, wanted []Wanted) ([]DeviceState, error) {
	devices, err := bus.Devices()
	if err != nil {
		return nil, err
	}
	states := make([]DeviceState, 0, len(devices))
	for _, d := range devices {
		s := DeviceState{Device: d}
		if p, ok := ProfileOf(d); ok {
			s.Profile, s.TapOnly = p, p.tapOnly()
		}
		descriptor, problem := d.Layout()
		plan, names := planFor(d, descriptor, wanted)
		s.Names = names
		if checker, ok := bus.(Checker); ok {
			// First: a device that another program has shows no descriptor.
			if err := checker.Check(d); err != nil {
				problem = err
			}
		}
		s.State = stateOf(problem)
		if descriptor != nil && len(names) > 0 && len(plan.keys) == 0 {
			s.State = Unneeded
		}
		s.Err, s.Fix = problem, fixOf(problem)
		states = append(states, s)
	}
	slices.SortFunc(states, func(a, b DeviceState) int { return cmp.Compare(a.Device.Path, b.Device.Path) })
	return states, nil
}
