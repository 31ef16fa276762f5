package hid_test

import (
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

const padPath = "1-1:1.0"

// address is what a webkey types: GUI+R, an address, Enter.
var address = []hid.Key{
	hidtest.Key(0xe3), hidtest.Key(0x15), hidtest.Key(0x1a), hidtest.Key(0x1a), hidtest.Key(0x1a), hidtest.Key(0x37),
	hidtest.Key(0x04), hidtest.Key(0x37), hidtest.Key(0x06), hidtest.Key(0x28),
}

const typing = 10 * time.Millisecond

func wantAny() hid.Wanted {
	return hid.Wanted{Name: "web", Match: model, Keys: map[hid.Key]hid.Gestures{hid.AnyKey: tap}}
}

func TestBurstIsOnePress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantAny())
		time.Sleep(10 * time.Second)
		began := time.Now()
		go r.bus.Type(padPath, typing, address...)
		p := <-r.Presses()
		if p.Key != hid.AnyKey || p.Gesture != hid.Tap || p.Name != "web" || time.Since(began) > 0 || !p.At.Equal(began) {
			t.Errorf("press %+v after %v, want a tap of any key at once", p, time.Since(began))
		}
		wantPresses(t, r.pressesIn(2*time.Second))

		r.bus.Type(padPath, 190*time.Millisecond, address...) // slowly, but never quiet for 400 ms
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 any tap web")

		r.bus.Tap(padPath, key1)
		time.Sleep(399 * time.Millisecond)
		r.bus.Tap(padPath, key1)
		time.Sleep(400 * time.Millisecond)
		r.bus.Tap(padPath, key1)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 any tap web", "1-1:1.0 any tap web")
		if s := r.state(t, padPath); s.Swallowed != 0 {
			t.Errorf("%d presses were swallowed, want none", s.Swallowed)
		}
	})
}

// A key that is wanted by itself counts as itself.
func TestAnyKeyBesideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantAny(), wantKeys(tap, key1))
		time.Sleep(10 * time.Second)
		r.bus.Tap(padPath, key1)
		r.bus.Tap(padPath, key2)
		time.Sleep(time.Second)
		r.bus.Tap(padPath, key1)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad", "1-1:1.0 any tap web", "1-1:1.0 keyboard:0x59 tap pad")
	})
}

func TestBurstAtPlugIn(t *testing.T) {
	tests := []struct {
		name      string
		before    func(bus *hidtest.Bus) // before Run
		after     func(bus *hidtest.Bus) // soon after
		swallowed uint64
		counted   int
	}{
		{"typed at plug-in", nil, func(bus *hidtest.Bus) {
			bus.Plug(hidtest.Keypad("1-1", "A"))
			time.Sleep(3 * time.Second)
			bus.Type(padPath, typing, address...)
		}, 1, 0},
		{"and a press after it", nil, func(bus *hidtest.Bus) {
			bus.Plug(hidtest.Keypad("1-1", "A"))
			bus.Type(padPath, typing, address...)
			time.Sleep(6 * time.Second)
			bus.Type(padPath, typing, address...)
		}, 1, 1},
		{
			"there long before Run, and pressed soon after",
			func(bus *hidtest.Bus) { bus.Plug(hidtest.Keypad("1-1", "A")); time.Sleep(10 * time.Second) },
			func(bus *hidtest.Bus) { time.Sleep(500 * time.Millisecond); bus.Type(padPath, typing, address...) },
			0, 1,
		},
		{
			"at boot, when it is there but a moment longer than Run",
			func(bus *hidtest.Bus) { bus.Plug(hidtest.Keypad("1-1", "A")); time.Sleep(time.Second) },
			func(bus *hidtest.Bus) { time.Sleep(2 * time.Second); bus.Type(padPath, typing, address...) },
			1, 0,
		},
		{
			"typing when it is opened",
			func(bus *hidtest.Bus) {
				bus.Plug(hidtest.Keypad("1-1", "A"))
				time.Sleep(10 * time.Second)
				bus.KeyDown(padPath, address[0])
			},
			func(bus *hidtest.Bus) {
				time.Sleep(300 * time.Millisecond)
				bus.KeyUp(padPath, address[0])
				time.Sleep(300 * time.Millisecond)
				bus.Type(padPath, 300*time.Millisecond, address[1:4]...)
			},
			1, 0,
		},
		{
			"a device that lost its power under way types again",
			func(bus *hidtest.Bus) { bus.Plug(hidtest.Keypad("1-1", "A")) },
			func(bus *hidtest.Bus) {
				time.Sleep(time.Minute)
				bus.Break(padPath)
				time.Sleep(2 * time.Second)
				bus.Type(padPath, typing, address...)
			},
			1, 0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := hidtest.NewBus()
				if tt.before != nil {
					tt.before(bus)
				}
				r := startRig(t, bus, hid.Options{}, wantAny())
				tt.after(bus)
				if got := r.pressesIn(2 * time.Second); len(got) != tt.counted {
					t.Errorf("presses = %v, want %d", got, tt.counted)
				}
				if s := r.state(t, padPath); s.Swallowed != tt.swallowed {
					t.Errorf("swallowed %d, want %d", s.Swallowed, tt.swallowed)
				}
			})
		})
	}
}

// Of a model that is known to type by itself the keys that are wanted one by one do not count at plug-in either.
func TestWebkeyAtPlugIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		webkey := hidtest.Keypad("1-1", "")
		webkey.Product = "WebKey WebKey"
		bus := hidtest.NewBus()
		r := startRig(t, bus, hid.Options{}, wantKeys(tap, hidtest.Key(0x28)))
		bus.Plug(webkey)
		time.Sleep(time.Second)
		bus.Type(padPath, typing, address...)
		time.Sleep(10 * time.Second)
		wantPresses(t, r.pressesIn(time.Second))
		bus.Type(padPath, typing, address...)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x28 tap pad")
		if s := r.state(t, padPath); s.Swallowed != 1 || !s.TapOnly {
			t.Errorf("swallowed %d, tap only %t; want 1, true", s.Swallowed, s.TapOnly)
		}
	})
}
