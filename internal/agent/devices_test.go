package agent

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// keyless is the report descriptor of a device without any report.
var keyless = []byte{0x05, 1, 0x09, 5, 0xa1, 1, 0xc0}

func TestDevicesForPeople(t *testing.T) {
	keypad := func(change func(*hid.DeviceState)) hid.DeviceState {
		s := hid.DeviceState{Device: hidtest.Keypad("1-1", "A"), State: hid.Usable}
		change(&s)
		return s
	}
	saying := func(descriptor []byte) hid.DeviceState {
		return keypad(func(s *hid.DeviceState) { s.Device.Descriptor = descriptor })
	}
	const bound = "[[tag]]\ncode = 'praise'\n[[button]]\ndevice = '1209:0001'\nkey = 'F13'\ntap = 'praise'\n"
	type said struct {
		Name, Serial, Use string
		NeedsUdevRule     bool
	}
	const use = `to use it: magicbutton devices learn, or a [[button]] with device = `
	for _, tt := range []struct {
		name, config string
		state        hid.DeviceState
		want         said
	}{
		{"free", "", keypad(func(*hid.DeviceState) {}), said{"Keypad", "A", use + `"1209:0001#A"; but not if you type on it`, false}},
		{"bound", bound, keypad(func(*hid.DeviceState) {}), said{"Keypad", "A", "", false}},
		{"cannot type", "", saying(hidtest.EncoderDescriptor), said{"Keypad", "A", use + `"1209:0001#A"`, false}},
		{"points", "", saying(hidtest.MouseDescriptor), said{"Keypad", "A", use + `"1209:0001#A"; but not if you point with it`, false}},
		{"does not say", "", saying(hidtest.VendorDescriptor), said{"Keypad", "A", "it does not say what it sends; magicbutton devices learn watches it for a press", false}},
		{"security key", "", saying(hidtest.FIDODescriptor), said{"Keypad", "A", "", false}},
		{"has no keys", "", saying(keyless), said{"Keypad", "A", "", false}},
		{"gone", "", keypad(func(s *hid.DeviceState) { s.State = hid.Gone }), said{"Keypad", "A", "", false}},
		{"no permission", "", keypad(func(s *hid.DeviceState) {
			s.State, s.Err = hid.NoPermission, &hid.AccessError{Reason: hid.ErrNoPermission, NeedsUdevRule: true}
		}), said{"Keypad", "A", "", true}},
		{"steers a terminal", "", keypad(func(s *hid.DeviceState) {
			s.Device.Product, s.Device.Serial = "\x1b[2J\u009b1m\u202ex\xff", "A\x1b"
		}), said{"\ufffd[2J\ufffd1m\ufffdx\ufffd", "", use + `"1209:0001@1-1"; but not if you type on it`, false}},
		{"nameless", "", keypad(func(s *hid.DeviceState) { s.Device.Product, s.Device.Serial = "", "" }), said{
			"1209:0001", "", use + `"1209:0001@1-1"; but not if you type on it`, false,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := devices(t, tt.config, tt.state)[0]
			if diff := cmp.Diff(tt.want, said{d.Name, d.Serial, d.Use, d.NeedsUdevRule}); diff != "" {
				t.Errorf("Devices (-want +got):\n%s", diff)
			}
		})
	}
}

func devices(t *testing.T, text string, states ...hid.DeviceState) []api.Device {
	t.Helper()
	cfg, err := config.Parse("", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Devices(states, cfg)
}

// A device that fails says why, and what to try.
func TestDevicesSayWhyOneFails(t *testing.T) {
	states := []hid.DeviceState{{Device: hid.Device{Path: "1-1:1.0", VendorID: 0x1209, ProductID: 1}, State: hid.Failed, Err: errors.New("its report descriptor cannot be read")}}
	d := Devices(states, config.Default())[0]
	if d.Problem != "its report descriptor cannot be read" || d.Fix == "" {
		t.Errorf("problem %q, fix %q; want the error and something to try", d.Problem, d.Fix)
	}
}

// What is known of a model besides its descriptor is told, and that nobody has
// confirmed it.
func TestDevicesTellTheirProfile(t *testing.T) {
	deck := hid.Device{Path: "1-1:1.0", Port: "1-1", VendorID: 0x0fd9, ProductID: 0x006d, Descriptor: hidtest.VendorDescriptor}
	p, ok := hid.ProfileOf(deck)
	if !ok {
		t.Fatal("a Stream Deck has no profile")
	}
	d := Devices([]hid.DeviceState{{Device: deck, Profile: p}}, config.Default())[0]
	if diff := cmp.Diff(&api.Profile{Name: p.Name, Rows: 3, Columns: 5, Confirmed: p.Confirmed}, d.Profile); diff != "" {
		t.Errorf("Profile (-want +got):\n%s", diff)
	}
	if d.Summary != "15 buttons" {
		t.Errorf("Summary %q, want what the profile's reports tell, not the device's own", d.Summary)
	}
	if d := Devices([]hid.DeviceState{{Device: hidtest.Keypad("1-1", "A")}}, config.Default())[0]; d.Profile != nil {
		t.Errorf("a keypad has the profile %+v, want none", d.Profile)
	}
}

// What a configuration binds and a device cannot do is told once for a unit, with
// what to do about it.
func TestDeviceConflicts(t *testing.T) {
	const head = "[[tag]]\ncode = 'praise'\n[[tag]]\ncode = 'fee'\n"
	button := func(device, key, does string) string {
		return "[[button]]\ndevice = '" + device + "'\nkey = '" + key + "'\n" + does + "\n"
	}
	keypad := func(port, serial string) hid.DeviceState {
		return hid.DeviceState{Device: hidtest.Keypad(port, serial), State: hid.Listening}
	}
	media := keypad("1-1", "A") // a second interface of the keypad
	media.Device.Path, media.Device.Interface, media.Device.Descriptor, media.Device.BootKeyboard = "1-1:1.1", 1, hidtest.EncoderDescriptor, false
	tapOnly := keypad("1-1", "A")
	tapOnly.TapOnly = true
	webkey := keypad("1-1", "A")
	webkey.TapOnly, webkey.Profile = true, &hid.Profile{Name: "USB webkey", Burst: true}
	gone := keypad("1-2", "")
	gone.State = hid.Gone
	unknown := keypad("1-1", "A")
	unknown.Device.Descriptor, unknown.Device.BootKeyboard = nil, false
	type device struct {
		Path      string
		Bindings  []api.Binding
		Conflicts []api.Conflict
		Use       string
	}
	bound := func(device, key, action string) api.Binding {
		return api.Binding{Device: device, Key: key, Action: action}
	}
	for _, tt := range []struct {
		name, config string
		states       []hid.DeviceState
		want         []device
	}{
		{
			"each interface has its own", button("1209:0001", "F13", "tap='praise'") + button("1209:0001", "button:1", "tap='fee'"),
			[]hid.DeviceState{keypad("1-1", "A"), media},
			[]device{{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}}, {Path: "1-1:1.1", Bindings: []api.Binding{bound("1209:0001", "Button 1", "fee")}}},
		},
		{
			"a key that no interface has", button("1209:0001", "button:20", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", "A"), media},
			[]device{{
				Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "Button 20", "praise")},
				Conflicts: []api.Conflict{{Problem: "it has no key Button 20", Fix: "press the key that is meant: magicbutton devices learn"}},
			}, {Path: "1-1:1.1"}},
		},
		{
			"a raw key of a device that says what it sends", button("1209:0001", "raw:3.2", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", "A")},
			[]device{{
				Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "raw:3.2", "praise")},
				Conflicts: []api.Conflict{{Problem: "it has no key raw:3.2", Fix: "press the key that is meant: magicbutton devices learn"}},
			}},
		},
		{
			"a device that nobody understands may have any key", button("1209:0001", "button:20", "tap='praise'"),
			[]hid.DeviceState{unknown},
			[]device{{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "Button 20", "praise")}}},
		},
		{
			"hold on what cannot be held", button("1209:0001", "F13", "tap='praise'\nhold='undo'"),
			[]hid.DeviceState{tapOnly},
			[]device{{
				Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise, hold undo")},
				Conflicts: []api.Conflict{{Problem: "F13: hold undo never comes, as its keys cannot be held", Fix: "bind that to double, or to a key of its own"}},
			}},
		},
		{
			"double on what cannot be held", button("1209:0001", "F13", "tap='praise'\ndouble='undo'"),
			[]hid.DeviceState{tapOnly},
			[]device{{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise, double undo")}}},
		},
		{
			"one key of a burst", button("1209:0001", "r", "tap='praise'"),
			[]hid.DeviceState{webkey},
			[]device{{
				Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "R", "praise")},
				Conflicts: []api.Conflict{{Problem: "R: one press of it types a whole text, whatever keys are in it", Fix: `bind key = "any" instead`}},
			}},
		},
		{
			"any key of a burst", button("1209:0001", "any", "tap='praise'"),
			[]hid.DeviceState{webkey},
			[]device{{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "Any key", "praise")}}},
		},
		{
			"by model and more closely", button("1209:0001", "F13", "tap='praise'") + button("1209:0001#A", "F13", "tap='fee'") + button("1209:0001@1-1", "F13", "tap='undo'"),
			[]hid.DeviceState{keypad("1-1", "A")},
			[]device{{Path: "1-1:1.0", Bindings: []api.Binding{
				{Device: "1209:0001", Key: "F13", Action: "praise", Overridden: "1209:0001#A"},
				bound("1209:0001#A", "F13", "fee"),
				{Device: "1209:0001@1-1", Key: "F13", Action: "undo", Overridden: "1209:0001#A"},
			}}},
		},
		{
			"twins by model", button("1209:0001", "F13", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", ""), keypad("1-2", "")},
			[]device{
				{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}, Use: `to tell it from the one at 1-2, bind device = "1209:0001@1-1"`},
				{Path: "1-2:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}, Use: `to tell it from the one at 1-1, bind device = "1209:0001@1-2"`},
			},
		},
		{
			"a twin that is gone is none", button("1209:0001", "F13", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", ""), gone},
			[]device{
				{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}},
				{Path: "1-2:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}},
			},
		},
		{
			"twins with one serial number, bound by model", button("1209:0001", "F13", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", "A"), keypad("1-2", "A")},
			[]device{
				{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}, Use: `to tell it from the one at 1-2, bind device = "1209:0001@1-1"`},
				{Path: "1-2:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}, Use: `to tell it from the one at 1-1, bind device = "1209:0001@1-2"`},
			},
		},
		{
			"twins with serial numbers", button("1209:0001", "F13", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", "A"), keypad("1-2", "B")},
			[]device{
				{Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}, Use: `to tell it from the one at 1-2, bind device = "1209:0001#A"`},
				{Path: "1-2:1.0", Bindings: []api.Binding{bound("1209:0001", "F13", "praise")}, Use: `to tell it from the one at 1-1, bind device = "1209:0001#B"`},
			},
		},
		{
			"twins with one serial number", button("1209:0001#A", "F13", "tap='praise'"),
			[]hid.DeviceState{keypad("1-1", "A"), keypad("1-2", "A")},
			[]device{
				{
					Path: "1-1:1.0", Bindings: []api.Binding{bound("1209:0001#A", "F13", "praise")},
					Conflicts: []api.Conflict{{
						Problem: "the one at 1-2 has the same serial number, so what is bound here counts there, too",
						Fix:     `name each by its port: device = "1209:0001@1-1"`,
					}},
				},
				{
					Path: "1-2:1.0", Bindings: []api.Binding{bound("1209:0001#A", "F13", "praise")},
					Conflicts: []api.Conflict{{
						Problem: "the one at 1-1 has the same serial number, so what is bound here counts there, too",
						Fix:     `name each by its port: device = "1209:0001@1-2"`,
					}},
				},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []device
			for _, d := range devices(t, head+tt.config, tt.states...) {
				got = append(got, device{d.Path, d.Bindings, d.Conflicts, d.Use})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Devices (-want +got):\n%s", diff)
			}
		})
	}
}
