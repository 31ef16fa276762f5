package hid_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// bigRedButton is a Dream Cheeky Big Red Button in port 1-1, which says only when it is asked whether it is down.
type bigRedButton struct {
	bus   *hidtest.Bus
	state chan byte // capacity 1: what byte 0 of its answers is
}

const (
	buttonPath                        = "1-1:1.0"
	lidOpen, lidOpenDown, lidShutDown = 0x17, 0x16, 0x14
)

func newBigRedButton(state byte) *bigRedButton {
	device := hidtest.Other("1-1", "Big Red Button", 0x000d, hidtest.VendorDescriptor)
	device.VendorID = 0x1d34
	b := &bigRedButton{bus: hidtest.NewBus(device), state: make(chan byte, 1)}
	b.state <- state
	b.bus.Answer(buttonPath, []byte{0, 0, 0, 0, 0, 0, 0, 0, 2}, func() []byte {
		now := <-b.state
		b.state <- now
		return []byte{now, 0, 0, 0, 0, 0, 0, 3}
	})
	return b
}

// turn sets the button to a state for a while.
func (b *bigRedButton) turn(state byte, d time.Duration) {
	<-b.state
	b.state <- state
	time.Sleep(d)
}

func wantButton(g hid.Gestures) hid.Wanted {
	return hid.Wanted{
		Name: "red", Match: hid.Match{VendorID: 0x1d34, ProductID: 0x000d}, Keys: map[hid.Key]hid.Gestures{hid.ButtonKey(1): g},
	}
}

func TestPolledButton(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBigRedButton(lidOpen)
		r := startRig(t, b.bus, hid.Options{}, wantButton(tapHold))
		time.Sleep(time.Minute)
		wantPresses(t, r.pressesIn(time.Second)) // it lies there
		b.turn(lidOpenDown, 150*time.Millisecond)
		b.turn(lidOpen, time.Second)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 button:1 tap red")
		b.turn(lidOpenDown, time.Second)
		b.turn(lidOpen, time.Second)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 button:1 hold red")
		if s := r.state(t, buttonPath); s.Profile == nil || s.Profile.Name != "Dream Cheeky Big Red Button" {
			t.Errorf("profile = %+v, want the Big Red Button's", s.Profile)
		}
	})
}

// A button that is held down when it is opened was not pressed for us, and its release is nothing either.
func TestPolledButtonHeldAtOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBigRedButton(lidShutDown)
		r := startRig(t, b.bus, hid.Options{}, wantButton(tap))
		time.Sleep(time.Second)
		b.turn(lidOpen, time.Second)
		wantPresses(t, r.pressesIn(time.Second))
		b.turn(lidOpenDown, 100*time.Millisecond)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 button:1 tap red")
	})
}

// A button that cannot be asked any more is as good as gone: it is closed and opened again.
func TestPolledButtonThatCannotBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBigRedButton(lidOpen)
		r := startRig(t, b.bus, hid.Options{}, wantButton(tap))
		time.Sleep(time.Second)
		b.bus.FailWrite(buttonPath, errors.New("stalled"))
		time.Sleep(50 * time.Millisecond)
		if got := r.state(t, buttonPath).State; got != hid.Failed {
			t.Errorf("state while it cannot be asked = %v, want failed", got)
		}
		b.bus.FailWrite(buttonPath, nil)
		time.Sleep(6 * time.Second)
		b.turn(lidOpenDown, 100*time.Millisecond)
		b.turn(lidOpen, 100*time.Millisecond)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 button:1 tap red")
	})
}

// A panel is asked once, as it tells of presses by itself: so one that takes no question is as good.
func TestAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		panel := hidtest.Other("1-1", "XK-24", 1029, hidtest.VendorDescriptor)
		panel.VendorID = 0x05f3
		bus := hidtest.NewBus(panel)
		bus.FailWrite(panel.Path, errors.New("stalled"))
		r := startRig(t, bus, hid.Options{}, hid.Wanted{
			Name: "panel", Match: hid.Match{VendorID: 0x05f3, ProductID: 1029}, Keys: map[hid.Key]hid.Gestures{hid.ButtonKey(1): tap},
		})
		time.Sleep(time.Minute)
		bus.Report(panel.Path, make([]byte, 32)...)
		report := make([]byte, 32)
		report[2] = 1
		bus.Report(panel.Path, report...)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 button:1 tap panel")
		if n := len(bus.Opened()); n != 1 {
			t.Errorf("opened %d times, want once", n)
		}
	})
}
