package usblab_test

import (
	"testing"
	"time"

	"magicbutton/internal/usblab"
)

// testTwins presses two keypads that only their ports tell apart: a key counts for where it is, so when they change places too.
func testTwins(t *testing.T, c *counter, left, right *usblab.Device) {
	const key = "keyboard:0x59" // Keypad 1
	press := func(d *usblab.Device) func(*testing.T, ...bool) {
		return sending(d, usblab.BootReport("kp_1"), usblab.BootReport())
	}
	one, two := &button{counter: c, key: key, play: press(left)}, &button{counter: c, key: key, play: press(right), other: true}
	one.all(t)
	two.all(t)
	left.Unplug(t)
	right.Unplug(t)
	left.Plug(t, 2)
	right.Plug(t, 1)
	left.WaitDriver(t, "usbfs")
	right.WaitDriver(t, "usbfs")
	one.play, two.play = two.play, one.play
	two.double(t)
	one.double(t)
	c.checkAll(t)
}

// testEncoder presses a button of an arcade encoder: no keyboard, but a joystick
// with two axes and 12 buttons, as its report descriptor says.
func testEncoder(t *testing.T, c *counter) {
	encoder := c.plug(t, arcadeEncoder())
	idle, third, eleventh := []byte{0x7f, 0x7f, 0, 0}, []byte{0x7f, 0x7f, 0x04, 0}, []byte{0x7f, 0x7f, 0, 0x04}
	jitter := []byte{0x80, 0x7e, 0x04, 0} // the axes are no keys
	b := &button{counter: c, key: "button:3", play: sending(encoder, third, idle)}
	b.stored(t, tapTag, b.key, "a tap among other things", func() {
		encoder.Send(t, pressSpacing, idle, eleventh, idle, third, jitter, third, idle, eleventh, idle).Wait(t)
	})
	b.hold(t)
	b.double(t)
	c.checkAll(t)
}

// testConsumer presses a button that sends what is on media keys: one usage in an array, and none when it is let go.
func testConsumer(t *testing.T, c *counter) {
	media := c.plug(t, consumerButton())
	play, mute, none := []byte{0xcd, 0}, []byte{0xe2, 0}, []byte{0, 0}
	b := &button{counter: c, key: "consumer:0xcd", play: sending(media, play, none)}
	b.stored(t, tapTag, b.key, "a tap after another key", func() { media.Send(t, pressSpacing, mute, none, play, none).Wait(t) })
	b.hold(t)
	b.double(t)
	c.checkAll(t)
}

// testBigRed presses a button that says nothing unless it is asked.
func testBigRed(t *testing.T, c *counter) {
	const (
		shut, open, pressed, pressedShut = 0x15, 0x17, 0x16, 0x14 // the first byte: bit 0 is clear while pressed, bit 1 is the lid

		answer = 0x03 // the last byte of each answer
	)
	red := c.connect(t, bigRedButton())
	state := func(first byte) []byte { return []byte{first, 0, 0, 0, 0, 0, 0, answer} }
	red.Show(t, state(shut)) // it is done when it was asked, so the agent has it
	c.rec = c.guest.Record(t)
	b := &button{counter: c, key: "button:1", play: func(t *testing.T, edges ...bool) {
		t.Helper()
		var states [][]byte
		for _, down := range edges {
			if down {
				states = append(states, state(pressed))
			} else {
				states = append(states, state(open))
			}
		}
		red.Show(t, states...)
	}}
	red.Show(t, state(open)) // the lid is no key
	b.all(t)
	red.Show(t, state(shut))
	b.stored(t, holdTag, b.key, "a hold under the shut lid", func() { red.Show(t, state(pressedShut)) })
	red.Show(t, state(shut))
	c.checkAll(t)
}

// testStreamDeck presses a key of a deck, and others that are not bound, and looks at the pictures that the key showed meanwhile.
func testStreamDeck(t *testing.T, c *counter) {
	deck := c.plug(t, streamDeck())
	b := &button{counter: c, key: "button:7", play: sending(deck, streamDeckReport(7), streamDeckReport())}
	b.stored(t, tapTag, b.key, "a tap among other keys", func() {
		deck.Send(t, pressSpacing, streamDeckReport(1), streamDeckReport(1, 7, 15), streamDeckReport(15), streamDeckReport()).Wait(t)
	})
	b.hold(t)
	b.double(t)
	checkPictures(t, deck)
	c.checkAll(t)
}

// testExclamation presses a key that cannot be held: its chord goes up as soon as it went down.
func testExclamation(t *testing.T, c *counter) {
	d := c.plug(t, exclamationKey())
	chord := []byte{0x68, 0, 0x26, 0, 0, 0, 0, 0}
	b := &button{counter: c, key: "keyboard:0x26", play: func(t *testing.T, edges ...bool) {
		t.Helper()
		for _, down := range edges {
			if down {
				d.Send(t, 0, chord, usblab.BootReport()).Wait(t)
				time.Sleep(pressSpacing)
			}
		}
	}}
	b.tap(t)
	b.stored(t, tapTag, b.key, "a hold, which is a tap", func() { b.play(t, true) })
	b.double(t)
	c.checkAll(t)
}

// testWebkey presses a key that types an address, when it is plugged in as well: that is no press, and each time it types is one.
func testWebkey(t *testing.T, c *counter) {
	// A macro device's own typing is over by then, and one press is told from the next; see package hid.
	const ownTyping, quiet = 6 * time.Second, time.Second
	d := c.connect(t, webkey())
	// A guest on a busy machine may fail to take up a device that types while it is looked at ("can't add hid device: -71"):
	// its owner would plug it in again.
	for try := 1; ; try++ {
		_, err := d.Send(t, 0, typedAddress()...).End(t)
		if err == nil {
			break
		}
		if try == 3 {
			t.Fatal(err)
		}
		d.Unplug(t)
		d.Plug(t, gadgetPort)
	}
	d.WaitDriver(t, "usbfs")
	c.rec = c.guest.Record(t)
	d.Send(t, 0, typedAddress()...).Wait(t)
	time.Sleep(ownTyping)
	for range 2 {
		time.Sleep(quiet)
		c.stored(t, "bounced", "any", "a press that types", func() { d.Send(t, 0, typedAddress()...).Wait(t) })
	}
	c.checkAll(t)
}
