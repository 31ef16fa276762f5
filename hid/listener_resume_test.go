package hid_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// wallClock is a clock that can be set.
type wallClock struct{ ahead atomic.Int64 }

func (c *wallClock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *wallClock) jump(d time.Duration) { c.ahead.Add(int64(d)) }

// pressing presses a key each half second and returns how many presses came of how many.
func (r *rig) pressing(d time.Duration) (came, made int) {
	for end := time.Now().Add(d); time.Now().Before(end); made++ {
		synctest.Wait()
		r.bus.KeyDown(padPath, key1)
		time.Sleep(100 * time.Millisecond)
		r.bus.KeyUp(padPath, key1)
		time.Sleep(400 * time.Millisecond)
	}
	return len(r.pressesIn(time.Second)), made
}

// After a sleep of the computer the device is opened anew: under Linux path and serial number stay, and some devices are
// dead without an error.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &wallClock{}
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{Now: clock.now}, wantKeys(tap, key1))
		time.Sleep(time.Minute + 50*time.Millisecond) // between two reads
		clock.jump(time.Hour)
		woke := clock.now()
		r.bus.Tap(padPath, key1) // the press that wakes it
		synctest.Wait()
		if len(r.Presses()) == 0 {
			t.Fatal("the press that woke the computer is lost")
		}
		p := <-r.Presses()
		if p.At.Sub(woke) > time.Second || p.At.Before(woke) {
			t.Errorf("the press that woke the computer is of %v, want %v", p.At, woke)
		}
		time.Sleep(time.Second)
		if n := len(r.bus.Opened()); n != 2 {
			t.Errorf("opened %d times, want anew once", n)
		}
		if came, made := r.pressing(10 * time.Second); came != made {
			t.Errorf("%d presses of %d came after waking", came, made)
		}
		if n := len(r.bus.Opened()); n != 2 {
			t.Errorf("opened %d times after a while, want no more", n)
		}
		clock.jump(time.Hour) // and again within half a minute: later, but not never
		time.Sleep(40 * time.Second)
		if n := len(r.bus.Opened()); n != 3 {
			t.Errorf("opened %d times after a second sleep, want 3", n)
		}
	})
}

// A key that was down when the computer slept is let go, and what it lit is set again.
func TestResumeResetsKeysAndLights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &wallClock{}
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{Now: clock.now}, wantKeys(tapHold, key1))
		r.bus.KeyDown(padPath, key1)
		synctest.Wait()
		r.Light(padPath, key1, hid.Stored)
		clock.jump(time.Hour)
		time.Sleep(time.Second)
		if r.CutShort() != 1 {
			t.Errorf("CutShort() = %d, want 1: the key was down when the computer slept", r.CutShort())
		}
		r.bus.KeyUp(padPath, key1)
		r.bus.Tap(padPath, key1)
		wantPresses(t, r.pressesIn(time.Second), "1-1:1.0 keyboard:0x59 tap pad")
		r.Light(padPath, key1, hid.Stored)
		before := len(r.bus.Outputs(padPath))
		time.Sleep(time.Second)
		if n := len(r.bus.Outputs(padPath)); n < before+2 {
			t.Errorf("%d reports to its lights after waking, want a blink", n-before)
		}
	})
}

// A clock that jumps all the time must not keep the device closed, nor lose presses, nor fill the log.
func TestClockThatJumps(t *testing.T) {
	tests := []struct {
		name            string
		jump            time.Duration
		maxOpens, lines int
	}{
		{"forward", time.Minute, 9, 1}, // in four minutes
		{"backward", -time.Minute, 1, 1},
		{"there and back", 0, 9, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock, log := &wallClock{}, &lines{}
				r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{Now: clock.now, Log: log.logger()}, wantKeys(tap, key1))
				for i := range 120 {
					switch {
					case tt.jump != 0:
						clock.jump(tt.jump)
					case i%2 == 0:
						clock.jump(time.Hour)
					default:
						clock.jump(-time.Hour)
					}
					if came, made := r.pressing(time.Second); came != made {
						t.Fatalf("%d presses of %d came in second %d", came, made, i)
					}
				}
				if n := len(r.bus.Opened()); n > tt.maxOpens {
					t.Errorf("opened %d times in four minutes, want at most %d", n, tt.maxOpens)
				}
				if n := log.count("\n"); n > tt.lines {
					t.Errorf("%d lines in the log:\n%s", n, log.all())
				}
			})
		})
	}
}

// A clock that is set back delays nothing: neither a hold, nor the next try of a device that failed.
func TestClockThatIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &wallClock{}
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"), hidtest.Keypad("1-2", "B"))
		bus.FailOpen("1-2:1.0", hid.ErrBusy)
		r := startRig(t, bus, hid.Options{Now: clock.now}, wantKeys(tapHold, key1))
		r.bus.KeyDown(padPath, key1)
		synctest.Wait()
		clock.jump(-time.Hour)
		began := time.Now()
		if p := <-r.Presses(); p.Gesture != hid.Hold || time.Since(began) > hid.DefaultHold {
			t.Errorf("%v after %v, want a hold after %v", p.Gesture, time.Since(began), hid.DefaultHold)
		}
		bus.FailOpen("1-2:1.0", nil)
		time.Sleep(6 * time.Second)
		if got := r.state(t, "1-2:1.0").State; got != hid.Listening {
			t.Errorf("state of the device that failed = %v, want listening", got)
		}
	})
}
