package usblab_test

import (
	"testing"

	"magicbutton/internal/usblab"
)

// testTwins presses two keypads that only their ports tell apart: a key counts for where it is, so when they change places too.
func testTwins(t *testing.T, c *counter, left, right *usblab.Device) {
	const key = "keyboard:0x59" // Keypad 1
	press := func(d *usblab.Device) func(*testing.T, ...bool) {
		return sending(d, usblab.BootReport("kp_1"), usblab.BootReport())
	}
	other := func(t *testing.T, d *usblab.Device) {
		t.Helper()
		c.stored(t, "bounced", key, "the right keypad", func() { d.Press(t, "kp_1") })
	}
	b := &button{counter: c, key: key, play: press(left)}
	b.all(t)
	other(t, right)
	left.Unplug(t)
	right.Unplug(t)
	left.Plug(t, 2)
	right.Plug(t, 1)
	left.WaitDriver(t, "usbfs")
	right.WaitDriver(t, "usbfs")
	other(t, left)
	b.play = press(right)
	b.double(t)
	c.checkAll(t)
}

// testEncoder presses a button of an arcade encoder: no keyboard, but a joystick
// with two axes and 12 buttons, as its report descriptor says.
func testEncoder(t *testing.T, c *counter) {
	encoder := c.plug(t, arcadeEncoder())
	idle, third, eleventh := []byte{0x7f, 0x7f, 0, 0}, []byte{0x7f, 0x7f, 0x04, 0}, []byte{0x7f, 0x7f, 0, 0x04}
	jitter := []byte{0x80, 0x7e, 0x04, 0} // the axes are no keys
	b := &button{counter: c, key: "button:3", play: sending(encoder, third, idle)}
	b.all(t)
	b.stored(t, tapTag, b.key, "a tap among other things", func() {
		encoder.Send(t, pressSpacing, idle, eleventh, idle, third, jitter, third, idle, eleventh).Wait(t)
	})
	c.checkAll(t)
	unplug(t, encoder)
}

// testConsumer presses a button that sends what is on media keys: one usage in an array, and none when it is let go.
func testConsumer(t *testing.T, c *counter) {
	media := c.plug(t, consumerButton())
	play, mute, none := []byte{0xcd, 0}, []byte{0xe2, 0}, []byte{0, 0}
	b := &button{counter: c, key: "consumer:0xcd", play: sending(media, play, none)}
	b.all(t)
	b.stored(t, tapTag, b.key, "a tap after another key", func() { media.Send(t, pressSpacing, mute, none, play, none).Wait(t) })
	c.checkAll(t)
	unplug(t, media)
}
