package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/api"
)

// deviceIndent is where what is said of a device begins: behind the longest state.
const deviceIndent = "               "

// leastName is how much of a device's name is shown, however wide its serial number.
const leastName = 20

// deviceTable shows what is plugged in: a line for what it is and how it does, then
// what can be said of it, and after an arrow what to do. What has several interfaces
// stands there once.
func deviceTable(list []api.Device) string {
	var out strings.Builder
	for len(list) > 0 {
		unit := list[0].Unit()
		isOther := func(d api.Device) bool { return d.Unit() != unit }
		interfaces := slices.DeleteFunc(slices.Clone(list), isOther)
		list = slices.DeleteFunc(slices.Clone(list), func(d api.Device) bool { return !isOther(d) })
		writeUnit(&out, interfaces)
	}
	return out.String()
}

func writeUnit(out *strings.Builder, interfaces []api.Device) {
	d := interfaces[0]
	id := d.Model
	if d.Serial != "" {
		id += "#" + d.Serial
	} else if d.Port != "" {
		id += "@" + d.Port
	}
	state := stateOfUnit(interfaces)
	head := fmt.Sprintf("%-13s  %s  ", state, id)
	out.WriteString(head + cut(d.Name, max(lineWidth-width(head), leastName)) + "\n")
	var said []string
	tell := func(prefix, text string, wrapped bool) {
		if text == "" || slices.Contains(said, prefix+text) { // of another interface
			return
		}
		said = append(said, prefix+text)
		if wrapped {
			text = wrap(text, lineWidth-len(deviceIndent)-width(prefix), deviceIndent+strings.Repeat(" ", width(prefix)))
		}
		out.WriteString(deviceIndent + prefix + text + "\n")
	}
	for _, d := range interfaces {
		if len(interfaces) == 1 {
			tell("", strings.Join(append(summary(d), "at "+d.Path), ", "), true)
		} else {
			tell("", d.Path+": "+strings.Join(interfaceSummary(d, state), ", "), true)
		}
	}
	tell("", lastPress(interfaces), true)
	for _, d := range interfaces {
		for _, b := range d.Bindings {
			tell("", bindingLine(b), true)
		}
	}
	for _, d := range interfaces {
		tell("", d.Problem, true)
		tell("→ ", d.Fix, false) // a command can be copied only in one piece
		for _, c := range d.Conflicts {
			tell("", c.Problem, true)
			tell("→ ", c.Fix, true)
		}
		tell("→ ", d.Use, true)
	}
}

// stateOfUnit is the state that matters most: of the interfaces that have bound
// keys, or else of all, the worst.
func stateOfUnit(interfaces []api.Device) string {
	matter := slices.DeleteFunc(slices.Clone(interfaces), func(d api.Device) bool { return len(d.Bindings) == 0 })
	if len(matter) == 0 {
		matter = interfaces
	}
	for _, s := range []hid.State{hid.Failed, hid.NoPermission, hid.Busy, hid.Opening, hid.Listening, hid.Usable, hid.Unneeded} {
		if slices.ContainsFunc(matter, func(d api.Device) bool { return d.State == s.String() }) {
			return s.String()
		}
	}
	return matter[0].State
}

// summary is what a device is and can do, in a few words each.
func summary(d api.Device) []string {
	var parts []string
	if p := d.Profile; p != nil {
		name := p.Name
		if !p.Confirmed {
			name += " (not confirmed on hardware)"
		}
		parts = append(parts, name)
	}
	if d.Summary != "" {
		parts = append(parts, d.Summary)
	}
	if p := d.Profile; p != nil && p.Rows > 1 {
		parts = append(parts, fmt.Sprintf("%d rows of %d", p.Rows, p.Columns))
	}
	if d.TapOnly {
		parts = append(parts, "tap only: holds cannot be told")
	}
	if d.Swallowed > 0 {
		parts = append(parts, fmt.Sprintf("typed by itself and not counted: %d", d.Swallowed))
	}
	return parts
}

// interfaceSummary is one interface's, with its state where that is not the unit's.
func interfaceSummary(d api.Device, state string) []string {
	parts := summary(d)
	if d.State != state {
		parts = append(parts, d.State)
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing is known of it")
	}
	return parts
}

// lastPress says when a key of the unit was last pressed, in this run of the agent.
func lastPress(interfaces []api.Device) string {
	var last *time.Time
	for _, d := range interfaces {
		if d.LastPress != nil && (last == nil || d.LastPress.After(*last)) {
			last = d.LastPress
		}
	}
	if last == nil {
		return ""
	}
	return "last press " + last.Format("2006-01-02 15:04:05")
}

func bindingLine(b api.Binding) string {
	text := b.Key + ": " + b.Action
	if b.Overridden != "" {
		text += " (not on this one, where " + b.Overridden + " counts)"
	}
	return text
}
