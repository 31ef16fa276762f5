package hid

import (
	"bytes"
	"strings"
)

// uevent is what the kernel says of one device.
type uevent struct {
	action    string // add, remove, change, bind, unbind, …
	devpath   string
	subsystem string
}

// parseUevent reads a kernel uevent: "add@/devices/…", then KEY=value strings, each ended by a zero byte
// (lib/kobject_uevent.c). What udev sends begins otherwise and is refused.
func parseUevent(b []byte) (uevent, bool) {
	head, rest, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return uevent{}, false
	}
	action, devpath, ok := strings.Cut(string(head), "@")
	if !ok || action == "" || !strings.HasPrefix(devpath, "/") {
		return uevent{}, false
	}
	e := uevent{action: action, devpath: devpath}
	for field := range bytes.SplitSeq(rest, []byte{0}) {
		if value, ok := bytes.CutPrefix(field, []byte("SUBSYSTEM=")); ok {
			e.subsystem = string(value)
		}
	}
	return e, true
}

// matters tells whether a HID device may have come, gone, changed hands or permissions.
func (e uevent) matters() bool { return e.subsystem == "usb" || e.subsystem == "hid" }
