package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/api"
	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

func TestParseAnswer(t *testing.T) {
	tags := []cx.Tag{{Code: "praise"}, {Code: "bill-unclear"}, {Code: "bill-late"}, {Code: "billing"}, {Code: "hold"}, {Code: "u"}, {Code: "bill"}}
	tag := func(code string) config.Action { return config.Action{Tag: code} }
	undo := config.Action{Undo: true}
	tests := []struct {
		line string
		want answer
		err  string // in the error
	}{
		{"", answer{}, ""},
		{" \t", answer{}, ""},
		{"1", answer{what: answerBind, tap: tag("praise")}, ""},
		{"7", answer{what: answerBind, tap: tag("bill")}, ""},
		{"praise", answer{what: answerBind, tap: tag("praise")}, ""},
		{"PRA", answer{what: answerBind, tap: tag("praise")}, ""},
		{"bill", answer{what: answerBind, tap: tag("bill")}, ""}, // whole, though others begin so
		{"bill-l", answer{what: answerBind, tap: tag("bill-late")}, ""},
		{"u", answer{what: answerBind, tap: undo}, ""}, // and not the tag
		{"undo", answer{what: answerBind, tap: undo}, ""},
		{"6", answer{what: answerBind, tap: tag("u")}, ""},
		{"2 hold 5", answer{what: answerBind, tap: tag("bill-unclear"), hold: tag("hold")}, ""},
		{"tap 2 double u hold 1", answer{what: answerBind, tap: tag("bill-unclear"), hold: tag("praise"), double: undo}, ""},
		{"hold 1", answer{what: answerBind, hold: tag("praise")}, ""},
		{"s", answer{what: answerSkip}, ""},
		{"Q", answer{what: answerQuit}, ""},
		{"?", answer{what: answerHelp}, ""},
		{"by port", answer{what: answerNaming, by: byPort}, ""},
		{"0", answer{}, "the list goes from 1 to 7"},
		{"8", answer{}, "no number 8"},
		{"-1", answer{}, "no number -1"},
		{"99999999999999999999", answer{}, `no tag "99999999999999999999"`},
		{"bill-", answer{}, `"bill-" begins bill-unclear and bill-late`},
		{"prasie", answer{}, `did you mean "praise"`},
		{"zzz", answer{}, "? lists them"},
		{"zzz\x1b[2J", answer{}, `\x1b`},
		{strings.Repeat("z", 4000), answer{}, "zzz…"},
		{"1 2", answer{}, `"2" does not follow a tag`},
		{"1 tap 2", answer{}, "tap is given twice"},
		{"1 hold", answer{}, "hold what?"},
		{"hold", answer{}, "hold what?"},
		{"1 hold 9", answer{}, "no number 9"},
		{"s 1", answer{}, `"s" stands alone`},
		{"by", answer{}, "by what?"},
		{"by name", answer{}, "model, serial or port"},
	}
	for _, tt := range tests {
		got, err := parseAnswer(tt.line, tags)
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("parseAnswer(%.30q) = %v, want an error with %q", tt.line, err, tt.err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(answer{})); err == nil && diff != "" {
			t.Errorf("parseAnswer(%q) (-want +got):\n%s", tt.line, diff)
		}
	}
}

// Without tags there is still undo.
func TestParseAnswerNoTags(t *testing.T) {
	if got, err := parseAnswer("u", nil); err != nil || !got.tap.Undo {
		t.Errorf("parseAnswer(u) = %+v, %v", got, err)
	}
	if _, err := parseAnswer("1", nil); err == nil {
		t.Error("parseAnswer(1): no error, though there are no tags")
	}
}

func TestUsualNaming(t *testing.T) {
	pad := func(serial, port string) api.Sight {
		return api.Sight{Name: "Keypad", Model: "04d9:1203", Serial: serial, Port: port, Path: port + ":1.0"}
	}
	present := func(more ...api.Sight) (list []api.Device) {
		for _, s := range more {
			list = append(list, api.Device{Model: s.Model, Serial: s.Serial, Port: s.Port, Path: s.Path, Interface: s.Interface, State: "usable"})
		}
		return list
	}
	second := pad("A", "1-1")
	second.Interface, second.Path = 1, "1-1:1.1"
	other := pad("A", "1-3")
	other.Model = "04d9:9999"
	gone := present(pad("A", "1-2"))
	gone[0].State = "gone"
	tests := []struct {
		name    string
		sight   api.Sight
		present []api.Device
		config  string
		want    string
	}{
		{"a serial of its own", pad("A", "1-1"), present(pad("A", "1-1")), "", "04d9:1203#A"},
		{"a twin with another serial", pad("A", "1-1"), present(pad("A", "1-1"), pad("B", "1-2")), "", "04d9:1203#A"},
		{"a twin with the same serial", pad("A", "1-1"), present(pad("A", "1-1"), pad("A", "1-2")), "", "04d9:1203@1-1"},
		{"a twin that went", pad("A", "1-1"), gone, "", "04d9:1203#A"},
		{"another model with the same serial", pad("A", "1-1"), present(pad("A", "1-1"), other), "", "04d9:1203#A"},
		{"two interfaces", pad("A", "1-1"), present(pad("A", "1-1"), second), "", "04d9:1203#A"},
		{"no serial, alone", pad("", "1-1"), present(pad("", "1-1")), "", "04d9:1203"},
		{"no serial, a twin", pad("", "1-1"), present(pad("", "1-1"), pad("", "1-2")), "", "04d9:1203@1-1"},
		{"no serial, no port", pad("", ""), present(pad("", "")), "", "04d9:1203"},
		{"as bound already, by model", pad("A", "1-1"), present(pad("A", "1-1")), "04d9:1203", "04d9:1203"},
		{"as bound already, by port", pad("A", "1-1"), present(pad("A", "1-1")), "04d9:1203@1-1", "04d9:1203@1-1"},
		{"as another is bound", pad("A", "1-1"), present(pad("A", "1-1"), pad("B", "1-2")), "04d9:1203#B", "04d9:1203#A"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := config.Default()
			if tt.config != "" {
				var err error
				cfg, err = config.Parse("f", []byte("[[button]]\ndevice = \""+tt.config+"\"\nkey = \"F13\"\ntap = \"undo\""))
				if err != nil {
					t.Fatal(err)
				}
			}
			got, err := usual(tt.sight, tt.present, cfg).of(tt.sight)
			if err != nil || got.String() != tt.want {
				t.Errorf("named %v (%v), want %s", got, err, tt.want)
			}
		})
	}
}

// What a device does not say cannot name it.
func TestImpossibleNaming(t *testing.T) {
	s := api.Sight{Name: "Keypad", Model: "04d9:1203"}
	if diff := cmp.Diff([]naming{byModel}, possible(s)); diff != "" {
		t.Errorf("possible (-want +got):\n%s", diff)
	}
	if _, err := bySerial.of(s); err == nil || !strings.Contains(err.Error(), "Keypad tells no serial number") {
		t.Errorf("by serial: %v", err)
	}
}

// What a key cannot do it is not bound to; nothing at all is the proposal.
func TestReadAnswer(t *testing.T) {
	d := newDialogue(&learning{place: place{config: config.Default()}}, nil)
	burst, quick, other := api.Sight{Key: "any", TapOnly: true}, api.Sight{Key: "button:1", TapOnly: true}, api.Sight{Key: "button:1"}
	for _, tt := range []struct {
		name  string
		sight api.Sight
		line  string
		err   string
	}{
		{"a hold of any key", burst, "1 hold 2", "any key can only be tapped"},
		{"a double of any key", burst, "double 2", "any key can only be tapped"},
		{"a tap of any key", burst, "1", ""},
		{"a hold of a key that cannot", quick, "1 hold 2", "this key cannot be held"},
		{"a double of a key that cannot be held", quick, "1 double 2", ""},
		{"all gestures", other, "1 hold 2 double 3", ""},
	} {
		if _, err := d.read(tt.sight, tt.line); (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.err)
		}
	}
	if a, err := d.read(other, ""); err != nil || !a.tap.Undo {
		t.Errorf("nothing for the first key: %+v, %v, want undo", a, err)
	}
	d.bound = []config.Button{{}}
	if a, err := d.read(other, ""); err != nil || a.what != answerNone {
		t.Errorf("nothing for the second key: %+v, %v, want it asked again", a, err)
	}
}
