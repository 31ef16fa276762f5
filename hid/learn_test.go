package hid_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// pupil is a Learn under way.
type pupil struct {
	*rig
	stop func() error

	mu      sync.Mutex
	sights  []hid.Sight
	readyAt time.Time // of the latest that was ready
}

func (r *rig) learn(t *testing.T) *pupil {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	p := &pupil{rig: r}
	go func() {
		done <- r.Learn(ctx, func(s hid.Sight) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.sights = append(p.sights, s)
			if s.What == hid.SawReady {
				p.readyAt = time.Now()
			}
		})
	}()
	p.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { p.stop() })
	synctest.Wait()
	return p
}

// saw is what was told since it was last asked, as "kind path key name", with "tap-only" where that is said.
func (p *pupil) saw(d time.Duration) []string {
	time.Sleep(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, s := range p.sights {
		line := fmt.Sprintf("%v %s", s.What, s.Device.Path)
		if s.What == hid.SawPressed {
			line += fmt.Sprintf(" %s %v", s.Key, s.Held.Round(10*time.Millisecond))
		}
		if s.TapOnly {
			line += " tap-only"
		}
		if s.Name != "" {
			line += " " + s.Name
		}
		if s.Err != nil {
			line += fmt.Sprintf(" fix=%t", s.Fix != "")
		}
		all = append(all, line)
	}
	p.sights = nil
	return all
}

func (p *pupil) wantSights(t *testing.T, after time.Duration, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, p.saw(after)); diff != "" {
		t.Errorf("sights (-want +got):\n%s", diff)
	}
}

// replug plugs a device in again, as its user does.
func (r *rig) replug(d hid.Device) {
	r.bus.Unplug(d.Path)
	time.Sleep(time.Second)
	r.bus.Plug(d)
}

var (
	encoder = hidtest.Other("1-1", "Encoder", 0x0010, hidtest.EncoderDescriptor)
	mouse   = hidtest.Other("1-2", "Mouse", 0x0011, hidtest.MouseDescriptor)
	keypad  = hidtest.Keypad("1-3", "A")
	riddle  = hidtest.Other("1-4", "Riddle", 0x0012, hidtest.VendorDescriptor)
	token   = hidtest.Other("1-5", "Token", 0x0013, hidtest.FIDODescriptor)
)

func TestLearnOpensNothingThatSomebodyMayNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(encoder, mouse, keypad, riddle, token)
		p := startRig(t, bus, hid.Options{}).learn(t)
		p.wantSights(t, time.Minute, "candidate 1-2:1.0", "candidate 1-3:1.0", "candidate 1-4:1.0", "ready 1-1:1.0")
		if diff := cmp.Diff([]string{"1-1:1.0"}, bus.Opened()); diff != "" {
			t.Errorf("opened (-want +got):\n%s", diff)
		}
		for _, d := range []hid.Device{mouse, keypad, token} {
			p.replug(d)
			time.Sleep(time.Second)
		}
		p.wantSights(t, time.Minute, "unplugged 1-2:1.0", "ready 1-2:1.0", "unplugged 1-3:1.0", "ready 1-3:1.0")
		bus.Plug(hidtest.Keypad("1-6", "NEW"))
		p.wantSights(t, time.Second, "ready 1-6:1.0")
		if slices.Contains(bus.Opened(), token.Path) {
			t.Error("the security key was opened")
		}
		if err := p.stop(); err != nil {
			t.Errorf("Learn() = %v, want nil", err)
		}
		for _, d := range []hid.Device{encoder, mouse, keypad} {
			if bus.IsOpen(d.Path) {
				t.Errorf("%s is open after Learn ended", d.Path)
			}
		}
		if n := len(bus.Unbound()); n != 0 {
			t.Errorf("%d devices without a driver after Learn ended, want 0", n)
		}
	})
}

func TestLearnPresses(t *testing.T) {
	shift, control := hidtest.Key(0xe1), hidtest.Key(0xe0)
	const path = "pressed 1-3:1.0 "
	tests := []struct {
		name  string
		press func(bus *hidtest.Bus)
		want  []string
	}{
		{"a key", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", 100*time.Millisecond, key1) }, []string{path + "keyboard:0x59 100ms"}},
		{"a key that is wanted", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", 100*time.Millisecond, key2) }, []string{path + "keyboard:0x5a 100ms pad"}},
		{"twice", func(bus *hidtest.Bus) {
			bus.Type("1-3:1.0", 100*time.Millisecond, key1)
			time.Sleep(time.Second)
			bus.Type("1-3:1.0", 100*time.Millisecond, key1)
		}, []string{path + "keyboard:0x59 100ms", path + "keyboard:0x59 100ms"}},
		{"held", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", 2*time.Second, key1) }, []string{path + "keyboard:0x59 2s"}},
		{"down and up at once", func(bus *hidtest.Bus) { bus.Tap("1-3:1.0", key1) }, []string{path + "keyboard:0x59 0s tap-only"}},
		{"bouncing", func(bus *hidtest.Bus) {
			bus.Type("1-3:1.0", 3*time.Millisecond, key1, key1)
			bus.Type("1-3:1.0", 100*time.Millisecond, key1)
		}, []string{path + "keyboard:0x59 110ms"}},
		{"a chord", func(bus *hidtest.Bus) {
			bus.KeyDown("1-3:1.0", control, shift, key1)
			time.Sleep(100 * time.Millisecond)
			bus.KeyUp("1-3:1.0", key1, shift, control)
		}, []string{path + "keyboard:0x59 100ms"}},
		{"a chord of many", func(bus *hidtest.Bus) {
			bus.KeyDown("1-3:1.0", control, shift, hidtest.Key(0xe2), hidtest.Key(0xe3), key1)
			bus.KeyUp("1-3:1.0", key1, shift, control, hidtest.Key(0xe2), hidtest.Key(0xe3))
		}, []string{path + "keyboard:0x59 0s tap-only"}},
		{"a modifier", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", 100*time.Millisecond, shift) }, []string{path + "keyboard:0xe1 100ms"}},
		{"wrapped in NumLock", func(bus *hidtest.Bus) {
			bus.Type("1-3:1.0", typing, numLock)
			bus.Type("1-3:1.0", 100*time.Millisecond, key1)
			bus.Type("1-3:1.0", typing, numLock)
		}, []string{path + "keyboard:0x59 100ms"}},
		{"NumLock itself", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", 100*time.Millisecond, numLock) }, []string{path + "keyboard:0x53 100ms"}},
		{"a macro", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", typing, address...) }, []string{path + "any 0s tap-only"}},
		{"a harmless macro", func(bus *hidtest.Bus) {
			bus.Type("1-3:1.0", typing, control, shift, control, shift)
		}, []string{path + "any 0s tap-only"}},
		{"one key many times", func(bus *hidtest.Bus) { bus.Type("1-3:1.0", 50*time.Millisecond, key1, key1, key1, key1, key1) }, []string{path + "keyboard:0x59 50ms"}},
		{"two keys, one held", func(bus *hidtest.Bus) {
			bus.KeyDown("1-3:1.0", key1)
			time.Sleep(time.Second)
			bus.Type("1-3:1.0", 100*time.Millisecond, key3)
			bus.KeyUp("1-3:1.0", key1)
		}, []string{path + "keyboard:0x59 1s", path + "keyboard:0x5b 100ms"}},
		{"a switch that latches", func(bus *hidtest.Bus) { bus.KeyDown("1-3:1.0", key1) }, []string{path + "keyboard:0x59 5s"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := startRig(t, hidtest.NewBus(keypad), hid.Options{}, wantKeys(tap, key2))
				p := r.learn(t)
				p.wantSights(t, 10*time.Second, "ready 1-3:1.0") // what a macro device types before is no press
				tt.press(r.bus)
				p.wantSights(t, 10*time.Second, tt.want...)
				wantPresses(t, r.pressesIn(time.Second)) // nothing counts
				if err := p.stop(); err != nil {
					t.Errorf("Learn() = %v, want nil", err)
				}
				r.bus.KeyUp("1-3:1.0", key1)
				r.bus.Tap("1-3:1.0", key2) // it counts again
				wantPresses(t, r.pressesIn(time.Second), "1-3:1.0 keyboard:0x5a tap pad")
			})
		})
	}
}

// What a macro device types at plug-in is no press, though a key pressed then is.
func TestLearnAtPlugIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus()
		p := startRig(t, bus, hid.Options{}).learn(t)
		time.Sleep(time.Second)
		bus.Plug(keypad)
		time.Sleep(2 * time.Second)
		bus.Type(keypad.Path, typing, address...)
		p.wantSights(t, 10*time.Second, "ready 1-3:1.0")
		bus.Type(keypad.Path, typing, address...)
		p.wantSights(t, time.Second, "pressed 1-3:1.0 any 0s tap-only")
		p.replug(keypad)
		time.Sleep(time.Second)
		bus.Type(keypad.Path, 100*time.Millisecond, key1)
		p.wantSights(t, time.Second, "unplugged 1-3:1.0", "ready 1-3:1.0", "pressed 1-3:1.0 keyboard:0x59 100ms")
	})
}

// Learn may end for a question to be answered, and begin again, without anything being plugged in again.
func TestLearnAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(keypad)
		r := startRig(t, bus, hid.Options{})
		p := r.learn(t)
		p.replug(keypad)
		p.wantSights(t, time.Second, "candidate 1-3:1.0", "unplugged 1-3:1.0", "ready 1-3:1.0")
		p.stop()
		if bus.IsOpen(keypad.Path) {
			t.Error("open while its owner is asked")
		}
		time.Sleep(time.Minute)
		p = r.learn(t)
		p.wantSights(t, time.Second, "ready 1-3:1.0")
		p.stop()
		time.Sleep(3 * time.Minute)
		p = r.learn(t)
		p.wantSights(t, time.Second, "candidate 1-3:1.0")
	})
}

func TestLearnFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(encoder, keypad)
		bus.FailOpen(encoder.Path, hid.ErrNoPermission)
		r := startRig(t, bus, hid.Options{})
		p := r.learn(t)
		p.wantSights(t, time.Minute, "candidate 1-3:1.0", "failed 1-1:1.0 fix=true")
		bus.FailOpen(encoder.Path, nil)
		p.wantSights(t, 10*time.Second, "ready 1-1:1.0")
		if err := r.Learn(t.Context(), func(hid.Sight) {}); !errors.Is(err, hid.ErrLearning) {
			t.Errorf("a second Learn() = %v, want %v", err, hid.ErrLearning)
		}
		r.stop()
		if err := p.stop(); !errors.Is(err, hid.ErrNotRunning) {
			t.Errorf("Learn() after Run returned = %v, want %v", err, hid.ErrNotRunning)
		}
		if err := r.Learn(t.Context(), func(hid.Sight) {}); !errors.Is(err, hid.ErrNotRunning) {
			t.Errorf("a new Learn() = %v, want %v", err, hid.ErrNotRunning)
		}
	})
}

// A device that was just plugged in gets its permissions a moment later, which is no failure.
func TestLearnWaitsForPermission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus()
		p := startRig(t, bus, hid.Options{}).learn(t)
		bus.Plug(encoder)
		bus.FailOpen(encoder.Path, hid.ErrNoPermission)
		time.Sleep(time.Second)
		bus.FailOpen(encoder.Path, nil)
		p.wantSights(t, 5*time.Second, "ready 1-1:1.0")
	})
}

// A unit of several interfaces is one thing: told of once, and opened only where all of it may be.
func TestLearnUnits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		media := keypad // media keys of the keypad
		media.Path, media.Interface, media.BootKeyboard, media.Descriptor = "1-3:1.1", 1, false, hidtest.EncoderDescriptor
		lights := keypad
		lights.Path, lights.Interface, lights.BootKeyboard, lights.Descriptor = "1-3:1.2", 2, false, hidtest.VendorDescriptor
		bus := hidtest.NewBus(keypad, media, lights)
		p := startRig(t, bus, hid.Options{}).learn(t)
		p.wantSights(t, time.Second, "candidate 1-3:1.0")
		bus.Unplug(keypad.Path, media.Path, lights.Path)
		time.Sleep(time.Second)
		for _, d := range []hid.Device{keypad, media, lights} {
			bus.Plug(d)
		}
		p.wantSights(t, time.Second, "unplugged 1-3:1.0", "ready 1-3:1.0")
		bus.Report(media.Path, 0x04, 0)
		time.Sleep(100 * time.Millisecond)
		bus.Report(media.Path, 0, 0)
		p.wantSights(t, time.Second, "pressed 1-3:1.1 button:3 100ms")
		if slices.Contains(bus.Opened(), lights.Path) {
			t.Error("an interface without keys was opened")
		}
	})
}

// A security key that types passwords too is not opened for that either, however often it is plugged in.
func TestLearnSecurityKeyThatTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		types, authenticates := hidtest.Keypad("1-3", "A"), hidtest.Keypad("1-3", "A")
		authenticates.Path, authenticates.Interface, authenticates.BootKeyboard = "1-3:1.1", 1, false
		authenticates.Descriptor = hidtest.FIDODescriptor
		bus := hidtest.NewBus(authenticates, types)
		p := startRig(t, bus, hid.Options{}).learn(t)
		time.Sleep(time.Second)
		bus.Unplug(types.Path, authenticates.Path)
		time.Sleep(time.Second)
		bus.Plug(types)
		time.Sleep(100 * time.Millisecond) // the system makes its interfaces one by one
		bus.Plug(authenticates)
		p.wantSights(t, time.Minute)
		if opened := bus.Opened(); len(opened) != 0 {
			t.Errorf("opened %v, want nothing", opened)
		}
	})
}

// What was under way when somebody begins to learn is let go: a press that was complete counts.
func TestLearnBeginsAmidAGesture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(keypad), hid.Options{}, wantKeys(tapTwice, key1), wantKeys(tapHold, key2))
		r.bus.Type(keypad.Path, 50*time.Millisecond, key1)
		r.bus.KeyDown(keypad.Path, key2)
		synctest.Wait()
		p := r.learn(t)
		time.Sleep(time.Second)
		r.bus.KeyUp(keypad.Path, key2)
		p.wantSights(t, 10*time.Second, "ready 1-3:1.0")
		wantPresses(t, r.pressesIn(time.Second), "1-3:1.0 keyboard:0x59 tap pad")
		if r.CutShort() != 1 {
			t.Errorf("CutShort() = %d, want 1: a key was down", r.CutShort())
		}
	})
}
