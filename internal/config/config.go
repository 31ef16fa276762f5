// Package config is the configuration file: load, validate, write a starter,
// find. The file is strict: what the program does not know is an error, with its
// line and the nearest name that it does know, since a setting that is silently
// ignored is found out a month later.
package config

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	_ "time/tzdata" // zones work on machines without a zone database

	"magicbutton/hid"
	"magicbutton/internal/cx"
)

// Config is a checked configuration. It is not changed after it was loaded.
type Config struct {
	// Path is the file it came from, "" for the built-in one.
	Path      string
	Desk      Desk
	Catalogue cx.Catalogue
	Press     Press
	Buttons   []Button
	Page      Page
	Share     Share
	Retention Retention
	Report    Report
	Privacy   Privacy
	// Doubts are what is most likely not meant, although it may be.
	Doubts []Problem
}

// Desk says what every event of this desk has in common.
type Desk struct {
	// Name is never "": the host's where the file names none. Site is "" for not
	// said.
	Name, Site string
	// Zone is where the desk's weeks and days are those of the clock. It is never
	// nil: the machine's own zone where the file names none.
	Zone *time.Location
	// Channel is how conversations on this desk are held, "" for not said.
	Channel cx.Channel
}

// Press times presses.
type Press struct {
	// Debounce is how long further edges of a key do not count, 0 to 200 ms; 0 is
	// off.
	Debounce time.Duration
	// Guard is how long the same key of the same device is not counted again, 0 to
	// 1 min; 0 is off.
	Guard time.Duration
	// Hold is how long a key is held to be one, 100 ms to 5 s.
	Hold time.Duration
	// Double is how soon the second press of a double comes, 100 ms to 2 s.
	Double time.Duration
	// SameConversation is how soon a different tag on the same device belongs to
	// the same conversation, 0 to 10 min; 0 is never.
	SameConversation time.Duration
}

// Timing returns what recognises presses, where zero means the default and not
// off.
func (p Press) Timing() hid.Timing {
	t := hid.Timing{Debounce: p.Debounce, Hold: p.Hold, Double: p.Double}
	if p.Debounce == 0 {
		t.Debounce = hid.NoDebounce
	}
	return t
}

// Button binds one key of a device.
type Button struct {
	Device            hid.Match
	Key               hid.Key
	Tap, Hold, Double Action
}

// Action returns what a gesture does.
func (b Button) Action(g hid.Gesture) Action {
	switch g {
	case hid.Tap:
		return b.Tap
	case hid.Hold:
		return b.Hold
	case hid.Double:
		return b.Double
	}
	return Action{}
}

// Gestures returns which gestures do something.
func (b Button) Gestures() hid.Gestures {
	return hid.Gestures{Tap: b.Tap.Bound(), Hold: b.Hold.Bound(), Double: b.Double.Bound()}
}

// Actions says what the gestures do, in words: "praise, hold undo".
func (b Button) Actions() string {
	var parts []string
	for _, g := range []struct {
		gesture string
		action  Action
	}{{"", b.Tap}, {"hold ", b.Hold}, {"double ", b.Double}} {
		if g.action.Bound() {
			parts = append(parts, g.gesture+g.action.String())
		}
	}
	return strings.Join(parts, ", ")
}

// Action is what a gesture does. The zero Action does nothing.
type Action struct {
	// Tag logs an event with this tag.
	Tag string
	// Undo takes back the last event that the same device sent.
	Undo bool
}

// The words that an action may be beside a tag, so that no tag may be called so.
// The word note is kept for later.
const (
	wordUndo = "undo"
	wordNote = "note"
)

// Bound reports whether the action does something.
func (a Action) Bound() bool { return a != Action{} }

// String writes the action as the file does.
func (a Action) String() string {
	if a.Undo {
		return wordUndo
	}
	return a.Tag
}

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	// Line is where, from 1.
	Line int
	Text string
}

// Error is all that is wrong with a configuration, in the order of its lines.
type Error struct {
	Path     string
	Problems []Problem
}

// Error writes each problem on a line of its own, as FILE:LINE: TEXT.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d: %s", e.Path, p.Line, p.Text)
	}
	return strings.Join(lines, "\n")
}

// maxBytes bounds the file: a configuration with a thousand tags has a tenth.
const maxBytes = 1 << 20

// Load reads and checks a file. The error is an [*Error] where the file can be
// read and says something wrong, and one for which errors.Is(err, fs.ErrNotExist)
// holds where there is no file.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(path, data)
}

// Default returns the built-in configuration: the starter's tags and no button.
func Default() *Config {
	c, err := Parse("", starter(""))
	if err != nil {
		panic("config: the built-in configuration does not check: " + err.Error())
	}
	return c
}

// hostName returns the machine's name as a desk's.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" || cx.CheckName("desk", name) != nil {
		return "desk"
	}
	return name
}
