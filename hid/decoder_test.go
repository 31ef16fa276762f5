package hid

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes changes as the tables here do: "+button:1 -button:2".
func show(changes []Change) string {
	var words []string
	for _, c := range changes {
		sign := "-"
		if c.Down {
			sign = "+"
		}
		words = append(words, sign+c.Key.String())
	}
	return strings.Join(words, " ")
}

func TestDecode(t *testing.T) {
	const (
		nineButtons = "05 09 19 01 29 09 25 01 75 01 95 09 81 02"
		twoReports  = "05 09 25 01 75 01 95 01 85 01 09 01 81 02 85 02 09 01 81 02"
		arrayAndMap = "05 07 15 00 25 ff 75 08 95 02 19 00 29 ff 81 00 25 01 75 01 95 08 19 04 29 0b 81 02"
	)
	type step struct{ report, want string }
	for _, test := range []struct {
		name, descriptor string // BootKeyboard without a descriptor
		steps            []step
	}{
		{"boot_keyboard_press_and_release", "", []step{
			{"00 00 68 00 00 00 00 00", "+keyboard:0x68"}, {"00 00 00 00 00 00 00 00", "-keyboard:0x68"},
		}},
		{"modifiers_are_keys", "", []step{
			{"82 00 00 00 00 00 00 00", "+keyboard:0xe1 +keyboard:0xe7"}, {"02 00 04 00 00 00 00 00", "-keyboard:0xe7 +keyboard:0x04"},
		}},
		{"press_and_release_between_two_reports", "", []step{
			{"00 00 04 00 00 00 00 00", "+keyboard:0x04"}, {"00 00 05 00 00 00 00 00", "-keyboard:0x04 +keyboard:0x05"},
		}},
		{"slot_order_means_nothing", "", []step{
			{"00 00 04 05 00 00 00 00", "+keyboard:0x04 +keyboard:0x05"},
			{"00 00 05 04 00 00 00 00", ""},
			{"00 00 00 00 00 04 00 00", "-keyboard:0x05"},
		}},
		{"duplicates_collapse", "", []step{
			{"00 00 04 04 04 00 00 00", "+keyboard:0x04"}, {"00 00 04 00 00 00 00 00", ""}, {"00 00 00 00 00 00 00 00", "-keyboard:0x04"},
		}},
		{"equal_report_is_no_event", "", []step{{"00 00 04 00 00 00 00 00", "+keyboard:0x04"}, {"00 00 04 00 00 00 00 00", ""}}},
		{"rollover_keeps_the_array_and_takes_modifiers", "", []step{
			{"00 00 04 05 00 00 00 00", "+keyboard:0x04 +keyboard:0x05"},
			{"02 00 01 01 01 01 01 01", "+keyboard:0xe1"},
			{"00 00 05 06 01 00 00 00", "-keyboard:0xe1"},
			{"00 00 05 06 00 00 00 00", "-keyboard:0x04 +keyboard:0x06"},
		}},
		{"post_fail_and_undefined_are_no_keys", "", []step{{"00 00 02 03 04 00 00 00", "+keyboard:0x04"}}},
		{"short_report_keeps_what_it_lacks", "", []step{
			{"00 00 04 00 00 00 00 00", "+keyboard:0x04"},
			{"01 00 05 00 00 00 00", "+keyboard:0xe0"},
			{"00", "-keyboard:0xe0"},
			{"00 00 00 00 00 00 00 00", "-keyboard:0x04"},
		}},
		{"zero_length_report_is_nothing", "", []step{{"00 00 04 00 00 00 00 00", "+keyboard:0x04"}, {"", ""}}},
		{"long_report_has_a_tail_to_ignore", "", []step{{"00 00 04 00 00 00 00 00 05 ff", "+keyboard:0x04"}}},

		{"short_report_of_buttons_goes_as_far_as_it_has_bits", nineButtons, []step{
			{"01 01", "+button:1 +button:9"}, {"00", "-button:1"}, {"01 01", "+button:1"}, {"00", "-button:1"}, {"00 00", "-button:9"},
		}},
		{"buttons_off_the_byte_border", arcadeEncoder, []step{
			{"7f 7f 7f 7f 7f 0f 00 00", ""}, {"7f 80 00 ff 7f 1f 01 00", "+button:1 +button:5"}, {"7f 7f 7f 7f 7f 02 80 ff", "-button:1 -button:5 +button:12"},
		}},
		{"report_ids", twoReports, []step{
			{"01 01", "+button:1"}, {"03 00", ""}, {"00 00", ""}, {"01", ""}, {"01 00", "-button:1"},
		}},
		{"one_key_in_two_reports_is_down_while_either_says_so", twoReports, []step{
			{"01 01", "+button:1"}, {"02 01", ""}, {"01 00", ""}, {"02 00", "-button:1"},
		}},
		{"one_key_in_an_array_and_a_bitmap", arrayAndMap, []step{
			{"04 00 00", "+keyboard:0x04"}, {"00 00 01", ""}, {"00 05 02", "-keyboard:0x04 +keyboard:0x05"}, {"00 00 00", "-keyboard:0x05"},
		}},
		{"media_array_of_16_bits", mediaKeyboard, []step{
			{"02 cd 00", "+consumer:0xcd"}, {"02 e9 00", "-consumer:0xcd +consumer:0xe9"}, {"02 00 00", "-consumer:0xe9"}, {"02 00 03", ""},
		}},
		{"array_index_counts_from_the_logical_minimum", mediaKeyboard, []step{
			{"03 01", "+system:0x81"}, {"03 03", "-system:0x81 +system:0x83"}, {"03 00", "-system:0x83"}, {"03 04", ""},
		}},
		{"array_with_negative_minimum", "05 09 19 01 29 03 15 ff 25 01 75 08 95 01 81 00", []step{
			{"ff", "+button:1"}, {"00", "-button:1 +button:2"}, {"01", "-button:2 +button:3"}, {"80", "-button:3"}, {"02", ""},
		}},
		{"array_with_a_usage_list", "15 01 25 03 75 02 95 01 05 0c 09 cd 05 07 09 68 05 0c 09 e9 81 00", []step{
			{"01", "+consumer:0xcd"}, {"02", "-consumer:0xcd +keyboard:0x68"}, {"03", "-keyboard:0x68 +consumer:0xe9"}, {"00", "-consumer:0xe9"},
		}},
		{"array_index_past_the_usages", "15 01 25 0f 75 08 95 01 05 09 09 01 09 02 81 00", []step{{"02", "+button:2"}, {"03", "-button:2"}}},
		{"one_is_no_rollover_off_the_keyboard_page", "05 0c 19 00 29 ff 15 00 26 ff 00 75 08 95 02 81 00", []step{
			{"01 cd", "+consumer:0x01 +consumer:0xcd"},
		}},
		{"button_0_and_consumer_0_are_nothing", "15 00 25 01 75 01 95 01 05 09 09 00 81 02 05 0c 09 00 81 02", []step{{"03", ""}}},
		{"last_usage_repeats", "05 09 09 01 09 02 25 01 75 01 95 04 81 02", []step{
			{"08", "+button:2"}, {"04", ""}, {"00", "-button:2"},
		}},
		{"constant_without_usages_is_padding", "05 09 25 01 75 01 95 01 81 03 09 02 81 02", []step{{"03", "+button:2"}}},
		{"constant_with_usages_is_no_padding", "05 09 09 01 25 01 75 01 95 01 81 03 09 02 81 02", []step{{"03", "+button:1 +button:2"}}},
		{"buttons_as_bytes", "05 09 19 01 29 02 15 00 26 ff 00 75 08 95 02 81 02", []step{
			{"00 07", "+button:2"}, {"01 ff", "+button:1"}, {"01 00", "-button:2"},
		}},
		{"button_byte_outside_its_range_is_null", "05 09 09 01 15 00 25 02 75 08 95 01 81 42", []step{
			{"01", "+button:1"}, {"ff", "-button:1"},
		}},
		{"hat_and_axes_are_no_keys", "05 01 09 30 09 39 15 00 25 07 75 08 95 02 81 42", []step{{"07 03", ""}}},
		{"d_pad_bits_are_keys", "05 01 19 90 29 93 25 01 75 01 95 04 81 02", []step{{"05", "+system:0x90 +system:0x92"}}},
		{"wheel_and_pan_are_no_keys", "05 0c 0a 38 02 15 81 25 7f 75 08 95 01 81 06 09 e0 81 02", []step{{"01 40", ""}}},
		{"levels_are_no_keys", "05 0c 0a 38 02 0a 61 01 09 e9 15 00 26 ff 00 75 08 95 03 81 02", []step{{"01 01 01", "+consumer:0xe9"}}},
		{"relative_bytes_are_no_keys", "05 09 09 01 15 81 25 7f 75 08 95 01 81 06", []step{{"01", ""}}},
		{"vendor_bits_are_no_keys", "06 00 ff 09 01 25 01 75 01 95 08 81 02", []step{{"ff", ""}}},
		{"phone_mute_pulses_and_hook_switch_stays", "05 0b 25 01 75 01 95 01 09 20 81 22 09 2f 81 06", []step{
			{"03", "+telephony:0x20 +telephony:0x2f -telephony:0x2f"},
			{"03", "+telephony:0x2f -telephony:0x2f"},
			{"01", ""},
			{"00", "-telephony:0x20"},
		}},
		{"an_unnumbered_report_begins_with_data", "05 09 09 01 25 01 75 01 95 01 81 02", []step{{"01", "+button:1"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := BootKeyboard
			if test.descriptor != "" {
				d = parse(t, test.descriptor)
			}
			dec := NewDecoder(d)
			for n, s := range test.steps {
				if got := show(dec.Decode(unhex(t, s.report), nil)); got != s.want {
					t.Errorf("report %d, Decode(%s) = %q, want %q", n+1, s.report, got, s.want)
				}
			}
		})
	}
}

func TestDecodeAppends(t *testing.T) {
	first := Change{ButtonKey(7), true}
	got := NewDecoder(BootKeyboard).Decode([]byte{0, 0, 4, 0, 0, 0, 0, 0}, []Change{first})
	if diff := cmp.Diff([]Change{first, {Key{PageKeyboard, 4}, true}}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestBaseline: a key that was held before the device was opened is neither pressed nor released, and counts from its next press.
func TestBaseline(t *testing.T) {
	dec := NewDecoder(BootKeyboard)
	held := []byte{2, 0, 4, 0, 0, 0, 0, 0}
	dec.Baseline(held)
	if diff := cmp.Diff([]Key{{PageKeyboard, 0x04}, {PageKeyboard, 0xe1}}, dec.Down()); diff != "" {
		t.Errorf("Down() after the base line (-want +got):\n%s", diff)
	}
	for _, step := range []struct {
		report []byte
		want   string
	}{
		{held, ""},
		{[]byte{2, 0, 4, 5, 0, 0, 0, 0}, "+keyboard:0x05"},
		{[]byte{0, 0, 5, 0, 0, 0, 0, 0}, ""},
		{[]byte{0, 0, 5, 4, 0, 0, 0, 0}, "+keyboard:0x04"},
	} {
		if got := show(dec.Decode(step.report, nil)); got != step.want {
			t.Errorf("Decode(%x) = %q, want %q", step.report, got, step.want)
		}
	}
}

// TestReset: an unplugged device holds nothing down, and starts afresh when it is back.
func TestReset(t *testing.T) {
	dec := NewDecoder(BootKeyboard)
	dec.Baseline([]byte{1, 0, 0, 0, 0, 0, 0, 0})
	pressed := []byte{1, 0, 4, 5, 0, 0, 0, 0}
	dec.Decode(pressed, nil)
	if got, want := show(dec.Reset(nil)), "-keyboard:0x04 -keyboard:0x05"; got != want {
		t.Errorf("Reset() = %q, want %q", got, want)
	}
	if got := dec.Down(); len(got) != 0 {
		t.Errorf("Down() after Reset = %v, want nothing", got)
	}
	if got := show(dec.Reset(nil)); got != "" {
		t.Errorf("second Reset() = %q, want nothing", got)
	}
	if got, want := show(dec.Decode(pressed, nil)), "+keyboard:0x04 +keyboard:0x05 +keyboard:0xe0"; got != want {
		t.Errorf("Decode() after Reset = %q, want %q", got, want)
	}
}

// typing is what a fast typist's keyboard sends: press, roll over to the next key, release, with a modifier.
var typing = [][]byte{
	{0, 0, 4, 0, 0, 0, 0, 0},
	{0, 0, 4, 5, 0, 0, 0, 0},
	{2, 0, 5, 6, 7, 0, 0, 0},
	{2, 0, 8, 9, 10, 11, 12, 13},
	{0, 0, 1, 1, 1, 1, 1, 1},
	{0, 0, 0, 0, 0, 0, 0, 0},
}

func TestDecodeAllocatesNothing(t *testing.T) {
	dec := NewDecoder(BootKeyboard)
	changes := make([]Change, 0, 32)
	allocs := testing.AllocsPerRun(100, func() {
		for _, report := range typing {
			changes = dec.Decode(report, changes[:0])
		}
		dec.Decode(typing[0], changes[:0])
		changes = dec.Reset(changes[:0])
	})
	if allocs != 0 {
		t.Errorf("%v allocations for %d reports, want none", allocs, len(typing))
	}
}
