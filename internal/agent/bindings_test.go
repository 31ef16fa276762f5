package agent

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/config"
)

func TestDevicesForPeople(t *testing.T) {
	keypad := func(change func(*hid.DeviceState)) hid.DeviceState {
		s := hid.DeviceState{Device: hidtest.Keypad("1-1", "A"), State: hid.Usable}
		change(&s)
		return s
	}
	const bound = "[[tag]]\ncode = 'praise'\n[[button]]\ndevice = '1209:0001'\nkey = 'F13'\ntap = 'praise'\n"
	type said struct {
		Name, Serial, Use string
		NeedsUdevRule     bool
	}
	const useA = `to use it, add a [[button]] with device = "1209:0001#A", but not if you type on it`
	const usePort = `to use it, add a [[button]] with device = "1209:0001@1-1", but not if you type on it`
	for _, tt := range []struct {
		name, config string
		state        hid.DeviceState
		want         said
	}{
		{"free", "", keypad(func(*hid.DeviceState) {}), said{"Keypad", "A", useA, false}},
		{"bound", bound, keypad(func(*hid.DeviceState) {}), said{"Keypad", "A", "", false}},
		{"cannot type", "", keypad(func(s *hid.DeviceState) {
			// One button: usage page Button, usages 1 to 1.
			s.Device.Descriptor = []byte{0x05, 1, 0x09, 5, 0xa1, 1, 0x05, 9, 0x19, 1, 0x29, 1, 0x15, 0, 0x25, 1, 0x75, 1, 0x95, 1, 0x81, 2, 0x95, 7, 0x81, 1, 0xc0}
		}), said{"Keypad", "A", `to use it, add a [[button]] with device = "1209:0001#A"`, false}},
		{"has no keys", "", keypad(func(s *hid.DeviceState) { s.Device.Descriptor = []byte{0x05, 1, 0x09, 5, 0xa1, 1, 0xc0} }), said{"Keypad", "A", "", false}},
		{"no permission", "", keypad(func(s *hid.DeviceState) {
			s.State, s.Err = hid.NoPermission, &hid.AccessError{Reason: hid.ErrNoPermission, NeedsUdevRule: true}
		}), said{"Keypad", "A", "", true}},
		{"steers a terminal", "", keypad(func(s *hid.DeviceState) {
			s.Device.Product, s.Device.Serial = "\x1b[2J\u009b1m\u202ex\xff", "A\x1b"
		}), said{"\ufffd[2J\ufffd1m\ufffdx\ufffd", "", usePort, false}},
		{"nameless", "", keypad(func(s *hid.DeviceState) { s.Device.Product, s.Device.Serial = "", "" }), said{"1209:0001", "", usePort, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := config.Parse("", []byte(tt.config))
			if err != nil {
				t.Fatal(err)
			}
			var got said
			for _, d := range Devices([]hid.DeviceState{tt.state}, cfg) {
				got = said{d.Name, d.Serial, d.Use, d.NeedsUdevRule}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Devices (-want +got):\n%s", diff)
			}
		})
	}
}

// A device that fails says why, and what to try.
func TestDevicesSayWhyOneFails(t *testing.T) {
	states := []hid.DeviceState{{Device: hid.Device{Path: "1-1:1.0", VendorID: 0x1209, ProductID: 1}, State: hid.Failed, Err: errors.New("its report descriptor cannot be read")}}
	d := Devices(states, config.Default())[0]
	if d.Problem != "its report descriptor cannot be read" || d.Fix == "" {
		t.Errorf("problem %q, fix %q; want the error and something to try", d.Problem, d.Fix)
	}
}
