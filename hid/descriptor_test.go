package hid

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// unhex reads bytes as the tables here write them: hexadecimal, with spaces anywhere.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, descriptor string) *Descriptor {
	t.Helper()
	d, err := ParseDescriptor(unhex(t, descriptor))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Descriptors that several tests use.
const (
	// Five axes, a hat, twelve buttons from bit 44, and a byte of vendor data: the layout of a "zero delay" arcade encoder.
	arcadeEncoder = `05 01 09 04 a1 01 a1 02  75 08 95 05 15 00 26 ff 00 09 30 09 31 09 32 09 32 09 35 81 02
		75 04 95 01 25 07 09 39 81 42  75 01 95 0c 25 01 05 09 19 01 29 0c 81 02
		06 00 ff 95 08 09 01 81 02 c0 c0`
	// A keyboard (id 1, with lights), media keys in an array (id 2) and system keys (id 3).
	mediaKeyboard = `05 01 09 06 a1 01 85 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 06 75 08 26 ff 00
		19 00 29 ff 81 00 05 08 19 01 29 03 25 01 75 01 95 03 91 02 95 05 91 01 c0
		05 0c 09 01 a1 01 85 02 19 00 2a ff 02 15 00 26 ff 02 75 10 95 01 81 00 c0
		05 01 09 80 a1 01 85 03 19 81 29 83 15 01 25 03 75 08 95 01 81 00 c0`
)

func TestParseDescriptor(t *testing.T) {
	key := func(page, min, max uint16) []UsageRange { return []UsageRange{{page, min, max}} }
	variable := func(bit, size, count int, min, max int64, usages []UsageRange) Field {
		return Field{Flags: FlagVariable, BitOffset: bit, Size: size, Count: count, LogicalMin: min, LogicalMax: max, Usages: usages}
	}
	array := func(bit, size, count int, min, max int64, usages []UsageRange) Field {
		f := variable(bit, size, count, min, max, usages)
		f.Flags = 0
		return f
	}
	numbered := func(id uint8, f Field) Field {
		f.ReportID = id
		return f
	}
	for _, test := range []struct {
		name, descriptor string
		want             []Field
	}{
		{"one_button", "05 09 09 01 15 00 25 01 75 01 95 01 81 02", []Field{variable(0, 1, 1, 0, 1, key(9, 1, 1))}},
		{
			"logical_maximum_255_in_one_byte", "05 09 09 01 15 00 25 ff 75 08 95 01 81 02",
			[]Field{variable(0, 8, 1, 0, 255, key(9, 1, 1))},
		},
		{
			"negative_logical_range", "05 09 19 01 29 03 15 81 25 7f 75 08 95 01 81 00",
			[]Field{array(0, 8, 1, -127, 127, key(9, 1, 3))},
		},
		{
			"logical_maximum_before_minimum", "05 09 09 01 25 ff 15 00 75 08 95 01 81 02",
			[]Field{variable(0, 8, 1, 0, 255, key(9, 1, 1))},
		},
		{
			"logical_range_of_four_bytes", "05 09 09 01 17 00 00 00 80 27 ff ff ff 7f 75 20 95 01 81 02",
			[]Field{variable(0, 32, 1, -1<<31, 1<<31-1, key(9, 1, 1))},
		},
		{
			"usage_of_four_bytes_beats_the_page", "05 01 0b cd 00 0c 00 25 01 75 01 95 01 81 02",
			[]Field{variable(0, 1, 1, 0, 1, key(0x0c, 0xcd, 0xcd))},
		},
		{
			"range_with_four_byte_minimum_and_short_maximum", "05 01 1b 01 00 09 00 29 03 25 01 75 01 95 03 81 02",
			[]Field{variable(0, 1, 3, 0, 1, key(9, 1, 3))},
		},
		{
			"range_with_short_minimum_and_four_byte_maximum", "05 01 19 01 2b 03 00 09 00 05 0c 25 01 75 01 95 03 81 02",
			[]Field{variable(0, 1, 3, 0, 1, key(9, 1, 3))},
		},
		{"range_with_maximum_first", "05 09 29 03 19 01 25 01 75 01 95 03 81 02", []Field{variable(0, 1, 3, 0, 1, key(9, 1, 3))}},
		{
			"page_after_the_usage_counts", "05 01 09 02 05 09 25 01 75 01 95 01 81 02",
			[]Field{variable(0, 1, 1, 0, 1, key(9, 2, 2))},
		},
		{
			"two_pages_in_one_field", "25 01 75 01 95 02 05 09 09 01 05 0c 09 cd 81 02",
			[]Field{variable(0, 1, 2, 0, 1, []UsageRange{{9, 1, 1}, {0x0c, 0xcd, 0xcd}})},
		},
		{
			"usage_list_joins_to_a_range", "05 09 09 01 09 02 09 03 25 01 75 01 95 03 81 02",
			[]Field{variable(0, 1, 3, 0, 1, key(9, 1, 3))},
		},
		{
			"range_up_to_ffff_stays_a_range", "05 0c 19 00 2a ff ff 15 00 27 ff ff 00 00 75 10 95 01 81 00",
			[]Field{array(0, 16, 1, 0, 0xffff, key(0x0c, 0, 0xffff))},
		},
		{
			"padding_moves_the_offset", "05 09 25 01 75 03 95 01 81 01 09 01 75 01 81 02",
			[]Field{variable(3, 1, 1, 0, 1, key(9, 1, 1))},
		},
		{
			"locals_end_with_every_main_item", "05 09 09 07 a1 00 25 01 75 01 95 01 81 02 09 08 c0 09 01 81 02",
			[]Field{variable(1, 1, 1, 0, 1, key(9, 1, 1))},
		},
		{
			"output_consumes_locals_and_has_its_own_offset", "05 09 25 01 75 01 95 01 09 07 91 02 09 01 81 02",
			[]Field{
				{Kind: Output, Flags: FlagVariable, Size: 1, Count: 1, LogicalMax: 1, Usages: key(9, 7, 7)},
				variable(0, 1, 1, 0, 1, key(9, 1, 1)),
			},
		},
		{
			"push_and_pop_restore_all_globals", "05 09 15 00 25 01 75 01 95 01 a4 05 0c 15 05 a4 25 07 75 08 95 02 b4 b4 09 01 81 02",
			[]Field{variable(0, 1, 1, 0, 1, key(9, 1, 1))},
		},
		{
			"delimiter_takes_the_first_alternative", "05 09 25 01 75 01 95 02 a9 01 09 01 09 07 a9 00 a9 01 19 02 29 02 09 08 a9 00 81 02",
			[]Field{variable(0, 1, 2, 0, 1, key(9, 1, 2))},
		},
		{
			"long_and_unknown_items_are_skipped", "fe 03 77 81 02 81 05 09 0c 00 25 01 75 01 95 01 09 01 81 02",
			[]Field{variable(0, 1, 1, 0, 1, key(9, 1, 1))},
		},
		{
			"items_without_data_are_0_and_a_main_item_may_have_two_bytes", "05 09 09 01 25 07 75 01 95 01 14 25 01 82 02 01",
			[]Field{{Flags: FlagVariable | 1<<8, Size: 1, Count: 1, LogicalMax: 1, Usages: key(9, 1, 1)}},
		},
		{
			"feature_consumes_locals_and_has_its_own_offset", "05 09 25 01 75 01 95 01 09 07 b1 02 09 01 81 02",
			[]Field{
				{Kind: Feature, Flags: FlagVariable, Size: 1, Count: 1, LogicalMax: 1, Usages: key(9, 7, 7)},
				variable(0, 1, 1, 0, 1, key(9, 1, 1)),
			},
		},
		{
			"each_report_id_has_its_own_offset", "05 09 25 01 75 01 95 01 85 01 09 01 81 02 85 02 09 02 81 02 85 01 09 03 81 02",
			[]Field{
				numbered(1, variable(0, 1, 1, 0, 1, key(9, 1, 1))),
				numbered(2, variable(0, 1, 1, 0, 1, key(9, 2, 2))),
				numbered(1, variable(1, 1, 1, 0, 1, key(9, 3, 3))),
			},
		},
		{
			"push_and_pop_restore_the_report_id", "05 09 25 01 75 01 95 01 85 01 a4 85 02 b4 09 01 81 02",
			[]Field{numbered(1, variable(0, 1, 1, 0, 1, key(9, 1, 1)))},
		},
		{
			"designators_and_strings_are_skipped", "05 09 25 01 75 01 95 01 39 01 49 01 59 02 79 03 89 03 99 04 09 01 81 02",
			[]Field{variable(0, 1, 1, 0, 1, key(9, 1, 1))},
		},
		{
			"units_and_physical_ranges_are_skipped", "05 09 35 00 46 3b 01 55 0e 65 14 25 01 75 01 95 01 09 01 81 02",
			[]Field{variable(0, 1, 1, 0, 1, key(9, 1, 1))},
		},
		{
			"minus_one_is_a_maximum_below_0", "05 09 09 01 15 fe 25 ff 75 08 95 01 81 02",
			[]Field{variable(0, 8, 1, -2, -1, key(9, 1, 1))},
		},
		{"maximum_alone_counts_from_0", "05 09 29 02 25 01 75 01 95 03 81 02", []Field{variable(0, 1, 3, 0, 1, key(9, 0, 2))}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, test.descriptor)
			for i := range d.Fields {
				d.Fields[i].Collection = 0
			}
			if diff := cmp.Diff(test.want, d.Fields, cmpopts.IgnoreUnexported(Field{})); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseDescriptorReports(t *testing.T) {
	d := parse(t, mediaKeyboard)
	if !d.Numbered {
		t.Error("Numbered = false, want true")
	}
	for _, test := range []struct {
		kind Kind
		id   uint8
		want int
	}{{Input, 1, 8}, {Output, 1, 2}, {Input, 2, 3}, {Input, 3, 2}, {Input, 9, 0}, {Feature, 1, 0}} {
		if got := d.ReportBytes(test.kind, test.id); got != test.want {
			t.Errorf("ReportBytes(%d, %d) = %d, want %d", test.kind, test.id, got, test.want)
		}
	}
	want := []Collection{{1, 1, 6, -1}, {1, 0x0c, 1, -1}, {1, 1, 0x80, -1}}
	if diff := cmp.Diff(want, d.Collections); diff != "" {
		t.Errorf("collections (-want +got):\n%s", diff)
	}
	nested := parse(t, arcadeEncoder).Collections
	if diff := cmp.Diff([]Collection{{1, 1, 4, -1}, {2, 0, 0, 0}}, nested); diff != "" {
		t.Errorf("nested collections (-want +got):\n%s", diff)
	}
}

func TestParseDescriptorErrors(t *testing.T) {
	for _, test := range []struct {
		name, descriptor, want string
	}{
		{"empty", "", "report descriptor: offset 0: end: there is no input, output or feature item"},
		{"too_long", strings.Repeat("c0", 4097), "report descriptor: 4097 bytes, more than 4096"},
		{"cut_off", "05 09 26 ff", "report descriptor: offset 2: logical maximum: cut off by the end"},
		{"long_item_cut_off", "05 09 fe 05 00 01", "report descriptor: offset 2: long item: cut off by the end"},
		{"long_item_without_header", "fe", "report descriptor: offset 0: long item: cut off by the end"},
		{"usage_range_backwards", "05 09 19 05 29 03", "report descriptor: offset 4: usage maximum: range from 0x5 to 0x3"},
		{
			"usage_range_over_two_pages", "1b 01 00 09 00 2b 03 00 0c 00",
			"report descriptor: offset 5: usage maximum: range from page 0x9 to page 0xc",
		},
		{"page_too_large", "07 00 00 01 00", "report descriptor: offset 0: usage page: page 0x10000 does not fit in 16 bits"},
		{
			"logical_range_backwards", "09 01 15 05 25 02 75 08 95 01 81 02",
			"report descriptor: offset 10: input: logical range from 5 to 2",
		},
		{"report_id_0", "85 00", "report descriptor: offset 0: report id: 0 is not within 1 to 255"},
		{"report_id_256", "86 00 01", "report descriptor: offset 0: report id: 256 is not within 1 to 255"},
		{"report_size", "76 01 01", "report descriptor: offset 0: report size: 257 bits, more than 256"},
		{"report_count", "97 ff ff ff ff", "report descriptor: offset 0: report count: 4294967295 values, more than 12288"},
		{"report_too_long", "76 00 01 96 00 30 81 01", "report descriptor: offset 6: input: report 0 is longer than 16384 bytes"},
		{"too_many_keys", "05 09 09 01 25 01 75 01 96 01 10 81 02", "report descriptor: offset 11: input: more than 4096 keys"},
		{"pop_without_push", "b4", "report descriptor: offset 0: pop: nothing was pushed"},
		{"push_too_deep", strings.Repeat("a4", 17), "report descriptor: offset 16: push: more than 16 levels deep"},
		{"collections_too_deep", strings.Repeat("a1 01", 33), "report descriptor: offset 64: collection: more than 32 levels deep"},
		{"collection_not_closed", "a1 01 75 08 95 01 81 01", "report descriptor: offset 8: end: the collection at offset 0 is not closed"},
		{"end_without_collection", "c0", "report descriptor: offset 0: end collection: no collection is open"},
		{"delimiter_not_closed", "a9 01 09 01 81 02", "report descriptor: offset 4: input: inside a delimiter set"},
		{"delimiter_in_a_delimiter", "a9 01 a9 01", "report descriptor: offset 2: delimiter: 1 after a delimiter of the same kind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := ParseDescriptor(unhex(t, test.descriptor))
			if err == nil || err.Error() != test.want {
				t.Errorf("error = %v, want %s", err, test.want)
			}
			if d != nil {
				t.Errorf("descriptor = %+v, want none", d)
			}
		})
	}
}

// TestDescriptorKinds: what a device list and the listener need to know of a device.
func TestDescriptorKinds(t *testing.T) {
	for _, test := range []struct {
		name, descriptor string
		class            Class
		summary          string
		has, hasNot      string
	}{
		{
			"arcade_encoder", arcadeEncoder, ClassOther, "joystick, 12 buttons", "button:1 button:12",
			"button:13 keyboard:0x04 system:0x30 system:0x39 0xff00:0x01",
		},
		{
			"media_keyboard", mediaKeyboard, ClassKeyboard, "keyboard, media keys, system keys, up to 215 keys, 3 lights",
			"keyboard:0x04 keyboard:0xff keyboard:0xe0 consumer:0xcd system:0x81 system:0x83",
			"consumer:0x300 system:0x84 button:1",
		},
		{
			"numeric_pad_without_letters", "05 01 09 07 a1 01 05 07 19 53 29 63 25 01 75 01 95 11 81 02 95 07 81 01 c0",
			ClassKeypad, "keypad, up to 17 keys", "keyboard:0x53 keyboard:0x63", "keyboard:0x64 keyboard:0x04",
		},
		{
			"array_ends_where_its_logical_range_does", "05 07 19 00 29 ff 15 00 25 03 75 08 95 01 81 00", ClassOther, "no keys",
			"", "keyboard:0x04",
		},
		{
			"mouse", "05 01 09 02 a1 01 05 09 19 01 29 03 25 01 75 01 95 03 81 02 75 05 95 01 81 01 05 01 09 30 09 31 09 38 15 81 25 7f 75 08 95 03 81 06 c0",
			ClassOther, "mouse, 3 buttons", "button:3", "button:4 system:0x30",
		},
		{
			"wheel_and_volume_dial_only_measure", "05 0c 09 01 a1 01 0a 38 02 15 81 25 7f 75 08 95 01 81 06 09 e0 81 02 09 e9 75 01 25 01 15 00 81 02 c0",
			ClassOther, "media keys", "consumer:0xe9", "consumer:0x238 consumer:0xe0",
		},
		{
			"usages_beyond_the_count_are_ignored", "05 09 19 01 29 08 25 01 75 01 95 02 81 02",
			ClassOther, "2 buttons", "button:1 button:2", "button:3",
		},
		{"values_over_32_bits_are_no_keys", "05 09 19 01 29 02 25 01 75 40 95 02 81 02", ClassOther, "no keys", "", "button:1"},
		{
			"big_red_button_says_nothing_of_its_bytes", "05 01 09 10 a1 01 05 00 19 10 29 11 15 00 25 0f 75 08 95 08 91 02 19 10 29 11 15 00 25 0f 75 08 95 08 81 00 c0",
			ClassOther, "no keys", "", "button:1",
		},
		{"system_menu_keys", "05 01 19 81 29 93 25 01 75 01 95 13 81 02", ClassOther, "no keys", "system:0x81 system:0x84 system:0x93", "system:0x94"},
		{"one_key_in_lower_bits", "05 07 09 68 25 01 75 01 95 01 81 02", ClassKeypad, "up to 1 key", "keyboard:0x68", "keyboard:0x69"},
		{"padding_and_output_are_no_keys", "05 09 25 01 75 01 95 01 81 03 09 01 91 02", ClassOther, "no keys", "", "button:1"},
		{"vendor_blob", "06 00 ff 09 01 a1 01 09 02 15 00 26 ff 00 75 08 95 40 81 02 c0", ClassOther, "vendor data", "", "0xff00:0x02"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := parse(t, test.descriptor)
			if got := d.Class(); got != test.class {
				t.Errorf("Class() = %v, want %v", got, test.class)
			}
			if got, want := d.IsKeyboard(), test.class == ClassKeyboard; got != want {
				t.Errorf("IsKeyboard() = %v, want %v", got, want)
			}
			if got := d.Summary(); got != test.summary {
				t.Errorf("Summary() = %q, want %q", got, test.summary)
			}
			for want, keys := range map[bool]string{true: test.has, false: test.hasNot} {
				for key := range strings.FieldsSeq(keys) {
					k, err := ParseKey(key)
					if err != nil {
						t.Fatal(err)
					}
					if got := d.Has(k); got != want {
						t.Errorf("Has(%v) = %v, want %v", k, got, want)
					}
				}
			}
		})
	}
	for usage := range usageErrorUndefined + 1 {
		if k := (Key{PageKeyboard, usage}); BootKeyboard.Has(k) {
			t.Errorf("a keyboard has %v, an error code", k)
		}
	}
	if got, want := BootKeyboard.Summary(), "keyboard, up to 215 keys, 5 lights"; got != want {
		t.Errorf("BootKeyboard.Summary() = %q, want %q", got, want)
	}
}

func TestLEDs(t *testing.T) {
	for _, test := range []struct {
		name string
		d    *Descriptor
		want LEDReport
	}{
		{"boot_keyboard", BootKeyboard, LEDReport{ID: 0, Size: 1, Bits: map[LED]int{1: 0, 2: 1, 3: 2, 4: 3, 5: 4}}},
		{"numbered", parse(t, mediaKeyboard), LEDReport{ID: 1, Size: 1, Bits: map[LED]int{1: 0, 2: 1, 3: 2}}},
		{
			"after_padding_and_out_of_order", parse(t, "05 08 25 01 75 09 95 01 91 01 75 01 95 02 09 03 09 01 91 02"),
			LEDReport{Size: 2, Bits: map[LED]int{3: 9, 1: 10}},
		},
		{
			"report_with_num_lock_wins", parse(t, "05 08 25 01 75 01 95 01 85 05 09 17 91 02 85 06 09 01 91 02"),
			LEDReport{ID: 6, Size: 1, Bits: map[LED]int{1: 0}},
		},
		{"brightness_is_no_light", parse(t, "05 08 09 01 26 ff 00 75 08 95 01 91 02"), LEDReport{}},
		{"none", parse(t, arcadeEncoder), LEDReport{}},
		{"input_and_constant_are_no_lights", parse(t, "05 08 25 01 75 01 95 01 09 01 81 02 09 01 91 03"), LEDReport{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.d.LEDs()
			if want := test.want.Bits != nil; ok != want {
				t.Errorf("LEDs() ok = %v, want %v", ok, want)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("LEDs() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLEDReport(t *testing.T) {
	leds := LEDReport{ID: 6, Size: 2, Bits: map[LED]int{LEDNumLock: 0, LEDCapsLock: 9}}
	for _, test := range []struct {
		name string
		lit  []LED
		want []byte
	}{
		{"dark", nil, []byte{6, 0, 0}},
		{"num_lock", []LED{LEDNumLock}, []byte{6, 1, 0}},
		{"both", []LED{LEDNumLock, LEDCapsLock}, []byte{6, 1, 2}},
		{"a_light_that_is_not_there", []LED{LEDScrollLock, LEDCapsLock}, []byte{6, 0, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, leds.Report(test.lit...), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Report(%v) (-want +got):\n%s", test.lit, diff)
			}
		})
	}
}
