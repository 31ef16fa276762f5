package labels_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/hid"
	"magicbutton/internal/config"
	"magicbutton/internal/labels"
)

const tags = `
[desk]
name = "Front desk"
site = "Berlin"
[[tag]]
code = "bill"
label = "Bill not understood"
kind = "problem"
[[tag]]
code = "praise"
label = "Praise"
kind = "praise"
[[tag]]
code = "bare"
[[tag]]
code = "evil"
label = "<script>alert('x')</script>"
[[tag]]
code = "german"
label = "Rechnungskorrekturanfrage"
[[tag]]
code = "japanese"
label = "配送が遅れている・不明"
[[tag]]
code = "hebrew"
label = "החשבונית לא ברורה"
[[tag]]
code = "emoji"
label = "😀 👨‍👩‍👧 happy"
[[tag]]
code = "long"
label = "The customer was promised a callback by the branch and nobody ever rang them up."
`

// button is one [[button]] of a configuration.
func button(device, key, actions string) string {
	return "[[button]]\ndevice = '" + device + "'\nkey = '" + key + "'\n" + actions + "\n"
}

func parse(t *testing.T, buttons ...string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("desk.toml", []byte(tags+strings.Join(buttons, "")))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func sheet(t *testing.T, o labels.Options, buttons ...string) *labels.Sheet {
	t.Helper()
	s, err := labels.New(parse(t, buttons...), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// printed is what a reader finds on a page.
type printed struct {
	cards    []string // the text of each card
	keys     []string // each key of the cards: "7|Bill not understood"; "8|" does nothing
	stickers []string // each sticker, in the same form
	html     string
}

// read prints a sheet and reads the page as a browser without style would, parts
// for the ears alone included.
func read(t *testing.T, s *labels.Sheet) printed {
	t.Helper()
	var html strings.Builder
	if err := s.WriteHTML(&html); err != nil {
		t.Fatal(err)
	}
	p := printed{html: html.String()}
	d := xml.NewDecoder(strings.NewReader(p.html))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []string // the classes of the open elements
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local+" "+class(e)+" ")
			p.begin(open)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			p.text(open, strings.ReplaceAll(string(e), "\u00ad", ""))
		}
	}
}

func class(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "class" {
			return a.Value
		}
	}
	return ""
}

func within(open []string, word string) bool {
	return strings.Contains(strings.Join(open, " "), " "+word+" ")
}

func (p *printed) begin(open []string) {
	top := open[len(open)-1]
	switch {
	case strings.HasPrefix(top, "section card "):
		p.cards = append(p.cards, "")
	case !strings.HasPrefix(top, "div key "):
	case within(open, "sticker"):
		p.stickers = append(p.stickers, "|")
	default:
		p.keys = append(p.keys, "|")
	}
}

func (p *printed) text(open []string, text string) {
	if within(open, "card") && len(p.cards) > 0 {
		p.cards[len(p.cards)-1] += text
	}
	into := &p.keys
	if within(open, "sticker") {
		into = &p.stickers
	}
	if len(*into) == 0 || within(open, "hidden") || !within(open, "key") {
		return
	}
	last := &(*into)[len(*into)-1]
	if within(open, "cap") {
		*last = text + *last
	} else if within(open, "text") {
		*last += text + "|"
	}
	*last = strings.ReplaceAll(*last, "||", "|")
}

func TestKeypad(t *testing.T) {
	const pad = "04d9:1203"
	got := read(t, sheet(t, labels.Options{UndoWithin: 10 * time.Minute},
		button(pad, "Keypad 7", `tap = "bill"`+"\n"+`hold = "praise"`),
		button(pad, "Keypad Enter", `tap = "bare"`+"\n"+`double = "bill"`),
		button(pad, "Keypad 0", `tap = "undo"`)))
	want := []string{
		"Num Lock|", "/|", "*|", "-|",
		"7|Bill not understood|hold: Praise|", "8|", "9|", "+|",
		"4|", "5|", "6|",
		"1|", "2|", "3|", "Enter|bare|double: Bill not understood|",
		"0|UNDO|", ".|",
	}
	if diff := cmp.Diff(want, got.keys); diff != "" {
		t.Errorf("keys of the card (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{want[4], want[14], want[15]}, got.stickers); diff != "" {
		t.Errorf("stickers (-want +got):\n%s", diff)
	}
	for _, say := range []string{
		"Front desk", "Berlin", pad, "Press 0 within 10\u00a0minutes.", "1 blink: counted", "2 blinks: already counted",
		"3 long blinks: NOT saved.", "hold: keep the key down for 0.5\u00a0s", "problem: ",
	} {
		if !strings.Contains(got.cards[0], say) {
			t.Errorf("the card does not say %q:\n%s", say, got.cards[0])
		}
	}
	for _, say := range []string{`lang="en"`, "this line is 50\u00a0mm long", `style="width:12mm;height:12mm"`, "@page"} {
		if !strings.Contains(got.html, say) {
			t.Errorf("the page does not have %q", say)
		}
	}
}

// The page needs nothing else, and nothing in it runs.
func TestSelfContained(t *testing.T) {
	html := read(t, sheet(t, labels.Options{},
		button("04d9:1203", "F13", `tap = "evil"`), button("04d9:1203#<b>\"x", "F13", `tap = "praise"`))).html
	if m := regexp.MustCompile(`(?i)<script|<link|<img|<b>"x|\bon[a-z]+=|src=|href="[^#]|url\(|@import|https?:`).FindString(html); m != "" {
		t.Errorf("the page has %q", m)
	}
	if !strings.Contains(html, "&lt;script&gt;") {
		t.Error("the hostile label is not there as text")
	}
}

func TestLabels(t *testing.T) {
	tests := []struct{ name, tag, want string }{
		{"without_label", "bare", "bare"},
		{"hostile", "evil", "<script>alert('x')</script>"},
		{"compound", "german", "Rechnungskorrekturanfrage"},
		{"no_spaces", "japanese", "配送が遅れている・不明"},
		{"right_to_left", "hebrew", "החשבונית לא ברורה"},
		{"emoji", "emoji", "😀 👨‍👩‍👧 happy"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := read(t, sheet(t, labels.Options{}, button("04d9:1203", "Play/Pause", "tap = '"+test.tag+"'")))
			want := []string{"Play/Pause|" + test.want + "|"}
			if diff := cmp.Diff([][]string{want, want}, [][]string{got.keys, got.stickers}); diff != "" {
				t.Errorf("card and sticker (-want +got):\n%s", diff)
			}
		})
	}
}

// Where a text does not fit, the reader learns so, and what it is.
func TestCut(t *testing.T) {
	long := `tap = "long"` + "\n" + `hold = "long"` + "\n" + `double = "long"`
	got := read(t, sheet(t, labels.Options{StickerMM: labels.MinStickerMM}, button("04d9:1203", "Keypad 1", long)))
	if len(got.stickers) != 1 || strings.Count(got.stickers[0], "…|") == 0 {
		t.Errorf("sticker %q, want it cut with …", got.stickers)
	}
	const whole = "The customer was promised a callback by the branch and nobody ever rang them up."
	if n := strings.Count(got.cards[0], whole); n < 3 {
		t.Errorf("the whole label stands %d times on the card, want 3:\n%s", n, got.cards[0])
	}
}

// A tag that a configuration cannot bind any more, but a caller's may: what is
// known of it is printed.
func TestLeftTags(t *testing.T) {
	cfg := parse(t, "[[tag]]\ncode = 'old'\nlabel = 'Old'\nretired = true\n")
	device := hid.Match{VendorID: 0x04d9, ProductID: 0x1203}
	cfg.Buttons = []config.Button{
		{Device: device, Key: hid.ButtonKey(1), Tap: config.Action{Tag: "old"}},
		{Device: device, Key: hid.ButtonKey(2), Tap: config.Action{Tag: "gone"}},
	}
	s, err := labels.New(cfg, labels.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1|Old|", "2|gone|"}, read(t, s).stickers); diff != "" {
		t.Errorf("stickers (-want +got):\n%s", diff)
	}
}
