package labels_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/internal/labels"
)

// Each kind of device is drawn as it lies. Bound keys are those that say Praise.
func TestLayouts(t *testing.T) {
	one := func(keys ...string) []string {
		var out []string
		for _, k := range keys {
			out = append(out, button("1209:0001", k, `tap = "praise"`))
		}
		return out
	}
	tests := []struct {
		name    string
		buttons []string
		want    string
	}{
		{"keypad_of_18", one("Keypad 1", "Backspace"), "Num Lock| /| *| Backspace|Praise| 7| 8| 9| -| 4| 5| 6| +| 1|Praise| 2| 3| Enter| 0| .|"},
		{"function_keys", one("F14"), "F13| F14|Praise| F15| F16| F17| F18| F19| F20| F21| F22| F23| F24|"},
		{"number_row", one("3"), "1| 2| 3|Praise| 4| 5| 6| 7| 8| 9| 0|"},
		{"arcade", one("button:2", "button:4"), "1| 2|Praise| 3| 4|Praise|"},
		{"many_buttons", one("button:900", "button:2"), "900|Praise| 2|Praise|"},
		{"media", one("Volume Up", "Mute"), "Volume Up|Praise| Mute|Praise|"},
		{"any", one("any"), "Any key|Praise|"},
		{"letters_alone", one("Backspace", "A"), "Backspace|Praise| A|Praise|"},
		{"mixed", one("A", "Keypad 0", "F13"), "Num Lock| /| *| -| 7| 8| 9| +| 4| 5| 6| 1| 2| 3| Enter| 0|Praise| .| " +
			"F13|Praise| F14| F15| F16| F17| F18| F19| F20| F21| F22| F23| F24| A|Praise|"},
		{
			"stream_deck_mini",
			[]string{button("0fd9:0063", "button:5", `tap = "praise"`)},
			"1| 2| 3| 4| 5|Praise| 6|",
		},
		{
			"x-keys_by_columns", []string{button("05f3:0405", "button:2", `tap = "praise"`)}, // XK-24: 6 rows, 4 columns
			"1| 7| 13| 19| 2|Praise|",
		},
		{
			"beside_the_grid", // XBA-4x3 Trackball: 13 is beside the ball
			[]string{button("05f3:05d0", "button:13", `tap = "praise"`), button("05f3:05d0", "button:1", `tap = "praise"`), button("05f3:05d0", "kp1", `tap = "praise"`)},
			"1|Praise| 4| 7| 10| 2| 5| 8| 11| 3| 6| 9| 12| 13|Praise| 1|Praise|",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := read(t, sheet(t, labels.Options{}, test.buttons...))
			keys := strings.Join(got.keys, " ")
			if test.name == "x-keys_by_columns" {
				keys = strings.Join(got.keys[:5], " ")
			}
			if diff := cmp.Diff(test.want, keys); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
			if len(got.stickers) != len(test.buttons) {
				t.Errorf("%d stickers for %d bound keys: %q", len(got.stickers), len(test.buttons), got.stickers)
			}
		})
	}
}

var (
	model    = button("04d9:1203", "Keypad 1", `tap = "praise"`) + button("04d9:1203", "Keypad 2", `tap = "undo"`)
	bySerial = button("04d9:1203#A7", "Keypad 1", `tap = "bill"`)
	byPort   = button("0079:0006@1-2", "button:1", `tap = "bare"`)
)

// Twins have a card each, with the keys of their model.
func TestDevices(t *testing.T) {
	tests := []struct {
		name, device string
		stickers     []string
		cards        []string
		err          string
	}{
		{
			"all", "",
			[]string{"1|Praise|", "2|UNDO|", "1|Bill not understood|", "2|UNDO|", "1|bare|"},
			[]string{"04d9:1203", "04d9:1203#A7", "0079:0006@1-2"},
			"",
		},
		{"serial", "04d9:1203#A7", []string{"1|Bill not understood|", "2|UNDO|"}, []string{"04d9:1203#A7"}, ""},
		{"model", "0079:0006", []string{"1|bare|"}, []string{"0079:0006@1-2"}, ""},
		{"not_named_itself", "04d9:1203@1-4", []string{"1|Praise|", "2|UNDO|"}, []string{"04d9:1203@1-4"}, ""},
		{
			"unknown", "1111:2222", nil, nil,
			"no key of 1111:2222 is bound; the configuration names 04d9:1203, 04d9:1203#A7, 0079:0006@1-2",
		},
		{
			"another_twin", "0079:0006#X", nil, nil,
			"no key of 0079:0006#X is bound; the configuration names 04d9:1203, 04d9:1203#A7, 0079:0006@1-2",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var o labels.Options
			if test.device != "" {
				o.Device, _ = hid.ParseMatch(test.device)
			}
			s, err := labels.New(parse(t, model, bySerial, byPort), o)
			if fmt.Sprint(err) != test.err && (err != nil || test.err != "") {
				t.Fatalf("New: %v, want %q", err, test.err)
			}
			if err != nil {
				return
			}
			got := read(t, s)
			if diff := cmp.Diff(test.stickers, got.stickers); diff != "" {
				t.Errorf("stickers (-want +got):\n%s", diff)
			}
			if s.Cards() != len(test.cards) || s.Stickers() != len(test.stickers) || len(got.cards) != len(test.cards) {
				t.Fatalf("%d cards of %d, %d stickers; want %d and %d", len(got.cards), s.Cards(), s.Stickers(), len(test.cards), len(test.stickers))
			}
			for i, name := range test.cards {
				if !strings.Contains(got.cards[i], "Device: "+name+"\n") {
					t.Errorf("card %d is not headed %q:\n%s", i, name, got.cards[i])
				}
			}
		})
	}
}

func TestWithoutUndo(t *testing.T) {
	s := sheet(t, labels.Options{}, model, byPort, button("1209:0001", "any", `tap = "praise"`))
	want := []hid.Match{{VendorID: 0x79, ProductID: 6, Port: "1-2"}}
	if diff := cmp.Diff(want, s.WithoutUndo()); diff != "" {
		t.Errorf("WithoutUndo (-want +got):\n%s", diff)
	}
	got := read(t, s)
	if strings.Contains(got.cards[0], "has no UNDO key") || !strings.Contains(got.cards[1], "has no UNDO key") {
		t.Errorf("the cards say the wrong thing of undo:\n%s", strings.Join(got.cards, "\n---\n"))
	}
}

// How the undo key is pressed is said as it is bound.
func TestUndoGesture(t *testing.T) {
	for gesture, want := range map[string]string{"tap": "Press F13", "hold": "Hold F13", "double": "Press F13 twice, quickly"} {
		got := read(t, sheet(t, labels.Options{}, button("1209:0001", "F13", gesture+` = "undo"`)))
		if !strings.Contains(got.cards[0], want+".") {
			t.Errorf("%s: the card does not say %q:\n%s", gesture, want, got.cards[0])
		}
	}
}

// Of several ways to undo, the card has the easiest.
func TestEasiestUndo(t *testing.T) {
	hold, tap, double := button("1209:0001", "F13", `hold = "undo"`), button("1209:0001", "F14", `tap = "undo"`), button("1209:0001", "F15", `double = "undo"`)
	for _, test := range []struct {
		buttons []string
		want    string
	}{
		{[]string{hold, double, tap}, "Press F14."},
		{[]string{hold, double}, "Press F15 twice, quickly."},
	} {
		if card := read(t, sheet(t, labels.Options{}, test.buttons...)).cards[0]; !strings.Contains(card, test.want) {
			t.Errorf("the card does not say %q:\n%s", test.want, card)
		}
	}
}

// A key that the model does not have is listed apart: nobody can press it, to undo
// or else, and a sticker would be for nothing.
func TestMissingKeys(t *testing.T) {
	const deck = "0fd9:0080"
	s := sheet(t, labels.Options{},
		button(deck, "button:16", `tap = "bill"`+"\n"+`hold = "undo"`), button(deck, "kp1", `tap = "undo"`), button(deck, "button:1", `tap = "praise"`))
	got := read(t, s)
	if diff := cmp.Diff([]string{"1|Praise|"}, got.stickers); diff != "" || s.Stickers() != 1 {
		t.Errorf("stickers, said to be %d (-want +got):\n%s", s.Stickers(), diff)
	}
	if len(got.keys) != 15 {
		t.Errorf("%d keys are drawn, want the 15 of the deck: %q", len(got.keys), got.keys)
	}
	_, apart, _ := strings.Cut(got.html, "this model has no such key")
	for _, say := range []string{"Button 16", "Bill not understood", "hold: ", "UNDO", "Keypad 1"} {
		if !strings.Contains(apart, say) {
			t.Errorf("the keys that are missing are not said with %q:\n%s", say, apart)
		}
	}
	if !strings.Contains(got.cards[0], "has no UNDO key") || strings.Contains(got.cards[0], "Keypad 1") {
		t.Errorf("the card says of a key that cannot be pressed:\n%s", got.cards[0])
	}
	device := hid.Match{VendorID: 0x0fd9, ProductID: 0x80}
	keypad1 := hid.Key{Page: hid.PageKeyboard, Usage: 0x59}
	want := []labels.Missing{{Device: device, Name: "Stream Deck MK.2", Keys: []hid.Key{hid.ButtonKey(16), keypad1}}}
	if diff := cmp.Diff(want, s.Missing()); diff != "" {
		t.Errorf("Missing (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]hid.Match{device}, s.WithoutUndo()); diff != "" {
		t.Errorf("WithoutUndo (-want +got):\n%s", diff)
	}

	s = sheet(t, labels.Options{}, button(deck, "button:16", `tap = "bill"`)) // no key is left
	if got := read(t, s); len(got.cards) != 1 || len(got.stickers) != 0 || s.Stickers() != 0 {
		t.Errorf("%d cards, stickers %q; want 1 and none", len(got.cards), got.stickers)
	}
}

// A device that the configuration does not name itself is told from one that it does.
func TestUnnamed(t *testing.T) {
	for device, want := range map[string]bool{"04d9:1203": false, "04d9:1203#A7": false, "04d9:1203#B2": true} {
		m, err := hid.ParseMatch(device)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := sheet(t, labels.Options{Device: m}, model, bySerial).Unnamed()
		if ok != want || ok && got != m {
			t.Errorf("%s: Unnamed() = %v, %v, want %v", device, got, ok, want)
		}
	}
}

func TestNewErrors(t *testing.T) {
	if _, err := labels.New(parse(t), labels.Options{}); !errors.Is(err, labels.ErrNoButtons) {
		t.Errorf("without bindings: %v, want ErrNoButtons", err)
	}
	for _, size := range []float64{-1, 7.9, 80.1} {
		if _, err := labels.New(parse(t, model), labels.Options{StickerMM: size}); err == nil {
			t.Errorf("stickers of %v mm are no error", size)
		}
	}
	got := read(t, sheet(t, labels.Options{StickerMM: 20.5}, model))
	if !strings.Contains(got.html, `style="width:20.5mm;height:20.5mm"`) {
		t.Error("stickers of 20.5 mm have another size")
	}
}
