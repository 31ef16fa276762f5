package hid_test

import (
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

func TestLearnRaw(t *testing.T) {
	const path = "1-4:1.0"
	report := func(bus *hidtest.Bus, b3, clock byte) { bus.Report(path, 7, 0, clock, b3, 0xaa, 0, 0, 0) }
	tests := []struct {
		name  string
		idle  func(bus *hidtest.Bus) // for two seconds from plug-in on
		press func(bus *hidtest.Bus)
		want  []string
	}{
		{
			"reports its state all the time, with a clock",
			func(bus *hidtest.Bus) {
				for i := range 200 {
					report(bus, 0x03, byte(i))
					time.Sleep(10 * time.Millisecond)
				}
			},
			func(bus *hidtest.Bus) {
				for i := range 30 {
					report(bus, 0x07, byte(3*i))
					time.Sleep(10 * time.Millisecond)
				}
				for i := range 100 {
					report(bus, 0x03, byte(7*i))
					time.Sleep(10 * time.Millisecond)
				}
			},
			[]string{"pressed 1-4:1.0 raw:3.2 300ms"},
		},
		{
			"is silent until it is pressed",
			func(*hidtest.Bus) { time.Sleep(2 * time.Second) },
			func(bus *hidtest.Bus) {
				for range 2 {
					report(bus, 0x02, 0)
					time.Sleep(time.Second)
					report(bus, 0x03, 0)
					time.Sleep(time.Second)
				}
			},
			[]string{"pressed 1-4:1.0 raw:3.0=0 1s", "pressed 1-4:1.0 raw:3.0=0 1s"},
		},
		{
			"is silent until it is pressed, and tells the time then",
			func(*hidtest.Bus) { time.Sleep(2 * time.Second) },
			func(bus *hidtest.Bus) {
				for i := range byte(3) {
					bus.Report(path, 0, 0, 1, 0, 0, 0x10+3*i)
					time.Sleep(time.Second)
					bus.Report(path, 0, 0, 0, 0, 0, 0x11+3*i)
					time.Sleep(time.Second)
				}
			},
			[]string{"pressed 1-4:1.0 raw:2.0 1s", "pressed 1-4:1.0 raw:2.0 1s", "pressed 1-4:1.0 raw:2.0 1s"},
		},
		{
			"answers with press and release at once",
			func(bus *hidtest.Bus) { time.Sleep(time.Second); report(bus, 0, 0); time.Sleep(time.Second) },
			func(bus *hidtest.Bus) { report(bus, 0x80, 0); report(bus, 0, 0) },
			[]string{"pressed 1-4:1.0 raw:3.7 0s tap-only"},
		},
		{
			"latches",
			func(bus *hidtest.Bus) { time.Sleep(time.Second); report(bus, 0, 0); time.Sleep(time.Second) },
			func(bus *hidtest.Bus) {
				for range 20 {
					report(bus, 1, 0)
					time.Sleep(time.Second)
				}
				report(bus, 0, 0)
			},
			[]string{"pressed 1-4:1.0 raw:3.0 5s"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := hidtest.NewBus(riddle)
				p := startRig(t, bus, hid.Options{}).learn(t)
				p.wantSights(t, time.Second, "candidate 1-4:1.0")
				p.replug(riddle)
				plugged := time.Now()
				tt.idle(bus)
				p.wantSights(t, 0, "unplugged 1-4:1.0", "ready 1-4:1.0")
				if watched := p.readyAt.Sub(plugged); watched < time.Second {
					t.Errorf("ready after %v, want it watched for a second", watched)
				}
				tt.press(bus)
				p.wantSights(t, 10*time.Second, tt.want...)
			})
		})
	}
}

// A profile that nobody confirmed may be wrong: of a press that it does not know the bit is told, until it knows one.
func TestLearnBesideProfile(t *testing.T) {
	mini := hidtest.Other("1-4", "MuteMe Mini", 0x42db, hidtest.VendorDescriptor)
	mini.VendorID = 0x20a0
	const path = "1-4:1.0"
	tap := func(bus *hidtest.Bus, b2, b3 byte) {
		bus.Report(path, 0, 0, b2, b3, 0, 0, 0, 0)
		time.Sleep(100 * time.Millisecond)
		bus.Report(path, 0, 0, 0, 0, 0, 0, 0, 0)
		time.Sleep(time.Second)
	}
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(mini)
		r := startRig(t, bus, hid.Options{})
		began := time.Now()
		p := r.learn(t)
		time.Sleep(500 * time.Millisecond)
		tap(bus, 0, 4) // nobody was asked yet
		p.wantSights(t, time.Second, "ready 1-4:1.0")
		if watched := p.readyAt.Sub(began); watched < time.Second {
			t.Errorf("ready after %v, want it watched for a second", watched)
		}
		tap(bus, 0x10, 0)
		p.wantSights(t, time.Second, "pressed 1-4:1.0 raw:2.4 100ms")
		tap(bus, 0, 4)
		tap(bus, 0x10, 0)
		p.wantSights(t, time.Second, "pressed 1-4:1.0 button:1 100ms")
		p.stop()

		key := hid.RawKey(2, 4, false)
		r.Want([]hid.Wanted{{
			Name: "mute", Match: hid.Match{VendorID: 0x20a0, ProductID: 0x42db}, Keys: map[hid.Key]hid.Gestures{key: {Tap: true}, hid.ButtonKey(1): {Tap: true}},
		}})
		time.Sleep(time.Second)
		tap(bus, 0x10, 0)
		tap(bus, 0, 4)
		wantPresses(t, r.pressesIn(time.Second), path+" raw:2.4 tap mute", path+" button:1 tap mute")
		p = r.learn(t)
		p.wantSights(t, 2*time.Second, "ready 1-4:1.0")
		tap(bus, 0x10, 0)
		tap(bus, 0, 4)
		tap(bus, 0x10, 0)
		p.wantSights(t, time.Second, "pressed 1-4:1.0 raw:2.4 100ms mute", "pressed 1-4:1.0 button:1 100ms mute", "pressed 1-4:1.0 raw:2.4 100ms mute")
	})
}

// A confirmed profile is right: what it does not know is no press, and no raw key is listened for.
func TestNoRawKeyBesideConfirmedProfile(t *testing.T) {
	button := hidtest.Other("1-4", "MuteMe", 0x42da, hidtest.VendorDescriptor)
	button.VendorID = 0x20a0
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(button)
		r := startRig(t, bus, hid.Options{}, hid.Wanted{
			Match: hid.Match{VendorID: 0x20a0, ProductID: 0x42da}, Keys: map[hid.Key]hid.Gestures{hid.RawKey(2, 4, false): {Tap: true}},
		})
		if s := r.state(t, button.Path); s.State != hid.Unneeded {
			t.Errorf("%v for a raw key, want unneeded", s.State)
		}
		p := r.learn(t)
		p.wantSights(t, 2*time.Second, "ready 1-4:1.0")
		bus.Report(button.Path, 0, 0, 0x10, 0, 0, 0, 0, 0)
		bus.Report(button.Path, 0, 0, 0, 0, 0, 0, 0, 0)
		p.wantSights(t, time.Second)
	})
}
