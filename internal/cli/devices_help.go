package cli

import (
	"fmt"
	"strings"
)

// What a system does with a kind of device while the agent has it. The words are
// those of docs/devices.md, which has the same table.
const (
	hidden    = "hidden"         // no other program sees its keys
	alsoTypes = "also types"     // other programs see its keys, too
	unread    = "cannot be read" // this program does not see them
	askedFor  = "hidden, asks"   // hidden, once Input Monitoring is allowed
)

// whatWorks is what works where. Off Linux nobody tells this program a device's
// report descriptor, so that only profiles and boot keyboards have a meaning there.
// On Windows the system keeps keyboards and mice to itself, and shares all else:
// Microsoft, "Top-level collections opened by Windows for system use".
var whatWorks = []struct{ kind, linux, windows, mac string }{
	{"keypad, webkey, typing pedal, clicker", hidden, unread, askedFor},
	{"arcade encoder, button pedal, joystick", hidden, unread, unread},
	{"media key, headset", hidden, unread, unread},
	{"Stream Deck, X-keys, Contour Shuttle", hidden, alsoTypes, hidden},
	{"Big Red Button, MuteMe, Luxafor Mute", hidden, alsoTypes, hidden},
}

// devicesLong is the help of devices.
func devicesLong() string {
	var table strings.Builder
	row := func(kind, linux, windows, mac string) {
		fmt.Fprintf(&table, "  %-38s  %-6s  %-14s  %s\n", kind, linux, windows, mac)
	}
	row("", "Linux", "Windows", "macOS")
	for _, w := range whatWorks {
		row(w.kind, w.linux, w.windows, w.mac)
	}
	return `List HID devices: what each is, what is bound on it and how it does, and the one
thing to do where it is unusable: busy, without permission, without the key that is
bound. No device is opened for this. A device with several interfaces is listed once,
and in --json an interface at a time. With --udev-rule, print the rules that let the
agent use the models that the configuration names, or those that are given, and that
keep their keys from reaching other programs at plug-in.

What works where, while the agent has the device:

` + table.String() + `
hidden: no other program sees its keys. Between plug-in and the moment that the agent
opens it they do; --udev-rule says how to close that gap.
also types: other programs see its keys, too.
asks: macOS wants Input Monitoring to be allowed for magicbutton first.
Bluetooth devices cannot be read on Linux. Linux was tried, on emulated USB hardware;
Windows and macOS are from documentation and were not. All models: docs/devices.md.`
}
