package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"magicbutton/hid"
)

// placedButton is a button with where it stands and how errors call it.
type placedButton struct {
	Button
	name string
	table
}

// button reads one [[button]]. What its actions mean is checked when all tags are
// known.
func (l *loader) button(t table) {
	b := placedButton{name: name("button", "key", t), table: t}
	given := l.fill(t, b.name, []field{
		{"device", parsed(&b.Device, hid.ParseMatch)},
		{"key", parsed(&b.Key, hid.ParseKey)},
		{"tap", parsed(&b.Tap, parseAction)},
		{"hold", parsed(&b.Hold, parseAction)},
		{"double", parsed(&b.Double, parseAction)},
	})
	if !slices.Contains(given, "device") {
		l.problem(t.line, "%s: it names no device, such as device = \"04d9:1203\"", b.name)
	}
	if !slices.Contains(given, "key") {
		l.problem(t.line, "%s: it names no key, such as key = \"F13\"", b.name)
	}
	if !slices.ContainsFunc(given, func(key string) bool { return key == "tap" || key == "hold" || key == "double" }) {
		l.problem(t.line, "%s: it does nothing: want tap, hold or double", b.name)
	}
	if b.Key == hid.AnyKey {
		l.onlyTap(b)
	}
	l.buttons = append(l.buttons, b)
}

// onlyTap refuses the other gestures of a key that cannot have them.
func (l *loader) onlyTap(b placedButton) {
	for _, gesture := range []struct {
		name string
		Action
	}{{"hold", b.Hold}, {"double", b.Double}} {
		if gesture.Bound() {
			l.problem(b.lineOf(gesture.name), "%s: any key has no %s: one press may be many keys at once, so that it can only be a tap", b.name, gesture.name)
		}
	}
}

// parseAction reads the code of a tag, or the word undo.
func parseAction(s string) (Action, error) {
	switch s {
	case "":
		return Action{}, errors.New("want the code of a tag, or undo")
	case wordUndo:
		return Action{Undo: true}, nil
	}
	return Action{Tag: s}, nil
}

// bindings checks the buttons against the tags and each other.
func (l *loader) bindings() {
	type control struct {
		device hid.Match
		key    hid.Key
	}
	first := make(map[control]int)
	for _, b := range l.buttons {
		l.action(b, "tap", b.Tap)
		l.action(b, "hold", b.Hold)
		l.action(b, "double", b.Double)
		l.config.Buttons = append(l.config.Buttons, b.Button)
		at := control{b.Device, b.Key}
		if at.device == (hid.Match{}) || at.key == (hid.Key{}) {
			continue
		}
		if line, ok := first[at]; ok {
			l.problem(b.lineOf("key"), "%s: %s of %s is bound already, in line %d", b.name, b.Key.Name(), b.Device, line)
			continue
		}
		first[at] = b.lineOf("key")
		l.doubts(b)
	}
}

// doubts notes what of a button is most likely not meant: a key that nobody knows
// of on its model, and a port behind a serial number. Neither is wrong for sure: a
// panel's other interfaces may type, and a serial number may be anything.
func (l *loader) doubts(b placedButton) {
	doubt := func(key, format string, args ...any) {
		l.config.Doubts = append(l.config.Doubts, Problem{b.lineOf(key), b.name + ": " + fmt.Sprintf(format, args...)})
	}
	m := b.Device
	if i := strings.LastIndex(m.Serial, "@"); i >= 0 {
		port := fmt.Sprintf("%04x:%04x%s", m.VendorID, m.ProductID, m.Serial[i:])
		if _, err := hid.ParseMatch(port); err == nil {
			doubt("device", "all that follows # is the serial number, %q; the port alone is device = %q", clip(m.Serial), port)
		}
	}
	p, ok := hid.ProfileOf(hid.Device{VendorID: m.VendorID, ProductID: m.ProductID})
	if !ok {
		return
	}
	if layout, ok := p.Descriptor(); ok && !layout.Has(b.Key) {
		doubt("key", "%s (%s) is not known to have %s", p.Name, layout.Summary(), b.Key.Name())
	}
}

// action checks what a gesture of a button does.
func (l *loader) action(b placedButton, gesture string, a Action) {
	if a.Tag == "" {
		return
	}
	c := l.config.Catalogue
	_, err := c.Usable(a.Tag)
	if err == nil {
		return
	}
	if _, known := c.Tag(a.Tag); known { // retired, or merged
		l.problem(b.lineOf(gesture), "%s: %v", b.name, err)
		return
	}
	if l.astray(a.Tag) {
		return
	}
	words := []string{wordUndo}
	for _, t := range c.UsableTags() {
		words = append(words, t.Code)
	}
	l.problem(b.lineOf(gesture), "%s: unknown tag %q%s", b.name, clip(a.Tag), guess(a.Tag, words))
}
