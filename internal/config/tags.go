package config

import (
	"errors"
	"fmt"

	"magicbutton/hid"
	"magicbutton/internal/cx"
)

// tag reads one [[tag]].
func (l *loader) tag(t table) {
	var tag cx.Tag
	name := "tag"
	for _, e := range t.entries {
		if e.key == "code" {
			name = fmt.Sprintf("tag %q", e.value.text)
		}
	}
	before := len(l.problems)
	l.fill(t, name, []field{
		{"code", text(&tag.Code, checkCode)},
		{"label", text(&tag.Label, nameCheck("label"))},
		{"stage", parsed(&tag.Stage, cx.ParseStage)},
		{"domain", parsed(&tag.Domain, cx.ParseDomain)},
		{"driver", parsed(&tag.Driver, cx.ParseDriver)},
		{"kind", parsed(&tag.Kind, cx.ParseKind)},
		{"preventable", optionalTruth(&tag.Preventable)},
		{"minutes", number(&tag.Minutes)},
		{"merged_into", text(&tag.MergedInto, cx.CheckTag)},
		{"retired", truth(&tag.Retired)},
	})
	if tag.Code == "" {
		if len(l.problems) == before {
			l.problem(t.line, "tag: it has no code")
		}
		return
	}
	l.tags, l.tagAt = append(l.tags, tag), append(l.tagAt, t)
}

// checkCode keeps the words of actions free.
func checkCode(s string) error {
	if s == wordUndo || s == wordNote {
		return fmt.Errorf("%q is what a button may do, so no tag may be called so", s)
	}
	return cx.CheckTag(s)
}

// button reads one [[button]]. What its actions mean is checked when all tags are
// known.
func (l *loader) button(t table) {
	var b Button
	name := "button"
	for _, e := range t.entries {
		if e.key == "key" {
			name = fmt.Sprintf("button %q", e.value.text)
		}
	}
	before := len(l.problems)
	l.fill(t, name, []field{
		{"device", parsed(&b.Device, hid.ParseMatch)},
		{"key", parsed(&b.Key, hid.ParseKey)},
		{"tap", l.action(&b.Tap)},
		{"hold", l.action(&b.Hold)},
		{"double", l.action(&b.Double)},
	})
	if len(l.problems) > before {
		return
	}
	none := Action{}
	switch {
	case b.Device == hid.Match{}:
		l.problem(t.line, "%s: it names no device, such as device = \"04d9:1203\"", name)
	case b.Key == hid.Key{}:
		l.problem(t.line, "%s: it names no key, such as key = \"F13\"", name)
	case b.Tap == none && b.Hold == none && b.Double == none:
		l.problem(t.line, "%s: it does nothing: want tap, hold or double", name)
	default:
		l.buttons = append(l.buttons, placed{b, name, t})
	}
}

// action takes the code of a tag, or the word undo.
func (l *loader) action(to *Action) setter {
	var word string
	set := text(&word, func(s string) error {
		if s == "" {
			return errors.New("want the code of a tag, or undo")
		}
		return nil
	})
	return func(v value) error {
		if err := set(v); err != nil {
			return err
		}
		*to = Action{Tag: word}
		if word == wordUndo {
			*to = Action{Undo: true}
		}
		return nil
	}
}

// placed is a button with where it stands.
type placed struct {
	Button
	name string
	table
}

// lineOf returns the line of a key of the button.
func (p placed) lineOf(key string) int {
	for _, e := range p.entries {
		if e.key == key {
			return e.line
		}
	}
	return p.line
}

// bindings checks the buttons against the tags and each other.
func (l *loader) bindings() {
	tags := l.config.Catalogue
	if len(tags.Codes()) == 0 { // one of them is bad, which is not the buttons' fault
		tags = known(l.tags)
	}
	first := make(map[string]int)
	for _, b := range l.buttons {
		at := b.Device.String() + " " + b.Key.String()
		if line, ok := first[at]; ok {
			l.problem(b.lineOf("key"), "%s: the key %s of device %s is bound already, in line %d", b.name, b.Key, b.Device, line)
			continue
		}
		first[at] = b.lineOf("key")
		for key, a := range map[string]Action{"tap": b.Tap, "hold": b.Hold, "double": b.Double} {
			if a.Tag == "" {
				continue
			}
			if _, err := tags.Usable(a.Tag); err != nil {
				l.problem(b.lineOf(key), "%s: %v", b.name, err)
			}
		}
		l.config.Buttons = append(l.config.Buttons, b.Button)
	}
}

// known returns those of the tags that can be a catalogue by themselves, for
// guessing what was meant.
func known(tags []cx.Tag) cx.Catalogue {
	var sound []cx.Tag
	for _, t := range tags {
		t = cx.Tag{Code: t.Code}
		if _, err := cx.NewCatalogue(append(sound, t)); err == nil {
			sound = append(sound, t)
		}
	}
	c, err := cx.NewCatalogue(sound)
	if err != nil {
		panic("config: sound tags are no catalogue: " + err.Error())
	}
	return c
}
