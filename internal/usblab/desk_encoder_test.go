package usblab_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/usblab"
)

// testEncoder presses a button of an arcade encoder: no keyboard, but a joystick
// with two axes and 12 buttons, as its report descriptor says.
func testEncoder(t *testing.T, g *usblab.Guest) {
	encoder := g.Make(t, usblab.Gadget{
		Name: "encoder", VendorID: 0x1209, ProductID: 0x0006, Product: "USB Encoder", Serial: "ARCADE",
		Interfaces: []usblab.Interface{{ReportLength: 4, Descriptor: []byte{
			0x05, 0x01, 0x09, 0x04, 0xa1, 0x01, // generic desktop, joystick, application
			0x09, 0x30, 0x09, 0x31, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x02, 0x81, 0x02, // X and Y, a byte each
			0x05, 0x09, 0x19, 0x01, 0x29, 0x0c, 0x25, 0x01, 0x75, 0x01, 0x95, 0x0c, 0x81, 0x02, // buttons 1 to 12, a bit each
			0x75, 0x04, 0x95, 0x01, 0x81, 0x03, 0xc0, // four bits of padding
		}}},
	})
	encoder.Plug(t, 1)
	d := newDesk(t, g, "encoder", off)
	config := "/data/encoder.toml"
	g.WriteFile(t, config, append(g.ReadFile(t, config), "\n[[button]]\ndevice = \"1209:0006\"\nkey = \"button:3\"\ntap = \"praise\"\nhold = \"staff\"\n"...))
	d.start(t, "ARCADE")
	logged := len(d.agent.Stderr())
	idle, third, eleventh := []byte{0x7f, 0x7f, 0, 0}, []byte{0x7f, 0x7f, 0x04, 0}, []byte{0x7f, 0x7f, 0, 0x04}
	jitter := []byte{0x80, 0x7e, 0x04, 0} // the axes are no keys
	encoder.Send(t, 20*time.Millisecond, idle, eleventh, idle, third, jitter, idle).Wait(t)
	waitLog(t, d, logged, "msg=stored .*tag=praise", "a tap")
	encoder.Send(t, 700*time.Millisecond, third, idle).Wait(t)
	waitLog(t, d, logged, "msg=stored .*tag=staff", "a hold")
	d.stop(t, syscall.SIGTERM)
	want := []event{{Tag: "praise", Key: "button:3"}, {Tag: "staff", Key: "button:3"}}
	if diff := cmp.Diff(want, ofDevice(d.events(t), "ARCADE")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	encoder.Unplug(t)
}
