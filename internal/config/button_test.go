package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
)

func TestButtonGestures(t *testing.T) {
	b := Button{Tap: Action{Tag: "praise"}, Double: Action{Undo: true}}
	if diff := cmp.Diff(hid.Gestures{Tap: true, Double: true}, b.Gestures()); diff != "" {
		t.Errorf("Gestures (-want +got):\n%s", diff)
	}
	if got, want := b.Actions(), "praise, double undo"; got != want {
		t.Errorf("Actions() = %q, want %q", got, want)
	}
	for gesture, want := range map[hid.Gesture]Action{hid.Tap: {Tag: "praise"}, hid.Hold: {}, hid.Double: {Undo: true}} {
		if got := b.Action(gesture); got != want {
			t.Errorf("Action(%v) = %+v, want %+v", gesture, got, want)
		}
	}
}

// What is most likely not meant is told of, and nothing else is.
func TestDoubts(t *testing.T) {
	for _, tt := range []struct{ name, device, key, want string }{
		{"button that a deck has", "0fd9:0080", "button:15", ""},
		{"button after its last", "0fd9:0080#A7", "button:16", `button "button:16": Stream Deck MK.2 (15 buttons) is not known to have Button 16`},
		{"button after a pedal's last", "0fd9:0086", "button:4", `button "button:4": Stream Deck Pedal (3 buttons) is not known to have Button 4`},
		{"key of a keyboard", "0fd9:0080", "kp1", `button "kp1": Stream Deck MK.2 (15 buttons) is not known to have Keypad 1`},
		{"any", "0fd9:0080", "any", ""},
		{"raw key of a confirmed model", "0fd9:0080", "raw:3.2", `button "raw:3.2": Stream Deck MK.2 (15 buttons) is not known to have raw:3.2`},
		{"raw key of another", "20a0:42db", "raw:3.2", ""},
		{"model that shares its ids", "04d8:f372", "button:9", ""},
		{"model with its own descriptor", "05f3:00ff", "button:9", ""},
		{"unknown model", "1209:0001", "button:99", ""},
		{"port behind a serial number", "04d9:1203#A7@1-2", "kp1", `button "kp1": all that follows # is the serial number, "A7@1-2"; the port alone is device = "04d9:1203@1-2"`},
		{"@ in a serial number", "04d9:1203#A7@home", "kp1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse("f", fmt.Appendf(nil, "[[button]]\ndevice = %q\nkey = %q\ntap = 'undo'\n", tt.device, tt.key))
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, d := range c.Doubts {
				got.WriteString(d.Text)
			}
			if got.String() != tt.want {
				t.Errorf("doubts %q\nwant   %q", got.String(), tt.want)
			}
		})
	}
}

// A debounce of 0 is off in a file, and the default to package hid.
func TestPressTiming(t *testing.T) {
	off := Press{Hold: hid.DefaultHold, Double: hid.DefaultDouble}.Timing()
	if want := (hid.Timing{Debounce: hid.NoDebounce, Hold: hid.DefaultHold, Double: hid.DefaultDouble}); off != want {
		t.Errorf("Timing() = %+v, want %+v", off, want)
	}
	if got := Default().Press.Timing(); got.Debounce != hid.DefaultDebounce {
		t.Errorf("Timing().Debounce = %v, want %v", got.Debounce, hid.DefaultDebounce)
	}
}
