package hid_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

var button3 = hid.ButtonKey(3)

// lampDevice is a device without a descriptor of its own to go by.
func lampDevice(vendor, product uint16, name string) hid.Device {
	return hid.Device{Path: "1-2:1.0", Port: "1-2", VendorID: vendor, ProductID: product, Product: name}
}

// startLamp runs a Listener on one device whose keys are all tapped, and waits until it is open and its lights are at rest.
func startLamp(t *testing.T, d hid.Device, opts hid.Options, keys ...hid.Key) *rig {
	t.Helper()
	return startLampOn(t, hidtest.NewBus(d), d, opts, keys...)
}

func startLampOn(t *testing.T, bus *hidtest.Bus, d hid.Device, opts hid.Options, keys ...hid.Key) *rig {
	t.Helper()
	w := hid.Wanted{Name: "lamp", Match: hid.Match{VendorID: d.VendorID, ProductID: d.ProductID}, Keys: map[hid.Key]hid.Gestures{}}
	for _, k := range keys {
		w.Keys[k] = tap
	}
	r := startRig(t, bus, opts, w)
	time.Sleep(2 * time.Second)
	if s := r.state(t, d.Path); s.State != hid.Listening {
		t.Fatalf("the device is %v: %v", s.State, s.Err)
	}
	return r
}

// outputsSince is what was written since so many outputs, as "milliseconds: first bytes", from the first of them on.
func (r *rig) outputsSince(path string, seen, width int) []string {
	var got []string
	outputs := r.bus.Outputs(path)[seen:]
	for _, o := range outputs {
		got = append(got, fmt.Sprintf("%d: % x", o.At.Sub(outputs[0].At).Milliseconds(), o.Report[:width]))
	}
	return got
}

// deckReport is the input report of a 15-key Stream Deck with keys down.
func deckReport(down ...int) []byte {
	report := make([]byte, 512)
	report[0], report[2] = 1, 15
	for _, n := range down {
		report[3+n] = 1
	}
	return report
}

func TestDeckLights(t *testing.T) {
	tests := []struct {
		light hid.Light
		want  []string
	}{
		{hid.Stored, []string{"0: 02 07 02 01", "200: 02 07 02 01"}},
		{hid.Refused, []string{"0: 02 07 02 01", "200: 02 07 02 01", "400: 02 07 02 01", "600: 02 07 02 01"}},
		{hid.NotStored, []string{
			"0: 02 07 02 01", "320: 02 07 02 01", "640: 02 07 02 01", "960: 02 07 02 01", "1280: 02 07 02 01", "1600: 02 07 02 01",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.light.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				deck := lampDevice(0x0fd9, 0x0080, "Stream Deck MK.2")
				r := startLamp(t, deck, hid.Options{}, button3)
				rest := r.bus.Outputs(deck.Path)
				if len(rest) != 16 {
					t.Fatalf("%d reports at opening, want an empty page and 15 black keys", len(rest))
				}
				r.bus.Report(deck.Path, deckReport(3)...)
				wantPresses(t, r.pressesIn(300*time.Millisecond), "1-2:1.0 button:3 tap lamp")
				r.Light(deck.Path, button3, tt.light)
				time.Sleep(5 * time.Second)
				if diff := cmp.Diff(tt.want, r.outputsSince(deck.Path, len(rest), 4)); diff != "" {
					t.Fatalf("pictures (-want +got):\n%s", diff)
				}
				black := rest[3].Report
				for i, o := range r.bus.Outputs(deck.Path)[len(rest):] {
					if isBlack := bytes.Equal(o.Report, black); isBlack != (i%2 == 1) {
						t.Errorf("picture %d is black: %t", i+1, isBlack)
					}
				}
			})
		})
	}
}

func TestDeckIsBlackAfterStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deck := lampDevice(0x0fd9, 0x0063, "Stream Deck Mini") // many pages a picture
		r := startLamp(t, deck, hid.Options{}, button3)
		rest := r.bus.Outputs(deck.Path)
		pages := (len(rest) - 1) / 6
		r.Light(deck.Path, button3, hid.NotStored)
		time.Sleep(250 * time.Millisecond)
		r.stop()
		outputs := r.bus.Outputs(deck.Path)
		for i, o := range outputs[len(outputs)-pages:] {
			if !bytes.Equal(o.Report, rest[1+2*pages+i].Report) {
				t.Fatalf("page %d of the last picture is not that of a black third key: % x…", i, o.Report[:8])
			}
		}
	})
}

func TestPanelLights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		panel := lampDevice(0x05f3, 1029, "XK-24 HID")
		r := startLamp(t, panel, hid.Options{}, hid.ButtonKey(8))
		seen := len(r.bus.Outputs(panel.Path))
		r.bus.Report(panel.Path, 0, 2, 0, 0, 0, 0) // what it says when it is asked
		r.bus.Report(panel.Path, 0, 0, 0, 2, 0, 0)
		wantPresses(t, r.pressesIn(300*time.Millisecond), "1-2:1.0 button:8 tap lamp")
		r.Light(panel.Path, hid.ButtonKey(8), hid.Refused)
		time.Sleep(5 * time.Second)
		on := []string{"00 b3 06 01", "00 b3 07 01", "00 b5 29 01"}
		off := []string{"00 b3 06 00", "00 b3 07 00", "00 b5 29 00"}
		var want []string
		for step, reports := range [][]string{on, off, on, off} {
			for _, report := range reports {
				want = append(want, fmt.Sprintf("%d: %s", 100*step, report))
			}
		}
		if diff := cmp.Diff(want, r.outputsSince(panel.Path, seen, 4)); diff != "" {
			t.Errorf("lights (-want +got):\n%s", diff)
		}
	})
}

func TestLampIsAtRestAfterSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slept atomic.Int64
		opts := hid.Options{Now: func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }}
		muteMe := lampDevice(0x20a0, 0x42da, "MuteMe")
		r := startLamp(t, muteMe, opts, hid.ButtonKey(1))
		if diff := cmp.Diff([]string{"0: 00 00"}, r.outputsSince(muteMe.Path, 0, 2)); diff != "" {
			t.Errorf("at opening (-want +got):\n%s", diff)
		}
		slept.Store(int64(time.Hour))
		time.Sleep(time.Minute)
		if opened := len(r.bus.Opened()); opened != 2 {
			t.Fatalf("opened %d times, want a second time after the sleep", opened)
		}
		if diff := cmp.Diff([]string{"0: 00 00"}, r.outputsSince(muteMe.Path, 1, 2)); diff != "" {
			t.Errorf("after the sleep (-want +got):\n%s", diff)
		}
	})
}

func TestDeckThatTakesNoPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deck := lampDevice(0x0fd9, 0x0080, "Stream Deck MK.2")
		bus := hidtest.NewBus(deck)
		bus.FailWrite(deck.Path, errors.New("stalled"))
		r := startLampOn(t, bus, deck, hid.Options{}, button3)
		bus.Report(deck.Path, deckReport(3)...)
		wantPresses(t, r.pressesIn(time.Second), "1-2:1.0 button:3 tap lamp")
		if s := r.state(t, deck.Path); s.State != hid.Listening || s.Lights {
			t.Errorf("state = %v, lights %t; want listening without lights", s.State, s.Lights)
		}
	})
}

func TestWebkeyIsNotLit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		webkey := hidtest.Keypad("1-2", "")
		webkey.VendorID, webkey.ProductID, webkey.Product = 0x05ac, 0x0301, "WEBKEY"
		r := startLamp(t, webkey, hid.Options{}, hid.AnyKey)
		r.Light(webkey.Path, hid.AnyKey, hid.Stored)
		time.Sleep(time.Second)
		if outputs := r.bus.Outputs(webkey.Path); len(outputs) > 0 {
			t.Errorf("%d output reports to a webkey, whose cue to type they may be", len(outputs))
		}
		if s := r.state(t, webkey.Path); s.Lights {
			t.Error("the state says that it has lights")
		}
	})
}
