package hid_test

import (
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

var numLock = hidtest.Key(0x53)

// wrapped presses a key as keypads do that send NumLock before and after it.
func (r *rig) wrapped(k hid.Key, held time.Duration) {
	r.bus.Type(padPath, typing, numLock)
	r.bus.KeyDown(padPath, k)
	time.Sleep(held)
	r.bus.KeyUp(padPath, k)
	time.Sleep(typing)
	r.bus.Type(padPath, typing, numLock)
}

func TestNumLockAroundKeys(t *testing.T) {
	const lock, one = "1-1:1.0 keyboard:0x53 tap pad", "1-1:1.0 keyboard:0x59 tap pad"
	tests := []struct {
		name  string
		press func(r *rig)
		want  []string
	}{
		{"around a key", func(r *rig) { r.wrapped(key1, 80*time.Millisecond) }, []string{one}},
		{"around a key that is held", func(r *rig) { r.wrapped(key1, 3*time.Second) }, []string{one}},
		{"around a key that is not wanted", func(r *rig) { r.wrapped(key2, 80*time.Millisecond) }, nil},
		{"around keys in quick succession", func(r *rig) {
			r.wrapped(key1, 30*time.Millisecond)
			r.wrapped(key2, 30*time.Millisecond)
			r.wrapped(key1, 30*time.Millisecond)
		}, []string{one, one}},
		{"in one report with the key", func(r *rig) {
			r.bus.Report(padPath, hidtest.KeyboardReport(numLock, key1)...)
			r.bus.Report(padPath, hidtest.KeyboardReport()...)
		}, []string{one}},
		{"held while the key is pressed", func(r *rig) {
			r.bus.KeyDown(padPath, numLock)
			time.Sleep(typing)
			r.bus.Type(padPath, typing, key1)
			r.bus.KeyUp(padPath, numLock)
		}, []string{one}},
		{"alone", func(r *rig) { r.bus.Type(padPath, 80*time.Millisecond, numLock) }, []string{lock}},
		{"alone, at once", func(r *rig) { r.bus.Tap(padPath, numLock) }, []string{lock}},
		{"alone, twice", func(r *rig) { r.bus.Type(padPath, 80*time.Millisecond, numLock, numLock) }, []string{lock, lock}},
		{"alone, then a key", func(r *rig) { r.bus.Type(padPath, 80*time.Millisecond, numLock, key1) }, []string{lock, one}},
		{"after a key", func(r *rig) { r.bus.Type(padPath, 80*time.Millisecond, key1, numLock) }, []string{one, lock}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tap, key1, numLock))
				tt.press(r)
				wantPresses(t, r.pressesIn(time.Second), tt.want...)
			})
		})
	}
}

// NumLock alone is told as soon as no key came that it could be wrapped around.
func TestNumLockAloneIsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tap, numLock))
		time.Sleep(time.Second + 10*time.Millisecond) // amid a read
		began := time.Now()
		r.bus.Tap(padPath, numLock)
		p := <-r.Presses()
		if took := time.Since(began); took > 60*time.Millisecond || !p.At.Equal(began) {
			t.Errorf("told after %v, of %v; want 60 ms at most, of the key-down", took, p.At.Sub(began))
		}
	})
}

// NumLock is one more key with gestures of its own, which begin when it went down.
func TestNumLockGestures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(hid.Gestures{Tap: true, Hold: true, Double: true}, numLock))
		began := time.Now()
		r.bus.KeyDown(padPath, numLock)
		p := <-r.Presses()
		if p.Gesture != hid.Hold || time.Since(began) != hid.DefaultHold || !p.At.Equal(began) {
			t.Errorf("%v after %v, at %v; want hold after %v, at the key-down", p.Gesture, time.Since(began), p.At.Sub(began), hid.DefaultHold)
		}
		r.bus.KeyUp(padPath, numLock)
		time.Sleep(time.Second)
		r.bus.Type(padPath, 70*time.Millisecond, numLock, numLock)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x53 double pad")
		r.bus.Tap(padPath, numLock)
		synctest.Wait()
		r.bus.Unplug(padPath) // while it waits to be sure
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x53 tap pad")
	})
}

func TestTapOnly(t *testing.T) {
	const path, one = padPath, "1-1:1.0 keyboard:0x59 "
	all := hid.Gestures{Tap: true, Hold: true, Double: true}
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(all, key1))
		for i := range 3 {
			if s := r.state(t, path); s.TapOnly {
				t.Errorf("tap only after %d presses, want more evidence", i)
			}
			r.bus.Tap(path, key1) // down and up in one poll
			wantPresses(t, r.pressesIn(time.Second), one+"tap pad")
		}
		if s := r.state(t, path); !s.TapOnly {
			t.Error("not tap only though nothing else was seen")
		}
		r.bus.Tap(path, key1)
		time.Sleep(150 * time.Millisecond)
		r.bus.Tap(path, key1)
		wantPresses(t, r.pressesIn(time.Second), one+"double pad")

		r.bus.Break(path) // it is not forgotten when the device is opened anew
		time.Sleep(time.Second)
		if s := r.state(t, path); !s.TapOnly || s.State != hid.Listening {
			t.Errorf("%v, tap only %t after it was opened anew; want listening, true", s.State, s.TapOnly)
		}
		r.bus.Type(path, 100*time.Millisecond, key1)
		for range 5 {
			time.Sleep(time.Second)
			if s := r.state(t, path); s.TapOnly {
				t.Error("tap only though a key was held for 100 ms")
			}
			r.bus.Tap(path, key1)
		}
	})
}

// A switch that bounces when it is pressed is held all the same.
func TestTapOnlyBounce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tap, key1))
		for range 5 {
			r.bus.Type(padPath, 2*time.Millisecond, key1, key1)
			r.bus.Type(padPath, 100*time.Millisecond, key1)
			time.Sleep(time.Second)
		}
		if got := r.pressesIn(time.Second); len(got) != 5 || r.state(t, padPath).TapOnly {
			t.Errorf("%d presses, tap only %t; want 5, false", len(got), r.state(t, padPath).TapOnly)
		}
	})
}

func TestTapOnlyByProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		button := hidtest.Keypad("1-1", "")
		button.VendorID, button.ProductID = 0x1130, 0x6626 // EB Brands' USB ! key
		r := startRig(t, hidtest.NewBus(button), hid.Options{})
		if s := r.state(t, padPath); !s.TapOnly || s.Profile == nil {
			t.Errorf("tap only %t, profile %v; want both from the profile", s.TapOnly, s.Profile)
		}
	})
}

// A bit of a device that does not say what its reports mean is a key with gestures.
func TestRawKey(t *testing.T) {
	const path = "1-1:1.0"
	key := hid.RawKey(3, 2, true)
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(hidtest.Other("1-1", "Riddle", 0x0007, hidtest.VendorDescriptor), hidtest.Other("1-2", "Token", 0x0007, hidtest.FIDODescriptor))
		r := startRig(t, bus, hid.Options{}, hid.Wanted{
			Name: "riddle", Match: hid.Match{VendorID: hidtest.KeypadVendor, ProductID: 0x0007}, Keys: map[hid.Key]hid.Gestures{key: tapHold, hid.AnyKey: tap},
		})
		bus.Report(path, 1, 0, 0, 0xff, 0, 0, 0, 0)
		bus.Report(path, 1, 0, 0, 0xfb, 0, 0, 0, 0)
		time.Sleep(100 * time.Millisecond)
		bus.Report(path, 2, 0, 0, 0xff, 0, 0, 0, 0)
		wantPresses(t, r.pressesIn(time.Second), path+" raw:3.2=0 tap riddle")
		if s := r.state(t, "1-2:1.0"); s.State != hid.Unneeded || bus.IsOpen("1-2:1.0") {
			t.Errorf("a security key is %v, want never opened", s.State)
		}
		other := hid.RawKey(0, 1, false) // another key is wanted while one is held: it is let go
		bus.Report(path, 1, 0, 0, 0xfb, 0, 0, 0, 0)
		time.Sleep(100 * time.Millisecond)
		r.Want([]hid.Wanted{{
			Name: "new", Match: hid.Match{VendorID: hidtest.KeypadVendor, ProductID: 0x0007}, Keys: map[hid.Key]hid.Gestures{key: tapHold, other: tap},
		}})
		time.Sleep(time.Second)
		bus.Report(path, 3, 0, 0, 0xff, 0, 0, 0, 0)
		bus.Report(path, 1, 0, 0, 0xff, 0, 0, 0, 0)
		bus.Report(path, 1, 0, 0, 0xfb, 0, 0, 0, 0)
		time.Sleep(time.Second)
		wantPresses(t, r.pressesIn(time.Second), path+" raw:3.2=0 tap riddle", path+" raw:0.1 tap new", path+" raw:3.2=0 hold new")
	})
}

// What is under way when a device goes is let go: a press that was complete counts, one that was not is counted as cut.
func TestUnplugAmidAGesture(t *testing.T) {
	all := hid.Gestures{Tap: true, Hold: true, Double: true}
	const one = "1-1:1.0 keyboard:0x59 "
	tests := []struct {
		name     string
		gestures hid.Gestures
		before   func(r *rig)
		want     []string
		cut      uint64
	}{
		{"nothing under way", all, func(*rig) {}, nil, 0},
		{"held for a tap", tap, func(r *rig) { r.bus.KeyDown(padPath, key1) }, []string{one + "tap pad"}, 0},
		{"held, not yet a hold", all, func(r *rig) { r.bus.KeyDown(padPath, key1) }, nil, 1},
		{"held long", all, func(r *rig) { r.bus.KeyDown(padPath, key1); time.Sleep(time.Second) }, []string{one + "hold pad"}, 0},
		{"tapped, may be doubled", all, func(r *rig) { r.bus.Type(padPath, 50*time.Millisecond, key1) }, []string{one + "tap pad"}, 0},
		{"down and up in one poll", all, func(r *rig) { r.bus.Tap(padPath, key1) }, []string{one + "tap pad"}, 0},
		{"a double that is still down", all, func(r *rig) {
			r.bus.Type(padPath, 50*time.Millisecond, key1)
			r.bus.KeyDown(padPath, key1)
		}, []string{one + "double pad"}, 0},
	}
	for _, how := range []string{"unplug", "failure", "not wanted", "stop"} {
		for _, tt := range tests {
			t.Run(how+"/"+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{ReadTimeout: time.Millisecond}, wantKeys(tt.gestures, key1))
					tt.before(r)
					synctest.Wait()
					switch how {
					case "unplug":
						r.bus.Unplug(padPath)
					case "failure":
						r.bus.Break(padPath)
					case "not wanted":
						r.Want(nil)
					case "stop":
						r.stop()
					}
					want := tt.want
					got := r.pressesIn(time.Second)
					wantPresses(t, got, want...)
					if r.CutShort() != tt.cut {
						t.Errorf("CutShort() = %d, want %d", r.CutShort(), tt.cut)
					}
					if how != "unplug" && how != "failure" {
						return
					}
					if how == "unplug" {
						r.bus.Plug(hidtest.Keypad("1-1", "A"))
					}
					time.Sleep(time.Second)
					r.bus.KeyUp(padPath, key1) // of the key that was down: nothing
					r.bus.Tap(padPath, key1)
					if got := r.pressesIn(time.Second); len(got) != 1 {
						t.Errorf("after it is back a tap gives %v, want one press", got)
					}
				})
			})
		}
	}
}
