package usblab

import (
	"fmt"
	"testing"
)

// Hub is a USB hub on the guest's emulated controller, for keyboards.
type Hub struct {
	guest *Guest
	port  int
}

// PlugHub plugs in a hub for good, at a free port of the controller.
func (g *Guest) PlugHub(t testing.TB, port int) *Hub {
	t.Helper()
	h := &Hub{guest: g, port: port}
	err := g.qmp.do("device_add", map[string]any{
		"driver": "usb-hub", "id": fmt.Sprintf("hub%d", port), "bus": "xhci.0", "port": fmt.Sprint(port),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.wait(t, true)
	// A hub with nothing behind it is suspended at once, and may sleep through what is plugged into it then.
	g.WriteFile(t, fmt.Sprintf("/sys/bus/usb/devices/1-%d/power/control", port), []byte("on"))
	return h
}

// Power turns the port that the hub is in off or on: to the guest the hub and all
// behind it are unplugged, or plugged in. (QEMU cannot unplug a hub with devices in it.)
func (h *Hub) Power(t testing.TB, on bool) {
	t.Helper()
	disable := "1"
	if on {
		disable = "0"
	}
	h.guest.WriteFile(t, fmt.Sprintf("/sys/bus/usb/devices/1-0:1.0/usb1-port%d/disable", h.port), []byte(disable))
	h.wait(t, on)
}

func (h *Hub) wait(t testing.TB, want bool) {
	t.Helper()
	path := fmt.Sprintf("1-%d", h.port)
	h.guest.WaitUSB(t, fmt.Sprintf("hub %s: there %v", path, want), func(devices []USBDevice) bool {
		for _, d := range devices {
			if d.Path == path {
				return want && d.Configured
			}
		}
		return !want
	})
}
