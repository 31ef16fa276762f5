package hid_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// lightsSince is what a keypad's lights did, as "milliseconds:bits" since began.
func lightsSince(b *hidtest.Bus, path string, began time.Time) []string {
	var got []string
	for _, o := range b.Outputs(path) {
		got = append(got, fmt.Sprintf("%d:%05b", o.At.Sub(began).Milliseconds(), o.Report[1]))
	}
	return got
}

func TestLights(t *testing.T) {
	tests := []struct {
		name string
		lit  []hid.LED
		ask  []hid.Light
		want []string
	}{
		{"stored: NumLock blinks once", nil, []hid.Light{hid.Stored}, []string{"0:00001", "100:00000"}},
		{"stored, NumLock lit: it goes out once", []hid.LED{hid.LEDNumLock, hid.LEDScrollLock}, []hid.Light{hid.Stored}, []string{"0:00100", "100:00101"}},
		{"refused: twice", nil, []hid.Light{hid.Refused}, []string{"0:00001", "100:00000", "200:00001", "300:00000"}},
		{
			"not stored: three times, longer", nil,
			[]hid.Light{hid.NotStored},
			[]string{"0:00001", "160:00000", "320:00001", "480:00000", "640:00001", "800:00000"},
		},
		{
			"a burst is not played one by one", nil,
			[]hid.Light{hid.Stored, hid.Stored, hid.Stored, hid.Stored, hid.Stored},
			[]string{"0:00001", "100:00000"},
		},
		{
			"of a burst the most important is played", nil,
			[]hid.Light{hid.Stored, hid.Refused, hid.Stored},
			[]string{"0:00001", "100:00000", "200:00001", "300:00000"},
		},
		{"no such light", nil, []hid.Light{0, 9}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pad := hidtest.Keypad("1-1", "A")
				pad.Lit = tt.lit
				r := startRig(t, hidtest.NewBus(pad), hid.Options{}, wantKeys(tap, key1))
				r.bus.KeyDown("1-1:1.0", key1)
				<-r.Presses()
				time.Sleep(3 * time.Millisecond) // the disk
				for _, l := range tt.ask {
					r.Light("1-1:1.0", key1, l)
				}
				time.Sleep(5 * time.Second)
				var got []string
				if outputs := r.bus.Outputs("1-1:1.0"); len(outputs) > 0 {
					if wait := outputs[0].At.Sub(time.Now().Add(-5 * time.Second)); wait > 10*time.Millisecond {
						t.Errorf("the light came after %v, want it at once", wait)
					}
					got = lightsSince(r.bus, "1-1:1.0", outputs[0].At)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("lights (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestLightsWhileOnePlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{Timing: hid.Timing{Debounce: hid.NoDebounce}}, wantKeys(tap, key1))
		const pressed = 50
		for range pressed { // one every 20 ms, each answered
			r.bus.Tap("1-1:1.0", key1)
			<-r.Presses()
			r.Light("1-1:1.0", key1, hid.Stored)
			time.Sleep(20 * time.Millisecond)
		}
		ended := time.Now()
		time.Sleep(5 * time.Second)
		outputs := r.bus.Outputs("1-1:1.0")
		last := outputs[len(outputs)-1]
		if late := last.At.Sub(ended); late > 400*time.Millisecond || last.Report[1] != 0 {
			t.Errorf("the last light came %v after the last press and left %05b, want under 400ms and dark", late, last.Report[1])
		}
		if len(outputs) > 2*pressed/5 {
			t.Errorf("%d output reports for %d presses, want one blink at a time", len(outputs), pressed)
		}
	})
}

func TestLightsDoNotDelayKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRig(t, hidtest.NewBus(hidtest.Keypad("1-1", "A")), hid.Options{}, wantKeys(tap, key1))
		r.Light("1-1:1.0", key1, hid.NotStored)
		time.Sleep(250 * time.Millisecond) // amid the first blinks
		began := time.Now()
		r.bus.Tap("1-1:1.0", key1)
		<-r.Presses()
		if took := time.Since(began); took != 0 {
			t.Errorf("the press came %v late", took)
		}
	})
}

// A device may take a second over a report to its lights. What is pressed meanwhile counts, each press once and at once: more than what
// hidapi keeps of unread reports.
func TestSlowLightsDoNotDelayKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"))
		bus.SlowWrite("1-1:1.0", time.Second)
		r := startRig(t, bus, hid.Options{Timing: hid.Timing{Debounce: hid.NoDebounce}}, wantKeys(tap, key1))
		const pressed = 100
		for i := range pressed {
			bus.Report("1-1:1.0", hidtest.KeyboardReport(key1)...)
			bus.Report("1-1:1.0") // the gadget's empty one
			synctest.Wait()
			select {
			case <-r.Presses():
			default:
				t.Errorf("press %d was not there at once", i+1)
			}
			r.Light("1-1:1.0", key1, hid.Stored)
			time.Sleep(10 * time.Millisecond)
			bus.Report("1-1:1.0", hidtest.KeyboardReport()...)
			bus.Report("1-1:1.0")
			time.Sleep(10 * time.Millisecond)
		}
		wantPresses(t, r.pressesIn(5*time.Second))
		r.stop()
		outputs := bus.Outputs("1-1:1.0")
		if len(outputs) < 2 || outputs[len(outputs)-1].Report[1] != 0 {
			t.Errorf("lights = %v, want a blink and then dark", outputs)
		}
	})
}

// A device is closed only when nobody writes to it any more.
func TestStopWaitsForSlowLights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, log := hidtest.NewBus(hidtest.Keypad("1-1", "A")), &lines{}
		bus.SlowWrite("1-1:1.0", time.Second)
		r := startRig(t, bus, hid.Options{Log: log.logger()}, wantKeys(tap, key1))
		r.Light("1-1:1.0", key1, hid.NotStored)
		time.Sleep(500 * time.Millisecond) // amid the first report
		r.stop()
		outputs := bus.Outputs("1-1:1.0")
		if len(outputs) != 2 || outputs[1].Report[1] != 0 {
			t.Errorf("lights = %v, want the blink ended", outputs)
		}
		if n := log.count("lights were given up"); n != 0 || bus.IsOpen("1-1:1.0") {
			t.Errorf("%d reports failed, device open %t; want none and closed", n, bus.IsOpen("1-1:1.0"))
		}
	})
}

func TestLightsAreRestored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pad := hidtest.Keypad("1-1", "A")
		pad.Lit = []hid.LED{hid.LEDNumLock}
		r := startRig(t, hidtest.NewBus(pad), hid.Options{}, wantKeys(tap, key1))
		r.Light("1-1:1.0", key1, hid.NotStored)
		time.Sleep(400 * time.Millisecond) // in the pause after the first blink: the next one begins before the stop is noticed
		r.stop()
		outputs := r.bus.Outputs("1-1:1.0")
		if got := outputs[len(outputs)-1].Report[1]; got != 0b00001 {
			t.Errorf("lights after the stop = %05b, want NumLock as before", got)
		}
	})
}

func TestLightsThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "A"))
		bus.FailWrite("1-1:1.0", errors.New("stalled"))
		log := &lines{}
		r := startRig(t, bus, hid.Options{Log: log.logger()}, wantKeys(tap, key1))
		for range 3 {
			bus.Tap("1-1:1.0", key1)
			<-r.Presses()
			r.Light("1-1:1.0", key1, hid.Stored)
			time.Sleep(time.Second)
		}
		if n := log.count("lights were given up"); n != 1 {
			t.Errorf("%d log lines about the lights, want 1", n)
		}
		if s := r.state(t, "1-1:1.0"); s.State != hid.Listening || s.Lights {
			t.Errorf("state = %v, lights %t; want listening without lights", s.State, s.Lights)
		}
	})
}
