package hid

import (
	"strings"
	"testing"
)

func TestRawKey(t *testing.T) {
	for _, test := range []struct {
		key  Key
		form string
	}{
		{RawKey(0, 0, false), "raw:0.0"},
		{RawKey(3, 2, false), "raw:3.2"},
		{RawKey(3, 2, true), "raw:3.2=0"},
		{RawKey(1023, 7, true), "raw:1023.7=0"},
	} {
		if got := test.key.String(); got != test.form {
			t.Errorf("String() = %q, want %q", got, test.form)
		}
		if got := test.key.Name(); got != test.form {
			t.Errorf("%s: Name() = %q", test.form, got)
		}
		for _, text := range []string{test.form, strings.ToUpper(test.form), " " + test.form + " "} {
			if got, err := ParseKey(text); err != nil || got != test.key {
				t.Errorf("ParseKey(%q) = %v, %v, want %s", text, got, err, test.form)
			}
		}
	}
	for _, k := range []Key{RawKey(-1, 0, false), RawKey(1024, 0, false), RawKey(0, -1, false), RawKey(0, 8, false)} {
		if k != (Key{}) {
			t.Errorf("a place that is none gave %v, want the zero key", k)
		}
	}
	for _, k := range []Key{{}, AnyKey, ButtonKey(1), {PageKeyboard, 0x8032}, {pageNone, 0xffff}} {
		if _, _, _, ok := k.Raw(); ok {
			t.Errorf("%v is raw", k)
		}
	}
	if at, bit, inverted, ok := RawKey(1023, 7, true).Raw(); at != 1023 || bit != 7 || !inverted || !ok {
		t.Errorf("Raw() = %d, %d, %v, %v", at, bit, inverted, ok)
	}
}

func TestParseRawKey(t *testing.T) {
	for _, text := range []string{"raw:3.2=1", "Raw: 3.2"} {
		if k, err := ParseKey(text); err != nil || k != RawKey(3, 2, false) {
			t.Errorf("ParseKey(%q) = %v, %v, want raw:3.2", text, k, err)
		}
	}
	for _, text := range []string{"raw:3", "raw:3.8", "raw:1024.0", "raw:-1.0", "raw:3.2=2", "raw:3.2=", "raw:.2", "raw:x.y", "raw:0x3.2"} {
		want := `key "` + text + `": want raw:BYTE.BIT, byte 0 to 1023 and bit 0 to 7, and =0 where the bit is clear while the key is down`
		if k, err := ParseKey(text); err == nil || err.Error() != want || k != (Key{}) {
			t.Errorf("ParseKey(%q) = %v, %v\nwant %s", text, k, err, want)
		}
	}
}

func TestAnyKey(t *testing.T) {
	if AnyKey.String() != "any" || AnyKey.Name() != "Any key" {
		t.Errorf("AnyKey is %q, %q", AnyKey.String(), AnyKey.Name())
	}
	for _, text := range []string{"any", "ANY", "any key", "Any_Key"} {
		if k, err := ParseKey(text); err != nil || k != AnyKey {
			t.Errorf("ParseKey(%q) = %v, %v, want AnyKey", text, k, err)
		}
	}
	if k, err := ParseKey("0x00:0x01"); err == nil {
		t.Errorf("page 0 gave %v, which is no key of a device", k)
	}
	if !BootKeyboard.Has(AnyKey) {
		t.Error("a keyboard has no AnyKey")
	}
	if d := parse(t, "06 00 ff 09 01 a1 01 09 02 15 00 26 ff 00 75 08 95 40 81 02 c0"); d.Has(AnyKey) {
		t.Error("a vendor's blob has keys")
	}
}

// TestDecodeRaw: bits of a device that nothing describes, and beside what a descriptor says.
func TestDecodeRaw(t *testing.T) {
	const vendor = "06 00 ff 09 01 a1 01 85 01 09 02 15 00 26 ff 00 75 08 95 03 81 02 c0" // report 1 of three bytes
	type step struct{ report, want string }
	for _, test := range []struct {
		name, descriptor, keys string
		steps                  []step
	}{
		{"no_descriptor", "", "raw:0.0 raw:2.7=0", []step{
			{"00 00 80", ""},
			{"01 00 80", "+raw:0.0"},
			{"01 00 80", ""},
			{"01 00", ""}, // too short to tell the other
			{"00 00 00", "-raw:0.0 +raw:2.7=0"},
			{"", ""},
			{"00 00 80", "-raw:2.7=0"},
		}},
		{"bytes_count_from_the_report_id", vendor, "raw:1.0", []step{{"01 01 00 00", "+raw:1.0"}, {"01 00 01 00", "-raw:1.0"}}},
		{"beside_a_described_key", "05 09 09 01 25 01 75 01 95 01 81 02", "raw:0.1", []step{
			{"03", "+raw:0.1 +button:1"}, {"01", "-raw:0.1"}, {"00", "-button:1"},
		}},
		{"only_raw_keys_are_taken", "", "any button:1", []step{{"ff", ""}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d *Descriptor
			if test.descriptor != "" {
				d = parse(t, test.descriptor)
			}
			var keys []Key
			for text := range strings.FieldsSeq(test.keys) {
				k, err := ParseKey(text)
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, k)
			}
			dec := NewDecoder(d, keys...)
			for n, s := range test.steps {
				if got := show(dec.Decode(unhex(t, s.report), nil)); got != s.want {
					t.Errorf("report %d, Decode(%s) = %q, want %q", n+1, s.report, got, s.want)
				}
			}
		})
	}
}

func TestRawKeyBetween(t *testing.T) {
	for _, test := range []struct{ name, idle, pressed, want string }{
		{"one_bit", "00 00 00", "00 04 00", "raw:1.2"},
		{"a_bit_that_clears", "1f 03", "1e 03", "raw:0.0=0"},
		{"rather_one_that_is_set", "15", "16", "raw:0.1"},
		{"the_earliest_byte", "00 01 00", "00 00 01", "raw:1.0=0"},
		{"not_a_clock", "00 00 00 07, 00 00 00 09, 00 00 00 10", "00 01 00 20, 00 01 00 23", "raw:1.0"},
		{"not_a_bit_that_flickers_while_it_is_down", "00 00, 00 00", "80 01, 00 01", "raw:1.0"},
		{"reports_of_two_lengths", "01 00, 01 00 00", "01 02, 01 02 00", "raw:1.1"},
		{"a_byte_that_only_one_side_has", "00", "00 01", ""},
		{"nothing_differs", "01 00", "01 00", ""},
		{"only_what_changes_anyway", "00 01, 00 02", "00 03", ""},
		{"no_idle_report", "", "01", ""},
		{"no_pressed_report", "01", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, ok := rawKeyBetween(unhexAll(t, test.idle), unhexAll(t, test.pressed))
			if got := map[bool]string{true: k.String()}[ok]; got != test.want {
				t.Errorf("rawKeyBetween(%s; %s) = %q, want %q", test.idle, test.pressed, got, test.want)
			}
			if ok { // and it decodes what it was learnt from
				dec := NewDecoder(nil, k)
				for _, r := range unhexAll(t, test.idle) {
					if got := show(dec.Decode(r, nil)); got != "" {
						t.Errorf("an idle report %x gave %q", r, got)
					}
				}
				for i, r := range unhexAll(t, test.pressed) {
					if got, want := show(dec.Decode(r, nil)), map[bool]string{true: "+" + k.String()}[i == 0]; got != want {
						t.Errorf("a pressed report %x gave %q, want %q", r, got, want)
					}
				}
			}
		})
	}
}

// unhexAll reads reports with commas between them.
func unhexAll(t *testing.T, s string) [][]byte {
	t.Helper()
	var reports [][]byte
	for report := range strings.SplitSeq(s, ",") {
		if b := unhex(t, report); len(b) > 0 {
			reports = append(reports, b)
		}
	}
	return reports
}
