package hid

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hexes are reports as text, the zeros at their end cut and their length said.
func hexes(reports [][]byte) []string {
	var text []string
	for _, r := range reports {
		text = append(text, fmt.Sprintf("% x (%d)", bytes.TrimRight(r[1:], "\x00"), len(r)))
	}
	return text
}

// recordedCall is a call of another program to an X-keys panel, and the reports that it sent.
type recordedCall struct {
	SentData  []string
	Method    string
	Arguments []any
}

// sent is what was recorded, as bytes.
func (c recordedCall) sent(t *testing.T) [][]byte {
	t.Helper()
	var reports [][]byte
	for _, s := range c.SentData {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, b)
	}
	return reports
}

// TestXKeysLights compares with every recorded call that lights what this program lights: the lights at the edge, and the red one
// under the first key.
func TestXKeysLights(t *testing.T) {
	for _, file := range corpusFiles(t, filepath.Join("xkeys-recordings", "*.json")) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var recording struct {
				Device  struct{ ProductID uint16 }
				Actions []recordedCall
			}
			if err := json.Unmarshal(raw, &recording); err != nil {
				t.Fatal(err)
			}
			profile, ok := ProfileFor(0x05f3, recording.Device.ProductID)
			if !ok {
				t.Fatalf("no profile of product %d", recording.Device.ProductID)
			}
			lamp, ok := profile.lamp.(xkeysLamp)
			if !ok {
				t.Fatalf("%s has the lamp %T, want that of an X-keys panel", profile.Name, profile.lamp)
			}
			compared := 0
			for _, call := range recording.Actions {
				for _, report := range call.sent(t) {
					light, ok := lamp.lightOf(report)
					if !ok {
						continue
					}
					compared++
					shown := lamp.show(ButtonKey(1), light)
					if !slices.ContainsFunc(shown, func(r []byte) bool { return bytes.Equal(r, report) }) {
						t.Errorf("%s%v sent % x (%d); %v sends %q", call.Method, call.Arguments, report[:6], len(report), light, hexes(shown))
					}
				}
			}
			want := 4 // two lights at the edge, on and off
			if lamp.red > 0 {
				want += 2
			}
			if compared < want {
				t.Errorf("%d reports compared, want %d at least", compared, want)
			}
		})
	}
}

// lightOf is the answer that has a recorded report in it; false for what this program does not do: flashing, the blue lights,
// all at once.
func (x xkeysLamp) lightOf(report []byte) (Light, bool) {
	command, number, state := report[1], report[2], report[3]
	switch {
	case state > 1, command != xkeysIndicator && command != xkeysKeyLight:
		return 0, false
	case command == xkeysKeyLight && (x.red == 0 || int(number) < x.red):
		return 0, false
	case state == 0:
		return 0, true
	case command == xkeysIndicator && number == xkeysGreen:
		return Stored, true
	}
	return NotStored, true
}

func TestXKeysKeyLights(t *testing.T) {
	tests := []struct {
		name string
		lamp xkeysLamp
		key  Key
		want string // the third report; empty: there are but two
	}{
		{"first", xkeysLamp{rows: 6, red: 32, tail: 1}, ButtonKey(1), "b5 20 01 01 (36)"},
		{"second column of six", xkeysLamp{rows: 6, red: 32, tail: 1}, ButtonKey(8), "b5 29 01 01 (36)"},
		{"last of 24", xkeysLamp{rows: 6, red: 32, tail: 1}, ButtonKey(24), "b5 3d 01 01 (36)"},
		{"last of 128", xkeysLamp{rows: 8, red: 128, tail: 1}, ButtonKey(128), "b5 ff 01 01 (36)"},
		{"program switch", xkeysLamp{rows: 6, red: 32, tail: 1}, Key{Page: PageButton}, ""},
		{"no such button", xkeysLamp{rows: 6, red: 32, tail: 1}, ButtonKey(25), ""},
		{"no key lights", xkeysLamp{}, ButtonKey(1), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := []string{"b3 06 (36)", "b3 07 01 (36)"}
			if tt.want != "" {
				want = append(want, tt.want)
			}
			if diff := cmp.Diff(want, hexes(tt.lamp.show(tt.key, NotStored))); diff != "" {
				t.Errorf("not stored (-want +got):\n%s", diff)
			}
		})
	}
}

func TestXKeysColours(t *testing.T) {
	lamp := xkeysLamp{rows: 6, red: 32, tail: 1}
	for light, want := range [][]string{
		{"b3 06 (36)", "b3 07 (36)", "b5 20 00 01 (36)"},
		{"b3 06 01 (36)", "b3 07 (36)", "b5 20 00 01 (36)"},
		{"b3 06 01 (36)", "b3 07 01 (36)", "b5 20 01 01 (36)"},
		{"b3 06 (36)", "b3 07 01 (36)", "b5 20 01 01 (36)"},
	} {
		if diff := cmp.Diff(want, hexes(lamp.show(ButtonKey(1), Light(light)))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", Light(light), diff)
		}
	}
}

// TestColourLamps has the wire form as the sources of the lamps give it. MuteMe's bit 3 must never be set: with red it starts
// its firmware update.
func TestColourLamps(t *testing.T) {
	tests := []struct {
		name string
		lamp *colourLamp
		want [NotStored + 1]string
	}{
		{"MuteMe", muteMeLamp, [...]string{"00 00", "00 02", "00 03", "00 01"}},
		{"Luxafor", luxaforLamp, [...]string{
			"00 01 ff 00 00 00 00 00 00", "00 01 ff 00 ff 00 00 00 00",
			"00 01 ff ff 60 00 00 00 00", "00 01 ff ff 00 00 00 00 00",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for light, want := range tt.want {
				if got := fmt.Sprintf("% x", tt.lamp.show(ButtonKey(1), Light(light))[0]); got != want {
					t.Errorf("%v: %s, want %s", Light(light), got, want)
				}
			}
			if got := fmt.Sprintf("% x", tt.lamp.rest()[0]); got != tt.want[0] {
				t.Errorf("at rest: %s, want %s", got, tt.want[0])
			}
		})
	}
}
