package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
)

func TestButtonGestures(t *testing.T) {
	b := Button{Tap: Action{Tag: "praise"}, Double: Action{Undo: true}}
	if diff := cmp.Diff(hid.Gestures{Tap: true, Double: true}, b.Gestures()); diff != "" {
		t.Errorf("Gestures (-want +got):\n%s", diff)
	}
	for gesture, want := range map[hid.Gesture]Action{hid.Tap: {Tag: "praise"}, hid.Hold: {}, hid.Double: {Undo: true}} {
		if got := b.Action(gesture); got != want {
			t.Errorf("Action(%v) = %+v, want %+v", gesture, got, want)
		}
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
