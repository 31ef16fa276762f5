package usblab_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/usblab"
)

// counter is a desk that counts what is pressed on every kind of button, one after the other, under one agent.
type counter struct {
	*desk
	rec  *usblab.Recorder // since the agent has what is plugged in
	want []event          // what all that was pressed so far must have become
}

// What each key that is tested is bound to. The times are long, for a busy machine: a hold is known by its key staying
// down until it was stored, and only the two presses of a double must come within one of them.
const (
	tapTag, holdTag, doubleTag                = "praise", "staff", "how-to"
	otherTapTag, otherHoldTag, otherDoubleTag = "bounced", "delivery-late", "refund-slow"

	gestures = "debounce = \"10ms\"\nguard = 0\nsame_conversation = 0\nhold = \"2s\"\ndouble = \"2s\"\n"

	// pressSpacing is what lies between two edges of a finger's. It is longer than the debounce.
	pressSpacing = 40 * time.Millisecond
)

// button is one key of a device that is plugged in.
type button struct {
	*counter
	key string // as an export says
	// other is that it is bound to the other tags.
	other bool
	// play presses (true) and lets go (false), one after the other.
	play func(t *testing.T, down ...bool)
}

// TestButtons presses every kind of button: each gesture is one event, and nothing else is.
func TestButtons(t *testing.T) {
	long(t)
	t.Parallel()
	g := usblab.Start(t, usblab.Options{
		Disk:  usblab.NewDisk(t),
		Files: map[string]string{"/bin/magicbutton": usblab.Build(t, "magicbutton/cmd/magicbutton")},
	})
	left, right := g.Make(t, twinKeypad("left")), g.Make(t, twinKeypad("right"))
	left.Plug(t, 1)
	right.Plug(t, 2)
	left.WaitDriver(t, "usbhid")
	right.WaitDriver(t, "usbhid")

	c := &counter{desk: newDesk(t, g, "buttons", gestures)}
	all := fmt.Sprintf("tap = %q\nhold = %q\ndouble = %q\n", tapTag, holdTag, doubleTag)
	other := fmt.Sprintf("tap = %q\nhold = %q\ndouble = %q\n", otherTapTag, otherHoldTag, otherDoubleTag)
	const tap = "tap = \"bounced\"\n"
	c.bind(t, binding{"1209:0006", "button:3", all}, binding{"1209:0007", "Play/Pause", all},
		binding{"13ba:0001@" + left.Path(), "kp_1", all}, binding{"13ba:0001@" + right.Path(), "kp_1", other},
		binding{"1d34:000d", "button:1", all}, binding{"0fd9:006d", "button:7", all},
		binding{"1130:6626", "9", all}, binding{"05ac:0301", "any", tap})
	c.start(t)
	left.WaitDriver(t, "usbfs")
	right.WaitDriver(t, "usbfs")
	c.rec = g.Record(t)

	t.Run("twin keypads by port", func(t *testing.T) { testTwins(t, c, left, right) })
	t.Run("arcade encoder", func(t *testing.T) { testEncoder(t, c) })
	t.Run("consumer control", func(t *testing.T) { testConsumer(t, c) })
	t.Run("big red button", func(t *testing.T) { testBigRed(t, c) })
	t.Run("stream deck", func(t *testing.T) { testStreamDeck(t, c) })
	t.Run("exclamation key", func(t *testing.T) { testExclamation(t, c) })
	t.Run("webkey", func(t *testing.T) { testWebkey(t, c) })

	c.stop(t, syscall.SIGTERM)
	c.checkAll(t)
	c.check(t)
}

// plug makes a device and plugs it in, until the end of the test, and returns when the agent has it.
func (c *counter) plug(t *testing.T, gadget usblab.Gadget) *usblab.Device {
	t.Helper()
	d := c.connect(t, gadget)
	d.WaitDriver(t, "usbfs")
	c.rec = c.guest.Record(t)
	return d
}

// gadgetPort is where the buttons are plugged in, one after the other.
const gadgetPort = 3

// connect is plug that does not wait for the agent.
func (c *counter) connect(t *testing.T, gadget usblab.Gadget) *usblab.Device {
	t.Helper()
	d := c.guest.Make(t, gadget)
	d.Plug(t, gadgetPort)
	t.Cleanup(func() {
		d.Unplug(t)
		d.Remove(t)
	})
	return d
}

// checkAll compares all events with what must be there by now, and what the guest's own input devices saw of them: nothing.
func (c *counter) checkAll(t *testing.T) {
	t.Helper()
	got := c.events(t)
	for i := range got {
		got[i].ID, got[i].Device = "", ""
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if seen := c.rec.Presses(t); len(seen) > 0 {
		t.Errorf("the guest's input devices saw %v while the agent held the buttons", seen)
	}
}

// stored does something that must become one event, and waits for that.
func (c *counter) stored(t *testing.T, tag, key, what string, do func()) {
	t.Helper()
	logged := len(c.agent.Stderr())
	do()
	waitLog(t, c.desk, logged, "msg=stored .*tag="+tag, what)
	c.want = append(c.want, event{Tag: tag, Key: key})
}

// all makes every gesture on a key that can be held.
func (b *button) all(t *testing.T) {
	t.Helper()
	b.tap(t)
	b.hold(t)
	b.double(t)
	b.checkAll(t)
}

// tag chooses between the tags of this button and of others.
func (b *button) tag(tag, other string) string {
	if b.other {
		return other
	}
	return tag
}

func (b *button) tap(t *testing.T) {
	t.Helper()
	b.stored(t, b.tag(tapTag, otherTapTag), b.key, "a tap", func() { b.play(t, true, false) })
}

func (b *button) hold(t *testing.T) {
	t.Helper()
	b.stored(t, b.tag(holdTag, otherHoldTag), b.key, "a hold", func() { b.play(t, true) })
	b.play(t, false)
}

func (b *button) double(t *testing.T) {
	t.Helper()
	b.stored(t, b.tag(doubleTag, otherDoubleTag), b.key, "a double", func() { b.play(t, true, false, true, false) })
}

// sending is how to play a key whose device sends one report when it goes down and another when it comes up.
func sending(d *usblab.Device, down, up []byte) func(*testing.T, ...bool) {
	return func(t *testing.T, edges ...bool) {
		t.Helper()
		var reports [][]byte
		for _, pressed := range edges {
			if pressed {
				reports = append(reports, down)
			} else {
				reports = append(reports, up)
			}
		}
		d.Send(t, pressSpacing, reports...).Wait(t)
	}
}
