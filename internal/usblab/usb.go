package usblab

import (
	"testing"
	"time"

	"magicbutton/internal/usblab/wire"
)

// USBDevice is a USB device as the guest's kernel lists it.
type USBDevice = wire.USBDevice

// Output is one output report that a device received.
type Output = wire.Output

// USB lists the guest's USB devices, root hubs aside.
func (g *Guest) USB(t testing.TB) []USBDevice {
	t.Helper()
	var devices []USBDevice
	g.do(t, "USB", wire.None{}, &devices)
	return devices
}

// WaitUSB waits until the guest's USB devices satisfy a condition, such as "usbfs"
// (a program holds it) or "usbhid" (the kernel does) among a device's Drivers.
func (g *Guest) WaitUSB(t testing.TB, what string, ok func([]USBDevice) bool) {
	t.Helper()
	const poll = 10 * time.Millisecond
	var devices []USBDevice
	for deadline := time.Now().Add(waitLimit); time.Now().Before(deadline); time.Sleep(poll) {
		if devices = g.USB(t); ok(devices) {
			return
		}
	}
	t.Fatalf("waiting for %s: not in %v; got%s", what, waitLimit, describe(devices))
}

// WaitDriver waits until every interface of the device with this serial number has
// this driver: "usbhid", "usbfs" while a program holds it, "" for none.
func (g *Guest) WaitDriver(t testing.TB, serial, driver string) {
	t.Helper()
	g.waitDriver(t, driver, serial, func(d USBDevice) bool { return d.Serial == serial })
}

func (g *Guest) waitDriver(t testing.TB, driver, name string, is func(USBDevice) bool) {
	t.Helper()
	g.WaitUSB(t, "driver "+driver+" of "+name, func(devices []USBDevice) bool {
		for _, d := range devices {
			if !is(d) || len(d.Drivers) == 0 {
				continue
			}
			for _, have := range d.Drivers {
				if have != driver {
					return false
				}
			}
			return true
		}
		return false
	})
}

// outputs returns the reports of one device that the guest has recorded by now.
func (g *Guest) outputs(t testing.TB, of func(Output) bool) []Output {
	t.Helper()
	var n wire.Counts
	g.do(t, "Counts", wire.None{}, &n)
	all := g.output.await(t, "the output reports", func(o []Output) bool { return len(o) >= n.Output })
	return filter(all, of)
}

func (g *Guest) waitOutputs(t testing.TB, n int, device string, of func(Output) bool) []Output {
	t.Helper()
	all := g.output.await(t, "output reports to "+device, func(o []Output) bool { return len(filter(o, of)) >= n })
	return filter(all, of)
}

func filter[T any](items []T, keep func(T) bool) []T {
	var kept []T
	for _, item := range items {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}
