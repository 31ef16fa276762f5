package hid

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProfilesAreSound: what every row of the table must be for the rest of the package to trust it.
func TestProfilesAreSound(t *testing.T) {
	named := make(map[string]string)
	for i := range profiles {
		p := &profiles[i]
		t.Run(p.Name, func(t *testing.T) {
			if p.Name == "" || p.Source == "" {
				t.Errorf("name %q and source %q, want both", p.Name, p.Source)
			}
			if (p.VendorID == 0) != (len(p.ProductIDs) == 0) || p.VendorID == 0 && p.product == "" {
				t.Errorf("vendor %04x with %d products and names %q: what is it to be known by?", p.VendorID, len(p.ProductIDs), p.product)
			}
			for _, id := range p.ProductIDs {
				model := fmt.Sprintf("%04x:%04x", p.VendorID, id)
				if other, taken := named[model]; taken {
					t.Errorf("%s is %s already", model, other)
				}
				named[model] = p.Name
			}
			if p.polling != nil && len(p.polling.request) < 2 {
				t.Errorf("a request of %d bytes", len(p.polling.request))
			}
			if p.grid != nil && len(p.grid) != p.Rows*p.Columns || (p.Rows == 0) != (p.Columns == 0) {
				t.Errorf("%d places in %d rows and %d columns", len(p.grid), p.Rows, p.Columns)
			}
			d, ok := p.Descriptor()
			if ok != (len(p.fields) > 0) {
				t.Errorf("Descriptor() ok = %v with %d fields", ok, len(p.fields))
			}
			for row := range p.Rows {
				for column := range p.Columns {
					if k, there := p.ButtonAt(row, column); ok && there && !d.Has(k) {
						t.Errorf("%v at row %d, column %d, which its reports do not have", k, row, column)
					}
				}
			}
		})
	}
}

func TestProfileOf(t *testing.T) {
	for _, test := range []struct {
		name   string
		device Device
		want   string // "" for none
	}{
		{"by_ids", Device{VendorID: 0x1d34, ProductID: 0x000d}, "Dream Cheeky Big Red Button"},
		{"unknown", Device{VendorID: 0x1d34, ProductID: 0x000e}, ""},
		{"no_ids", Device{}, ""},
		{"luxafor_mute", Device{VendorID: 0x04d8, ProductID: 0xf372, Product: "LUXAFOR MUTE"}, "Luxafor Mute"},
		{"luxafor_flag_has_no_button", Device{VendorID: 0x04d8, ProductID: 0xf372, Product: "LUXAFOR FLAG"}, ""},
		{"shared_ids_without_strings", Device{VendorID: 0x04d8, ProductID: 0xf372}, ""},
		{"shared_ids_by_maker", Device{VendorID: 0x16c0, ProductID: 0x27db, Manufacturer: "muteme.com"}, "MuteMe (prototype)"},
		{"shared_ids_of_another", Device{VendorID: 0x16c0, ProductID: 0x27db, Product: "Keyboard"}, ""},
		{"webkey", Device{VendorID: 0x05ac, ProductID: 0x0301, Product: "WEBKEY"}, "USB webkey"},
		{"webkey_by_its_maker", Device{VendorID: 0x05ac, ProductID: 0x0301, Manufacturer: "FET-M-0101"}, "USB webkey"},
		{"webkey_with_other_ids", Device{VendorID: 0x1234, ProductID: 1, Product: "WebKey WebKey"}, "USB webkey"},
		{"a_real_apple_mouse", Device{VendorID: 0x05ac, ProductID: 0x0301, Product: "USB Optical Mouse"}, ""},
		{"first_interface", Device{VendorID: 0x05f3, ProductID: 1029, Interface: 0}, "X-keys XK-24"},
		{"its_keyboard_is_another_interface", Device{VendorID: 0x05f3, ProductID: 1029, Interface: 1}, ""},
		{"interface_is_not_told", Device{VendorID: 0x05f3, ProductID: 1029, Interface: -1}, "X-keys XK-24"},
		{"without_a_layout_every_interface", Device{VendorID: 0x0c45, ProductID: 0x7404, Interface: 1}, "PCsensor foot switch or key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, ok := ProfileOf(test.device)
			if got := nameOf(p); got != test.want || ok != (test.want != "") {
				t.Errorf("ProfileOf() = %q, %v, want %q", got, ok, test.want)
			}
		})
	}
}

func nameOf(p *Profile) string {
	if p == nil {
		return ""
	}
	return p.Name
}

func TestProfileFor(t *testing.T) {
	for _, test := range []struct {
		vendor, product uint16
		want            string
	}{
		{0x04d8, 0xf372, "Luxafor Mute"}, // no strings to tell it from the Flag
		{0x0fd9, 0x00a5, "Stream Deck MK.2"},
		{0x05f3, 1356, "X-keys XKE-40"},
		{0x046d, 0xc52d, ""},
		{0, 0, ""},
	} {
		if p, ok := ProfileFor(test.vendor, test.product); nameOf(p) != test.want || ok != (test.want != "") {
			t.Errorf("ProfileFor(%04x, %04x) = %q, %v, want %q", test.vendor, test.product, nameOf(p), ok, test.want)
		}
	}
}

func TestLayout(t *testing.T) {
	keypad := unhex(t, "05 01 09 07 a1 01 05 07 19 53 29 63 25 01 75 01 95 11 81 02 95 07 81 01 c0")
	for _, test := range []struct {
		name    string
		device  Device
		summary string
		err     string
	}{
		{"profile_beats_its_descriptor", Device{VendorID: 0x0fd9, ProductID: 0x0063, Descriptor: keypad}, "6 buttons", ""},
		{"profile_without_a_descriptor", Device{VendorID: 0x0fd9, ProductID: 0x0063}, "6 buttons", ""},
		{"own_descriptor", Device{VendorID: 1, ProductID: 1, Descriptor: keypad}, "keypad, up to 17 keys", ""},
		{"profile_that_only_names", Device{VendorID: 0x1130, ProductID: 0x6626, Descriptor: keypad}, "keypad, up to 17 keys", ""},
		{"boot_keyboard", Device{BootKeyboard: true}, BootKeyboard.Summary(), ""},
		// Hosts read reports as the descriptor says and not as the boot protocol does: a PCsensor pedal has ids on a boot interface.
		{"boot_interface_with_a_descriptor", Device{BootKeyboard: true, Descriptor: keypad}, "keypad, up to 17 keys", ""},
		{"nothing", Device{}, "", "its report descriptor cannot be read"},
		{
			"broken",
			Device{Descriptor: []byte{0xc0}},
			"",
			"its report descriptor: report descriptor: offset 0: end collection: no collection is open",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := test.device.Layout()
			if test.err != "" {
				if err == nil || err.Error() != test.err || d != nil {
					t.Errorf("Layout() = %v, %v, want %s", d, err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Summary(); got != test.summary {
				t.Errorf("Layout().Summary() = %q, want %q", got, test.summary)
			}
		})
	}
}

// TestProfileDecodes: each kind of row, report by report.
func TestProfileDecodes(t *testing.T) {
	type step struct{ report, want string }
	for _, test := range []struct {
		name, model string
		steps       []step
	}{
		{"big_red_button", "1d34:000d", []step{
			{"00 00 00 00 00 00 00 00", ""}, // no answer of its
			{"15 00 00 00 00 00 00 03", ""}, // shut
			{"17 00 00 00 00 00 00 03", ""}, // the lid is no key
			{"16 00 00 00 00 00 00 03", "+button:1"},
			{"16 00 00 00 00 00 00 03", ""},
			{"01 00 00 00 00 00 00 00", ""}, // no answer of its
			{"17 00 00 00 00 00 00 03", "-button:1"},
			{"14 00 00 00 00 00 00 03", "+button:1"}, // under the lid
			{"15 00 00 00 00 00 00 03", "-button:1"},
		}},
		{"fidget", "1d34:0003", []step{
			{"00 00 00 00 00 00 00 00", ""}, {"1f 00 00 00 00 00 00 03", ""}, {"1e 00 00 00 00 00 00 03", "+button:1"}, {"00", ""}, {"1f 00 00 00 00 00 00 03", "-button:1"},
		}},
		{"muteme", "20a0:42da", []step{
			{"00 00 00 00 00 00 00 00", ""},
			{"00 00 00 04 00 00 00 00", "+button:1"},
			{"00 00 00 01 00 00 00 00", ""}, // still held
			{"00 00 00 01 00 00 00 00", ""},
			{"00 00 00 02 00 00 00 00", "-button:1"},
			{"00 00 00 00 00 00 00 00", ""},
		}},
		{"muteme_tap_without_a_release", "20a0:42da", []step{
			{"00 00 00 04 00 00 00 00", "+button:1"}, {"00 00 00 00 00 00 00 00", "-button:1"},
		}},
		{"luxafor_mute", "04d8:f372", []step{
			{"42 00 00 00 00 00 00 00", ""},
			{"83 00 00 00 00 00 00 00", "+button:1"},
			{"42 00 00 00 00 00 00 00", ""},
			{"83 01 00 00 00 00 00 00", "-button:1"},
		}},
		{"shuttle_xpress", "0b33:0020", []step{
			{"00 05 00 10 00", "+button:1"}, {"f9 06 00 00 01", "-button:1 +button:5"}, {"00 06 00 00 00", "-button:5"},
		}},
		{"shuttle_pro_2", "0b33:0030", []step{{"00 00 00 01 40", "+button:1 +button:15"}, {"00 00 00 00 80", "-button:1 -button:15"}}},

		{"stream_deck_tells_rows_from_the_right", "0fd9:0060", []step{
			{"01 00 00 00 00 01 00 00 00 00 00 00 00 00 00 01", "+button:1 +button:11"},
			{"01 01 00 00 00 00 00 00 01 00 00 00 00 00 00 00", "-button:1 -button:11 +button:5 +button:8"},
			{"02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", ""}, // another report
			{"01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "-button:5 -button:8"},
		}},
		{"stream_deck_mini", "0fd9:0090", []step{{"01 01 00 00 00 00 01", "+button:1 +button:6"}, {"01 00 00 00 00 00 00", "-button:1 -button:6"}}},
		{"stream_deck_mk2", "0fd9:0080", []step{
			{"01 00 0f 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 01", "+button:2 +button:15"},
			{"01 00 0f 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "-button:2 -button:15"},
		}},
		{"stream_deck_neo_touch_keys", "0fd9:009a", []step{
			{"01 00 0a 00 01 00 00 00 00 00 00 00 01 00", "+button:1 +button:9"}, {"01 00 0a 00 00 00 00 00 00 00 00 00 00 01", "-button:1 -button:9 +button:10"},
		}},
		{"stream_deck_plus_dials_and_strip", "0fd9:0084", []step{
			{"01 00 08 00 00 00 00 00 00 00 00 01 00 00", "+button:8"},
			{"01 03 05 00 00 01 00 00 00 00 00 00 00 00", "+button:9"}, // the first dial is pressed; key 8 is still down
			{"01 03 05 00 01 00 00 00 ff 00 00 00 00 00", ""},          // the last one turns
			{"01 02 0a 00 01 00 10 00 20 00 00 00 00 00", ""},          // the strip is touched
			{"01 00 08 00 00 00 00 00 00 00 00 00 00 00", "-button:8"},
			{"01 03 05 00 00 00 00 00 01 00 00 00 00 00", "-button:9 +button:12"},
			{"01 03 05 00 00 00 00 00 00 00 00 00 00 00", "-button:12"},
		}},
		{"stream_deck_pedal", "0fd9:0086", []step{{"01 00 03 00 00 00 01", "+button:3"}, {"01 00 03 00 01 00 00", "-button:3 +button:1"}}},

		{"xkeys_other_reports", "05f3:0405", []step{
			{"0a 00 01 00 00 00 00 00 00 00", "+button:1"},
			{"0a d6 00 00 00 00 00 00 00 00", ""}, // its version
			{"0a 03 01 00 00 20 00 00 00 00", "+button:0 +button:24"},
			{"0a 00 00 00 00 00 00 00 00 00", "-button:0 -button:1 -button:24"},
		}},
		{"xk3_pedals_from_the_left", "05f3:0438", []step{
			{"00 00 02", "+button:2"}, {"00 00 0c", "-button:2 +button:3 +button:4"}, {"00 00 01", "-button:3 -button:4"},
		}},
		{"xk3_plug_is_no_key", "05f3:04c8", []step{{"0f 00 0c", ""}, {"0f 00 1d", "+button:1 +button:5"}, {"0f 00 00", "-button:1 -button:5"}}},
		{"xkeys_trackball_buttons", "05f3:05d0", []step{{"00 00 00 00 00 1c", "+button:12 +button:13 +button:14"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := ParseMatch(test.model)
			if err != nil {
				t.Fatal(err)
			}
			p, ok := ProfileFor(m.VendorID, m.ProductID)
			if !ok {
				t.Fatalf("no profile for %s", test.model)
			}
			d, _ := p.Descriptor()
			dec := NewDecoder(d)
			for n, s := range test.steps {
				got, want := strings.Fields(show(dec.Decode(unhex(t, s.report), nil))), strings.Fields(s.want)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("report %d, Decode(%s) = %q, want %q", n+1, s.report, got, want)
				}
			}
		})
	}
}

// TestButtonAt: where a label for each button goes.
func TestButtonAt(t *testing.T) {
	for _, test := range []struct{ model, want string }{
		{"0fd9:0060", "1 2 3 4 5 / 6 7 8 9 10 / 11 12 13 14 15"},
		{"0fd9:009a", "1 2 3 4 / 5 6 7 8 / 9 . . 10"},
		{"0fd9:0084", "1 2 3 4 / 5 6 7 8 / 9 10 11 12"},
		{"0fd9:00aa", "33 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 34 / . 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 ."},
		{"05f3:0405", "1 7 13 19 / 2 8 14 20 / 3 9 15 21 / 4 10 16 22 / 5 11 17 23 / 6 12 18 24"},
		{"05f3:0419", "1 5 9 13 2 6 10 14 3 7 11 15 4 8 12 16"},
		{"05f3:0438", "2 3 4"},
		{"05f3:04a8", "2 4 6 8 10 12 / 1 3 5 7 9 11"},
		{"05f3:00ff", "1 2 3"},
		{"05f3:04ff", ""}, // XKR-32: not known
	} {
		m, err := ParseMatch(test.model)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := ProfileFor(m.VendorID, m.ProductID)
		if !ok {
			t.Fatalf("no profile for %s", test.model)
		}
		var rows []string
		for row := range p.Rows {
			var places []string
			for column := range p.Columns {
				text := "."
				if k, ok := p.ButtonAt(row, column); ok {
					text = strings.TrimPrefix(k.String(), "button:")
				}
				places = append(places, text)
			}
			rows = append(rows, strings.Join(places, " "))
		}
		if diff := cmp.Diff(test.want, strings.Join(rows, " / ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Name, diff)
		}
		for _, outside := range [][2]int{{-1, 0}, {0, -1}, {p.Rows, 0}, {0, p.Columns}} {
			if k, ok := p.ButtonAt(outside[0], outside[1]); ok {
				t.Errorf("%s: ButtonAt(%v) = %v, want none", p.Name, outside, k)
			}
		}
	}
}
