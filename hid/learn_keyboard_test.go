package hid_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// The only keyboard with letters is not taken away from whoever types on it.
func TestLearnOnlyKeyboard(t *testing.T) {
	tests := []struct {
		name   string
		setUp  func(bus *hidtest.Bus)
		wanted []hid.Wanted
		want   []string // after it was plugged in again
	}{
		{"the only one", func(bus *hidtest.Bus) { bus.SetKeyboard(false) }, nil, []string{"withheld 1-3:1.0 fix=true"}},
		{"a laptop has one", func(*hidtest.Bus) {}, nil, []string{"ready 1-3:1.0"}},
		{"another one on the bus", func(bus *hidtest.Bus) {
			bus.SetKeyboard(false)
			bus.Plug(hidtest.Other("1-9", "Keyboard", 0x0020, hidtest.KeyboardDescriptor))
		}, nil, []string{"ready 1-3:1.0"}},
		{"the only one, and wanted", func(bus *hidtest.Bus) { bus.SetKeyboard(false) }, []hid.Wanted{wantKeys(tap, key1)}, []string{"ready 1-3:1.0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := hidtest.NewBus(keypad)
				tt.setUp(bus)
				p := startRig(t, bus, hid.Options{}, tt.wanted...).learn(t)
				p.saw(time.Second)
				p.replug(keypad)
				got := slices.DeleteFunc(p.saw(time.Minute), func(s string) bool { return strings.HasPrefix(s, "unplugged") || strings.Contains(s, "1-9") })
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("sights (-want +got):\n%s", diff)
				}
				if want := strings.HasPrefix(tt.want[0], "ready"); bus.IsOpen(keypad.Path) != want {
					t.Errorf("open = %t, want %t", bus.IsOpen(keypad.Path), want)
				}
			})
		})
	}
}

// A keyboard that was opened is given back when the other keyboard goes.
func TestLearnGivesTheLastKeyboardBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(keypad, hidtest.Other("1-9", "Keyboard", 0x0020, hidtest.KeyboardDescriptor))
		bus.SetKeyboard(false)
		p := startRig(t, bus, hid.Options{}).learn(t)
		p.replug(keypad)
		time.Sleep(time.Second)
		if !bus.IsOpen(keypad.Path) {
			t.Fatal("not opened after it was plugged in again")
		}
		bus.Unplug("1-9:1.0")
		time.Sleep(time.Second)
		if bus.IsOpen(keypad.Path) {
			t.Error("still open though it is the only keyboard now")
		}
		if got := p.saw(0); got[len(got)-1] != "withheld 1-3:1.0 fix=true" {
			t.Errorf("sights = %v, want it withheld at last", got)
		}
	})
}

// Where only a media key of the one keyboard is bound, its letters are taken no sooner than it was plugged in again.
func TestLearnKeyboardOfABoundMediaKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		media := keypad
		media.Path, media.Interface, media.BootKeyboard, media.Descriptor = "1-3:1.1", 1, false, hidtest.EncoderDescriptor
		bus := hidtest.NewBus(keypad, media)
		bus.SetKeyboard(false)
		p := startRig(t, bus, hid.Options{}, wantKeys(tap, hid.ButtonKey(3))).learn(t)
		p.wantSights(t, time.Second, "candidate 1-3:1.0", "ready 1-3:1.0")
		if bus.IsOpen(keypad.Path) {
			t.Fatal("the letters were taken at once")
		}
		bus.Unplug(keypad.Path, media.Path)
		time.Sleep(time.Second)
		for _, d := range []hid.Device{keypad, media} {
			bus.Plug(d)
		}
		time.Sleep(time.Second)
		if !bus.IsOpen(keypad.Path) {
			t.Error("not opened after it was plugged in again, though the configuration names it")
		}
	})
}

// noFinder is a bus that knows of no keyboards but those on it.
type noFinder struct {
	hid.Bus
	hid.Notifier
	hid.Checker
}

func TestLearnOnlyKeyboardWithoutFinder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := hidtest.NewBus(keypad)
		r := startRig(t, noFinder{fake, fake, fake}, hid.Options{})
		r.bus = fake
		p := r.learn(t)
		p.wantSights(t, time.Second, "withheld 1-3:1.0 fix=true")
		p.stop()
		fake.Plug(hidtest.Other("1-9", "Keyboard", 0x0020, hidtest.KeyboardDescriptor))
		time.Sleep(time.Second)
		p = r.learn(t)
		p.replug(keypad)
		if got := p.saw(time.Second); !slices.Contains(got, "ready 1-3:1.0") {
			t.Errorf("sights = %v, want the keypad ready beside another keyboard", got)
		}
	})
}
