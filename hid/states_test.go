package hid_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

func TestListenerWaitsForTheKernel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(), hid.Options{}, wantKeys(tap, key1))
		bare := hidtest.Keypad("1-1", "A") // announced, and its driver has not looked at it yet
		bare.Descriptor = nil
		r.bus.Plug(bare)
		time.Sleep(100 * time.Millisecond)
		if opened := r.bus.Opened(); len(opened) != 0 {
			t.Fatalf("opened %v before the kernel's driver was ready", opened)
		}
		time.Sleep(time.Second) // it stays bare: a boot keyboard all the same
		r.bus.Tap("1-1:1.0", key1)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad")
	})
}

// While another program has a device its descriptor cannot be read, which is no fault of the device.
func TestListenerTakesOverWhenFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pad := hidtest.Keypad("1-1", "A")
		pad.BootKeyboard = false
		bus := hidtest.NewBus(pad)
		other, err := bus.Open(pad)
		if err != nil {
			t.Fatal(err)
		}
		r := startRig(t, bus, hid.Options{}, wantKeys(tap, key1))
		time.Sleep(time.Minute)
		if s := r.state(t, "1-1:1.0"); s.State != hid.Busy || s.Fix == "" {
			t.Errorf("state = %v, fix %q; want busy with a fix", s.State, s.Fix)
		}
		other.Close()
		time.Sleep(6 * time.Second)
		if s := r.state(t, "1-1:1.0"); s.State != hid.Listening {
			t.Errorf("state = %v after the other program closed it, want listening", s.State)
		}
	})
}

func TestListenerDescriptorThatIsDamaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pad := hidtest.Keypad("1-1", "A")
		pad.Descriptor = pad.Descriptor[:len(pad.Descriptor)/2+1]
		log := &lines{}
		r := startRig(t, hidtest.NewBus(pad), hid.Options{Log: log.logger()}, wantKeys(tap, key1))
		time.Sleep(time.Minute)
		if s := r.state(t, "1-1:1.0"); s.State != hid.Failed || s.Err == nil {
			t.Errorf("state = %v, %v; want failed with the reason", s.State, s.Err)
		}
		if n := log.count("device cannot be used"); n != 1 {
			t.Errorf("%d warnings in a minute, want 1", n)
		}
	})
}

func TestStatesWithoutConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-2", "B"), hidtest.Keypad("1-3", "C"))
		bus.FailOpen("1-2:1.0", hid.ErrNoPermission)
		bus.FailOpen("1-3:1.0", hid.ErrBusy)
		r := startRig(t, bus, hid.Options{})
		var got []string
		for _, s := range r.States() {
			got = append(got, fmt.Sprintf("%s %v fix=%t", s.Device.Path, s.State, s.Fix != ""))
		}
		want := []string{"1-1:1.0 usable fix=false", "1-2:1.0 no permission fix=true", "1-3:1.0 busy fix=true"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if opened := bus.Opened(); len(opened) != 0 {
			t.Errorf("opened %v, want nothing", slices.Compact(opened))
		}
	})
}

func TestLook(t *testing.T) {
	busy := hidtest.Keypad("1-3", "C")
	busy.BootKeyboard = false
	damaged := hidtest.Keypad("1-5", "E")
	damaged.Descriptor = []byte{0xa1}
	bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-2", "B"), busy, damaged)
	bus.FailOpen("1-2:1.0", hid.ErrNoPermission)
	other, err := bus.Open(busy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	for _, tt := range []struct {
		name   string
		wanted []hid.Wanted
		want   []string
	}{
		{"nothing wanted", nil, []string{"1-1:1.0 usable []", "1-2:1.0 no permission []", "1-3:1.0 busy []", "1-5:1.0 failed []"}},
		{
			"a key",
			[]hid.Wanted{wantKeys(tap, key1)},
			[]string{"1-1:1.0 usable [pad]", "1-2:1.0 no permission [pad]", "1-3:1.0 busy [pad]", "1-5:1.0 failed [pad]"},
		},
		{
			"a key that none has",
			[]hid.Wanted{wantKeys(tap, hid.ButtonKey(1))},
			[]string{"1-1:1.0 unneeded [pad]", "1-2:1.0 unneeded [pad]", "1-3:1.0 busy [pad]", "1-5:1.0 failed [pad]"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			states, err := hid.Look(bus, tt.wanted)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range states {
				got = append(got, fmt.Sprintf("%s %v %v", s.Device.Path, s.State, s.Names))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Look() (-want +got):\n%s", diff)
			}
		})
	}
	if opened := bus.Opened(); len(opened) != 1 {
		t.Errorf("opened %v, want nothing but what the test opened itself", opened)
	}
}
