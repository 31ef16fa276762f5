package hid_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

var (
	key1 = hidtest.Key(0x59)
	key2 = hidtest.Key(0x5a)
	key3 = hidtest.Key(0x5b)

	tap      = hid.Gestures{Tap: true}
	tapHold  = hid.Gestures{Tap: true, Hold: true}
	tapTwice = hid.Gestures{Tap: true, Double: true}
	model    = hid.Match{VendorID: hidtest.KeypadVendor, ProductID: hidtest.KeypadProduct}
)

// rig is a running Listener on a fake bus, in a synctest bubble.
type rig struct {
	*hid.Listener
	bus  *hidtest.Bus
	stop func() error
}

// startRig runs a Listener on a bus until the test ends.
func startRig(t *testing.T, bus hid.Bus, opts hid.Options, wanted ...hid.Wanted) *rig {
	t.Helper()
	l := hid.NewListener(bus, opts)
	l.Want(wanted)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	r := &rig{Listener: l}
	r.bus, _ = bus.(*hidtest.Bus)
	r.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { r.stop() })
	synctest.Wait()
	return r
}

func wantKeys(g hid.Gestures, keys ...hid.Key) hid.Wanted {
	w := hid.Wanted{Name: "pad", Match: model, Keys: map[hid.Key]hid.Gestures{}}
	for _, k := range keys {
		w.Keys[k] = g
	}
	return w
}

// pressesIn is every press that comes within d, as "path key gesture name".
func (r *rig) pressesIn(d time.Duration) []string {
	var got []string
	timeout := time.After(d)
	for {
		select {
		case p, ok := <-r.Presses():
			if !ok {
				return got
			}
			got = append(got, fmt.Sprintf("%s %s %s %s", p.Device.Path, p.Key, p.Gesture, p.Name))
		case <-timeout:
			return got
		}
	}
}

// state is what the Listener says of a device.
func (r *rig) state(t *testing.T, path string) hid.DeviceState {
	t.Helper()
	for _, s := range r.States() {
		if s.Device.Path == path {
			return s
		}
	}
	t.Fatalf("States() does not have %s: %v", path, r.States())
	return hid.DeviceState{}
}

func wantPresses(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("presses (-want +got):\n%s", diff)
	}
}

func TestListenerReportsWantedKeysOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tap, key1))
		began := time.Now()
		r.bus.Tap("1-1:1.0", key2) // not wanted
		r.bus.Report("1-1:1.0")    // a zero-length report
		r.bus.Tap("1-1:1.0", key1)
		p := <-r.Presses()
		if p.Key != key1 || p.Gesture != hid.Tap || p.Name != "pad" || p.Device.Serial != "A" || p.At.Sub(began) > 50*time.Millisecond {
			t.Errorf("press = %+v, want a tap of %s at once", p, key1)
		}
		wantPresses(t, r.pressesIn(time.Second))
		if s := r.state(t, "1-1:1.0"); s.State != hid.Listening || !s.LastPress.Equal(p.At) || !s.Lights {
			t.Errorf("state = %+v, want listening, with lights and the last press", s)
		}
		if n := r.bus.ReachedSystem("1-1:1.0"); n != 0 {
			t.Errorf("%d reports reached the system, want 0", n)
		}
	})
}

func TestListenerNeverOpensWhatIsNotWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := hidtest.Keypad("1-2", "B")
		other.ProductID++
		media := hidtest.Keypad("1-1", "A")
		media.Path, media.Interface = "1-1:1.1", 1
		media.BootKeyboard = false
		media.Descriptor = []byte{0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x25, 0x01, 0x09, 0xcd, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0xc0}
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A"), media, other), hid.Options{}, wantKeys(tap, key1))
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"1-1:1.0"}, r.bus.Opened()); diff != "" {
			t.Errorf("opened (-want +got):\n%s", diff)
		}
		for path, want := range map[string]hid.State{"1-1:1.0": hid.Listening, "1-1:1.1": hid.Unneeded, "1-2:1.0": hid.Usable} {
			if got := r.state(t, path).State; got != want {
				t.Errorf("state of %s = %v, want %v", path, got, want)
			}
		}
		r.bus.Plug(hidtest.Keypad("1-3", "C"))
		r.Want(nil)
		time.Sleep(time.Second)
		if r.bus.IsOpen("1-1:1.0") || r.bus.IsOpen("1-3:1.0") {
			t.Error("a device is open though nothing is wanted any more")
		}
	})
}

func TestListenerClosestMatchWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		name := func(n string, m hid.Match, keys ...hid.Key) hid.Wanted {
			w := wantKeys(tap, keys...)
			w.Name, w.Match = n, m
			return w
		}
		serial, port := model, model
		serial.Serial, port.Port = "A", "1-1"
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-2", "B")),
			hid.Options{Timing: hid.Timing{Debounce: hid.NoDebounce}},
			name("model", model, key1, key2, key3), name("later", model, key3), name("port", port, key1, key2), name("serial", serial, key1))
		for _, path := range []string{"1-1:1.0", "1-2:1.0"} {
			for _, k := range []hid.Key{key1, key2, key3} {
				r.bus.Tap(path, k)
			}
			time.Sleep(time.Second)
		}
		wantPresses(t, r.pressesIn(time.Second),
			"1-1:1.0 keyboard:0x59 tap serial", "1-1:1.0 keyboard:0x5a tap port", "1-1:1.0 keyboard:0x5b tap model",
			"1-2:1.0 keyboard:0x59 tap model", "1-2:1.0 keyboard:0x5a tap model", "1-2:1.0 keyboard:0x5b tap model")
		if diff := cmp.Diff([]string{"later", "model", "port", "serial"}, r.state(t, "1-1:1.0").Names); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
	})
}

func TestListenerGestures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tapHold, key1), wantKeys(tapTwice, key2))
		const path = "1-1:1.0"
		began := time.Now()
		r.bus.KeyDown(path, key1)
		p := <-r.Presses()
		if p.Gesture != hid.Hold || time.Since(began) != hid.DefaultHold || !p.At.Equal(began) {
			t.Errorf("%v after %v, at %v; want hold after %v, at the key-down", p.Gesture, time.Since(began), p.At.Sub(began), hid.DefaultHold)
		}
		r.bus.KeyUp(path, key1)
		time.Sleep(time.Second)
		began = time.Now()
		r.bus.Tap(path, key2)
		if p = <-r.Presses(); p.Gesture != hid.Tap || time.Since(began) != hid.DefaultDouble {
			t.Errorf("%v after %v, want tap after the double window", p.Gesture, time.Since(began))
		}
		time.Sleep(time.Second)
		r.bus.Tap(path, key2)
		time.Sleep(100 * time.Millisecond)
		r.bus.Tap(path, key2)
		wantPresses(t, r.pressesIn(time.Second), path+" keyboard:0x5a double pad")
	})
}

func TestListenerReplug(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-4", "B")), hid.Options{}, wantKeys(tapHold, key1))
		r.bus.KeyDown("1-1:1.0", key1)
		r.bus.KeyDown("1-4:1.0", key1) // the twin has a state of its own
		time.Sleep(50 * time.Millisecond)
		r.bus.Unplug("1-1:1.0")
		synctest.Wait()
		if got := r.state(t, "1-1:1.0").State; got != hid.Gone {
			t.Errorf("state after unplugging = %v, want gone", got)
		}
		if got := r.CutShort(); got != 1 {
			t.Errorf("CutShort() = %d, want 1", got)
		}
		time.Sleep(time.Second)
		r.bus.Plug(hidtest.Keypad("1-2", "A"))
		synctest.Wait()
		if !r.bus.IsOpen("1-2:1.0") {
			t.Fatal("not opened at once in the other port")
		}
		r.bus.Tap("1-2:1.0", key1)
		r.bus.KeyUp("1-4:1.0", key1)
		wantPresses(t, r.pressesIn(time.Second), "1-4:1.0 keyboard:0x59 hold pad", "1-2:1.0 keyboard:0x59 tap pad")
		var paths []string
		for _, s := range r.States() {
			paths = append(paths, s.Device.Path+" "+s.State.String())
		}
		if diff := cmp.Diff([]string{"1-2:1.0 listening", "1-4:1.0 listening"}, paths); diff != "" {
			t.Errorf("states: the keypad that moved should not also be gone (-want +got):\n%s", diff)
		}

		r.bus.Unplug("1-2:1.0") // and in the same port, before anybody looked
		r.bus.Plug(hidtest.Keypad("1-2", "A"))
		time.Sleep(time.Second)
		r.bus.Tap("1-2:1.0", key1)
		wantPresses(t, r.pressesIn(time.Second), "1-2:1.0 keyboard:0x59 tap pad")
	})
}

func TestListenerOverflowIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{Timing: hid.Timing{Debounce: hid.NoDebounce}}, wantKeys(tap, key1))
		const pressed = 300
		for range pressed {
			r.bus.Tap("1-1:1.0", key1)
			synctest.Wait() // nobody takes presses, and the device is read all the same
		}
		if got := r.Dropped(); got == 0 || got >= pressed {
			t.Errorf("Dropped() = %d of %d, want some", got, pressed)
		}
		time.Sleep(5 * time.Second)
		if n := len(r.bus.Outputs("1-1:1.0")); n == 0 {
			t.Error("the light said nothing of the presses that were lost")
		}
		if got := len(r.pressesIn(time.Second)) + int(r.Dropped()); got != pressed {
			t.Errorf("taken and dropped make %d, want %d", got, pressed)
		}
	})
}

func TestListenerBackOff(t *testing.T) {
	tests := []struct {
		err  error
		want hid.State
	}{
		{hid.ErrBusy, hid.Busy},
		{hid.ErrNoPermission, hid.NoPermission},
		{errors.New("broken"), hid.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.want.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"))
				bus.FailOpen("1-1:1.0", tt.err)
				log := &lines{}
				r := startRig(t, bus, hid.Options{Log: log.logger()}, wantKeys(tap, key1))
				time.Sleep(time.Minute)
				s := r.state(t, "1-1:1.0")
				if s.State != tt.want || !errors.Is(s.Err, tt.err) || s.Fix == "" {
					t.Errorf("state = %v, %v, fix %q; want %v with the reason and a fix", s.State, s.Err, s.Fix, tt.want)
				}
				if tries := bus.Checks(); tries < 5 || tries > 30 {
					t.Errorf("%d tries in a minute, want a handful", tries)
				}
				if n := log.count("device cannot be used"); n != 1 {
					t.Errorf("%d warnings, want 1:\n%v", n, log.all())
				}
				bus.FailOpen("1-1:1.0", nil)
				time.Sleep(6 * time.Second)
				if got := r.state(t, "1-1:1.0").State; got != hid.Listening {
					t.Errorf("state after the fault went away = %v, want listening", got)
				}
			})
		})
	}
}

func TestListenerStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tapTwice, key1))
		r.bus.Tap("1-1:1.0", key1)
		synctest.Wait()
		if err := r.stop(); err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad") // it was pressed and released: it counts
		if r.bus.IsOpen("1-1:1.0") {
			t.Error("still open after Run returned")
		}
		devices, _ := r.bus.Devices()
		if got := devices[0].Driver; got != "usbhid" {
			t.Errorf("driver after Run returned = %q, want usbhid: the system should have it back", got)
		}
	})
}

func TestListenerPollsBusWithoutNotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := hidtest.NewBus()
		startRig(t, struct{ hid.Bus }{fake}, hid.Options{}, wantKeys(tap, key1))
		time.Sleep(time.Second)
		fake.Plug(hidtest.Keypad("1-1", "A"))
		time.Sleep(time.Second)
		if !fake.IsOpen("1-1:1.0") {
			t.Error("not opened within a second")
		}
	})
}

func TestListenerUnavailable(t *testing.T) {
	l := hid.NewListener(noBus{}, hid.Options{})
	if err := l.Run(t.Context()); !errors.Is(err, hid.ErrUnavailable) {
		t.Errorf("Run() = %v, want %v", err, hid.ErrUnavailable)
	}
}

type noBus struct{}

func (noBus) Devices() ([]hid.Device, error)    { return nil, hid.ErrUnavailable }
func (noBus) Open(hid.Device) (hid.Conn, error) { return nil, hid.ErrUnavailable }
