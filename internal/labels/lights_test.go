package labels_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/internal/labels"
)

// A card explains the light that its device has, and none where it has none.
func TestLights(t *testing.T) {
	const (
		none    = "This device has no light"
		blinks  = "1 blink: counted"
		perhaps = "If it has a light"
	)
	tests := []struct {
		name, device, key string
		want              []string
		not               string
	}{
		{"webkey", "05ac:0301", "any", []string{none, "magicbutton events --follow"}, "blink"},
		{"big_red_button", "1d34:000d", "button:1", []string{none}, "blink"},
		{"stream_deck_pedal", "0fd9:0086", "button:1", []string{none}, "blink"},
		{"contour", "0b33:0030", "button:7", []string{none}, "blink"},
		{"stream_deck", "0fd9:0080", "button:1", []string{"The pressed key lights up\n", "1 green blink: counted", "2 amber blinks: already", "3 long red blinks: NOT"}, none},
		{"stream_deck_touch", "0fd9:009a", "button:1", []string{"a touch key answers on key 1"}, none},
		{"stream_deck_dial", "0fd9:00c6", "button:1", []string{"a dial answers on key 1"}, none},
		{"x-keys", "05f3:0405", "button:1", []string{"The lights at its edge", "2 green-and-red blinks"}, none},
		{"muteme", "20a0:42da", "button:1", []string{"The button itself", "2 yellow blinks"}, none},
		{"luxafor", "04d8:f372", "button:1", []string{"The button itself", "2 amber blinks"}, none},
		{"borrowed_ids", "16c0:27db", "button:1", []string{"2 yellow blinks"}, none},
		{"borrowed_by_a_keypad", "16c0:27db", "kp1", []string{"What the NumLock light says", blinks}, none},
		{"keypad", "04d9:1203", "kp1", []string{"What the NumLock light says", blinks}, perhaps},
		{"encoder", "0079:0006", "button:1", []string{perhaps, blinks}, "NumLock"},
		{"typing_pedal", "0c45:7404", "F13", []string{perhaps, blinks}, "NumLock"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			card := read(t, sheet(t, labels.Options{}, button(test.device, test.key, `tap = "praise"`))).cards[0]
			for _, want := range test.want {
				if !strings.Contains(card, want) {
					t.Errorf("the card does not say %q:\n%s", want, card)
				}
			}
			if strings.Contains(card, test.not) {
				t.Errorf("the card says %q:\n%s", test.not, card)
			}
		})
	}
}

// Every model that is known is printed: each button that it has once, no other, and
// its light by name where it has one.
func TestEveryModel(t *testing.T) {
	for p := range hid.Profiles() {
		d, ok := p.Descriptor()
		if !ok || p.VendorID == 0 {
			continue
		}
		device := hid.Match{VendorID: p.VendorID, ProductID: p.ProductIDs[0]}
		if _, ok := hid.ProfileOf(hid.Device{VendorID: device.VendorID, ProductID: device.ProductID}); !ok {
			continue // its ids are others', too
		}
		t.Run(p.Name, func(t *testing.T) {
			var bound, want []string
			missing := 0
			for n := 149; n >= 0; n-- { // the last first: it is beside the panel, where one is
				if d.Has(hid.ButtonKey(n)) {
					want = append(want, fmt.Sprintf("%d|Praise|", n))
				} else if missing++; missing > 2 {
					continue
				}
				bound = append(bound, button(device.String(), fmt.Sprintf("button:%d", n), `tap = "praise"`))
			}
			slices.Sort(want)
			s := sheet(t, labels.Options{}, bound...)
			got := read(t, s)
			for where, keys := range map[string][]string{"stickers": got.stickers, "card": got.keys} {
				slices.Sort(keys)
				if diff := cmp.Diff(want, keys); diff != "" {
					t.Errorf("keys of the %s (-want +got):\n%s", where, diff)
				}
			}
			if s.Stickers() != len(want) {
				t.Errorf("Stickers() = %d, want %d", s.Stickers(), len(want))
			}
			card := got.cards[0]
			if p.HasLamp() != strings.Contains(card, "green blink") || strings.Contains(card, "Its own light") {
				t.Errorf("HasLamp is %v; the card says of the light:\n%s", p.HasLamp(), card)
			}
		})
	}
}
