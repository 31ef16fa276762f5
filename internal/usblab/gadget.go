package usblab

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"magicbutton/internal/usblab/wire"
)

// Gadget describes a USB device to make. Its name is used once in a guest. An
// empty Serial is a device without a serial number.
type Gadget = wire.Gadget

// Interface is one HID interface of a Gadget.
type Interface = wire.Interface

// bootDescriptor describes a boot keyboard (HID 1.11, appendix B.1 and E.6).
var bootDescriptor = []byte{
	0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, // generic desktop, keyboard, application
	0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, // modifiers
	0x95, 0x01, 0x75, 0x08, 0x81, 0x01, // reserved
	0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, // five lights
	0x95, 0x01, 0x75, 0x03, 0x91, 0x01, // three bits of padding
	0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xff, 0x00, 0x05, 0x07, 0x19, 0x00, 0x2a, 0xff, 0x00, 0x81, 0x00, // six keys
	0xc0,
}

// Keypad is a gadget that is a boot keyboard, as most keypads are: no endpoint for
// its lights, which come by SET_REPORT. Its ids are of the kernel's own test keyboard
// (Linux Foundation, multifunction composite gadget).
func Keypad(name, serial string) Gadget {
	return Gadget{
		Name: name, VendorID: 0x1d6b, ProductID: 0x0104,
		Manufacturer: "Lab", Product: "Keypad", Serial: serial,
		Interfaces: []Interface{{
			Descriptor: bootDescriptor, ReportLength: 8, Subclass: 1, Protocol: 1, NoOutEndpoint: true,
		}},
	}
}

// Device is a gadget that was made in a guest.
type Device struct {
	guest *Guest
	name  string
	path  string // empty while unplugged
}

// Make makes a USB device in the guest; Plug connects it, and Remove makes room
// for another.
func (g *Guest) Make(t testing.TB, gadget Gadget) *Device {
	t.Helper()
	g.do(t, "MakeGadget", gadget, &wire.None{})
	return &Device{guest: g, name: gadget.Name}
}

// Plug plugs the device in at a free port, 1 to GadgetPorts, and returns when the
// guest's kernel has configured it.
func (d *Device) Plug(t testing.TB, port int) {
	t.Helper()
	if port < 1 || port > GadgetPorts {
		t.Fatalf("gadget port %d is not in 1 to %d", port, GadgetPorts)
	}
	d.guest.do(t, "PlugGadget", wire.Plug{Gadget: d.name, Port: port}, &d.path)
}

// Unplug pulls the device out.
func (d *Device) Unplug(t testing.TB) {
	t.Helper()
	d.guest.do(t, "PlugGadget", wire.Plug{Gadget: d.name}, new(string))
	d.path = ""
}

// Remove unmakes an unplugged device, so that there is room for another: a guest
// has room for four interfaces.
func (d *Device) Remove(t testing.TB) {
	t.Helper()
	d.guest.do(t, "RemoveGadget", d.name, &wire.None{})
}

// Path is where the device is plugged in, such as "3-1", the name of its port. A
// port has the same in each guest. Empty while it is unplugged.
func (d *Device) Path() string { return d.path }

// WaitDriver is Guest.WaitDriver for a device that may have no serial number.
func (d *Device) WaitDriver(t testing.TB, driver string) {
	t.Helper()
	d.guest.waitDriver(t, driver, d.path, func(u USBDevice) bool { return u.Path == d.path })
}

// Show sets the states that a polled device (Interface.Poll) answers with, one after
// the other. It returns when the last one was given; that one stays.
func (d *Device) Show(t testing.TB, states ...[]byte) {
	t.Helper()
	d.guest.do(t, "Show", wire.Show{Gadget: d.name, States: states}, &wire.None{})
}

// Send sends input reports of the first interface in the background, one each
// spacing at the fastest. None is lost: each waits until the one before it was
// fetched, and after some seconds without that the Playback ends with an error.
//
// A host sees an empty report after each that is as long as ReportLength: the
// kernel's gadget driver sends one.
func (d *Device) Send(t testing.TB, spacing time.Duration, reports ...[]byte) *Playback {
	t.Helper()
	return d.SendOn(t, 0, spacing, reports...)
}

// SendOn is Send for any interface, counted from 0.
func (d *Device) SendOn(t testing.TB, face int, spacing time.Duration, reports ...[]byte) *Playback {
	t.Helper()
	return d.send(wire.Send{Gadget: d.name, Interface: face, Reports: reports, Spacing: spacing}, 1)
}

// send counts perPress reports as one press.
func (d *Device) send(s wire.Send, perPress int) *Playback {
	limit := waitLimit + time.Duration(len(s.Reports))*(s.Spacing+waitLimit/100)
	return d.guest.play(func() (int, error) {
		var sent wire.Sent
		err := d.guest.call(limit, "SendReports", s, &sent)
		if err == nil && sent.Error != "" {
			err = errors.New(sent.Error)
		}
		if err != nil {
			err = fmt.Errorf("sending reports of gadget %s: %w", d.name, err)
		}
		return sent.Reports / perPress, err
	})
}

// Press presses a key of a boot keyboard, such as a Keypad, and lets it go.
func (d *Device) Press(t testing.TB, key Key) {
	t.Helper()
	d.Play(t, 0, key).Wait(t)
}

// Play presses keys of a boot keyboard in the background, one each spacing at the
// fastest, for half of it each.
func (d *Device) Play(t testing.TB, spacing time.Duration, keys ...Key) *Playback {
	t.Helper()
	mustKnow(t, keys...)
	var reports [][]byte
	for _, k := range keys {
		reports = append(reports, BootReport(k), BootReport())
	}
	return d.send(wire.Send{Gadget: d.name, Reports: reports, Spacing: spacing / 2}, 2)
}

// Outputs are the output reports that the device has received in all.
func (d *Device) Outputs(t testing.TB) []Output {
	t.Helper()
	return d.guest.outputs(t, d.received)
}

// WaitOutputs waits until there are n output reports in all.
func (d *Device) WaitOutputs(t testing.TB, n int) []Output {
	t.Helper()
	return d.guest.waitOutputs(t, n, "gadget "+d.name, d.received)
}

func (d *Device) received(o Output) bool { return o.Gadget == d.name }
