package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/internal/cx"
)

// rich says something of everything that a file may say.
const rich = `# All there is.
[desk]
name = "Front \"A\" \\ 東京"
site = 'Berlin'
zone = "Asia/Kathmandu"
channel = "in-person"

[[tag]]
code = "refund-slow"
label = "Refund slow"
stage = "return"
domain = "experience"
driver = "efficiency"
kind = "problem"
preventable = false
minutes = 7.5

[[tag]]
code = "refund-late"
merged_into = "refund-slow"

[[tag]]
code = "old"
retired = true
preventable = true
minutes = 1_000

[press]
debounce = 0
guard = "1.5s"
hold = "750ms"
double = "2s"
same_conversation = "0s"

[[button]]
device = "04D9:1203#S/N 1"
key = "kp1"
tap = "refund-slow"
hold = "undo"

[[button]]
device = "04d9:1203#S/N 2"
key = "Keypad 1"
double = "undo"

[[button]]
device = "04d9:1203@1-2.3"
key = 'Non-US \'
tap = "undo"

[[button]]
device = "04d9:1203"
key = "button:3"
tap = "refund-slow"
`

// sameConfig compares configurations. A zone is its name.
var sameConfig = cmp.Options{
	cmp.Transformer("Zone", func(z *time.Location) string { return z.String() }),
	cmp.Transformer("Tags", func(c cx.Catalogue) []cx.Tag { return c.Tags() }),
}

func mustParse(tb testing.TB, in string) *Config {
	tb.Helper()
	c, err := Parse("f", []byte(in))
	if err != nil {
		tb.Fatalf("Parse(%.300q): %v", in, err)
	}
	return c
}

func mustZone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}

func TestParseRich(t *testing.T) {
	yes, no := true, false
	tags, err := cx.NewCatalogue([]cx.Tag{
		{
			Code: "refund-slow", Label: "Refund slow", Stage: cx.StageReturn, Domain: cx.DomainExperience,
			Driver: cx.DriverEfficiency, Kind: cx.KindProblem, Preventable: &no, Minutes: 7.5,
		},
		{Code: "refund-late", MergedInto: "refund-slow"},
		{Code: "old", Retired: true, Preventable: &yes, Minutes: 1000},
	})
	if err != nil {
		t.Fatal(err)
	}
	model := hid.Match{VendorID: 0x04d9, ProductID: 0x1203}
	one, two, port := model, model, model
	one.Serial, two.Serial, port.Port = "S/N 1", "S/N 2", "1-2.3"
	keypad1 := hid.Key{Page: hid.PageKeyboard, Usage: 0x59} // HID Usage Tables 1.5, section 10
	want := &Config{
		Path: "f",
		Desk: Desk{
			Name: `Front "A" \ 東京`, Site: "Berlin", Zone: mustZone(t, "Asia/Kathmandu"), Channel: cx.ChannelInPerson,
		},
		Catalogue: tags,
		Press:     Press{Guard: 1500 * time.Millisecond, Hold: 750 * time.Millisecond, Double: 2 * time.Second},
		Buttons: []Button{
			{Device: one, Key: keypad1, Tap: Action{Tag: "refund-slow"}, Hold: Action{Undo: true}},
			{Device: two, Key: keypad1, Double: Action{Undo: true}},
			{Device: port, Key: hid.Key{Page: hid.PageKeyboard, Usage: 0x64}, Tap: Action{Undo: true}},
			{Device: model, Key: hid.ButtonKey(3), Tap: Action{Tag: "refund-slow"}},
		},
		Page:      Page{Enabled: true, Port: 28886},
		Retention: Retention{NotesDays: 90},
		Report:    Report{MinChange: 0.15},
		Privacy:   Privacy{Level: LevelDesk},
	}
	files := map[string]string{
		"as it is":           rich,
		"Windows":            "\xef\xbb\xbf" + strings.ReplaceAll(rich, "\n", "\r\n"),
		"tabs":               strings.ReplaceAll(strings.ReplaceAll(rich, " = ", "\t=\t"), "\n", "\t# ä\n\t"),
		"quoted keys":        strings.NewReplacer("name =", `"name" =`, "[desk]", `[ "desk" ]`, "[[tag]]", "[[ 'tag' ]]").Replace(rich),
		"no line feed after": strings.TrimSpace(rich),
	}
	for name, in := range files {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, mustParse(t, in), sameConfig); diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseDefaults(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Path: "f",
		Desk: Desk{Name: host, Zone: localZone()},
		Press: Press{
			Debounce: 30 * time.Millisecond, Guard: 2 * time.Second, Hold: 500 * time.Millisecond,
			Double: 300 * time.Millisecond, SameConversation: 20 * time.Second,
		},
		Page:      Page{Enabled: true, Port: 28886},
		Retention: Retention{NotesDays: 90},
		Report:    Report{MinChange: 0.15},
		Privacy:   Privacy{Level: LevelDesk},
	}
	for name, in := range map[string]string{
		"empty":                 "",
		"byte order mark alone": "\xef\xbb\xbf",
		"comments":              "# nothing\n\n\t\r\n# more",
		"empty tables":          "[desk]\n[press]\n",
		"empty texts":           "[desk]\nname = ''\nsite = ''\nchannel = ''\n",
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, mustParse(t, in), sameConfig); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", in, diff)
			}
		})
	}
}

// The bounds themselves are allowed.
func TestParseBounds(t *testing.T) {
	longest := strings.Repeat("a", cx.MaxTagRunes)
	c := mustParse(t, "[desk]\nname = '"+strings.Repeat("ä", cx.MaxNameRunes)+"'\n"+
		"[press]\ndebounce = '200ms'\nguard = '1m'\nhold = '5s'\ndouble = '100ms'\nsame_conversation = '10m'\n"+
		"[[tag]]\ncode = '"+longest+"'\nminutes = 1440")
	want := Press{200 * time.Millisecond, time.Minute, 5 * time.Second, 100 * time.Millisecond, 10 * time.Minute}
	if diff := cmp.Diff(want, c.Press); diff != "" {
		t.Errorf("Press (-want +got):\n%s", diff)
	}
	if tag, ok := c.Catalogue.Tag(longest); !ok || tag.Minutes != 1440 {
		t.Errorf("tag = %+v, %t; want one of 1440 minutes", tag, ok)
	}
}

func TestTOML(t *testing.T) {
	for name, in := range map[string]string{"empty": "", "starter": string(starter("Desk 1")), "rich": rich} {
		t.Run(name, func(t *testing.T) {
			c := mustParse(t, in)
			again := mustParse(t, string(c.TOML()))
			if diff := cmp.Diff(c, again, sameConfig); diff != "" {
				t.Errorf("Parse(TOML()) (-want +got):\n%s\n%s", diff, c.TOML())
			}
			if !bytes.Equal(c.TOML(), again.TOML()) {
				t.Errorf("TOML is not what it was:\n%s\n%s", c.TOML(), again.TOML())
			}
		})
	}
}

// What is printed is for people: keys by the names on their caps.
func TestTOMLText(t *testing.T) {
	out := string(mustParse(t, rich).TOML())
	for _, want := range []string{
		"[desk]\nname = \"Front \\\"A\\\" \\\\ 東京\"\nsite = \"Berlin\"\nzone = \"Asia/Kathmandu\"\nchannel = \"in-person\"\n",
		"\n[[tag]]\ncode = \"refund-late\"\nmerged_into = \"refund-slow\"\n",
		"\n[press]\ndebounce = \"0s\"\nguard = \"1.5s\"\n",
		"\n[[button]]\ndevice = \"04d9:1203#S/N 1\"\nkey = \"Keypad 1\"\ntap = \"refund-slow\"\nhold = \"undo\"\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("TOML() has no\n%s\nin\n%s", want, out)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "desk.toml")
	if err := os.WriteFile(path, []byte(rich), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil || c.Path != path || len(c.Buttons) != 4 {
		t.Errorf("Load(%q) = %+v, %v", path, c, err)
	}
	if err := os.WriteFile(path, []byte("\n[dsk]"), 0o600); err != nil {
		t.Fatal(err)
	}
	var problems *Error
	want := path + `:2: unknown table "dsk" (did you mean "desk"?)`
	if _, err := Load(path); !errors.As(err, &problems) || err.Error() != want {
		t.Errorf("Load: %v, want %s", err, want)
	}
	if err := os.WriteFile(path, make([]byte, 2*maxBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	want = path + ":1: the file is larger than 1 MiB"
	if _, err := Load(path); err == nil || err.Error() != want {
		t.Errorf("Load: %v, want %s", err, want)
	}
	if _, err := Load(filepath.Join(dir, "none.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of no file: %v, want one that is fs.ErrNotExist", err)
	}
	if _, err := Load(dir); err == nil || errors.As(err, &problems) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Load of a folder: %v, want an error that names it", err)
	}
}
