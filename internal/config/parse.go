package config

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"magicbutton/hid"
	"magicbutton/internal/cx"
)

// The defaults of [press]. Debounce, hold and double are explained in package
// hid.
const (
	defaultGuard = 2 * time.Second
	// A rep who tags one conversation twice does so at once; the next customer
	// is not through the door in 20 s.
	defaultSameConversation = 20 * time.Second
)

// loader reads one file.
type loader struct {
	config   Config
	problems []Problem
	tags     []placedTag
	buttons  []placedButton
	strays   []string // what may be meant as the code of a tag whose code is wrong
}

// Parse checks a file's content; name names the file in errors, and becomes the
// configuration's path.
func Parse(name string, data []byte) (*Config, error) {
	data = trimMark(data)
	var l loader
	l.config = Config{
		Path: name,
		Desk: Desk{Zone: localZone()},
		Press: Press{
			Debounce: hid.DefaultDebounce, Guard: defaultGuard,
			Hold: hid.DefaultHold, Double: hid.DefaultDouble, SameConversation: defaultSameConversation,
		},
		Page:      Page{Enabled: true, Port: defaultPort},
		Retention: Retention{NotesDays: defaultNotesDays},
		Report:    Report{MinChange: defaultMinChange},
		Privacy:   Privacy{Level: LevelDesk},
	}
	l.read(data)
	l.config.Desk.Name = cmp.Or(l.config.Desk.Name, hostName())
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, &Error{name, l.problems}
	}
	return &l.config, nil
}

// trimMark takes the byte order mark away that Windows' editors write.
func trimMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

func (l *loader) read(data []byte) {
	if len(data) > maxBytes {
		l.problem(1, "the file is larger than 1 MiB")
		return
	}
	f, broken := split(data)
	for _, e := range f.top {
		l.problem(e.line, "unknown key %q outside a table%s", clip(e.key), place(e.key))
	}
	first := make(map[string]int)
	for _, t := range f.tables {
		l.section(t, first)
	}
	if broken != nil { // nothing is known of the tags and buttons that follow
		l.problems = append(l.problems, *broken)
		return
	}
	l.catalogue()
	l.bindings()
}

func (l *loader) problem(line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{line, fmt.Sprintf(format, args...)})
}

// sections are the tables of the file, in the order in which they are explained.
var sections = []string{"desk", "tag", "press", "button", "page", "share", "retention", "report", "privacy"}

// repeats reports whether there may be many of a section.
func repeats(section string) bool { return section == "tag" || section == "button" }

// header writes the section's name as it stands in the file.
func header(section string) string {
	if repeats(section) {
		return "[[" + section + "]]"
	}
	return "[" + section + "]"
}

// place says where a key may belong that stands outside a table, as the end of an
// error.
func place(key string) string {
	section, _, _ := strings.Cut(key, ".")
	if slices.Contains(sections, section) {
		return ": it belongs below a line " + header(section)
	}
	return guess(key, sections)
}

// section reads one table; first has the line of each that stands once.
func (l *loader) section(t table, first map[string]int) {
	switch line, again := first[t.name]; {
	case !slices.Contains(sections, t.name):
		l.problem(t.line, "unknown table %q%s", clip(t.name), guess(t.name, sections))
		l.stray(t) // perhaps of tags
		return
	case repeats(t.name) && !t.array:
		l.problem(t.line, "want %s, as there may be many", header(t.name))
	case !repeats(t.name) && t.array:
		l.problem(t.line, "want %s, as there is only one", header(t.name))
	case !t.array && again:
		l.problem(t.line, "%s is given twice, first in line %d", header(t.name), line)
	case !t.array:
		first[t.name] = t.line
	}
	switch t.name {
	case "tag":
		l.tag(t)
	case "button":
		l.button(t)
	default:
		l.fill(t, header(t.name), l.fields(t.name))
	}
}

// field is a key that a table may have.
type field struct {
	key string
	set setter
}

// fields lists the keys of the tables that stand once.
func (l *loader) fields(name string) []field {
	c := &l.config
	switch name {
	case "desk":
		return []field{
			{"name", text(&c.Desk.Name, checkText)},
			{"site", text(&c.Desk.Site, checkText)},
			{"zone", parsed(&c.Desk.Zone, ParseZone)},
			{"channel", parsed(&c.Desk.Channel, cx.ParseChannel)},
		}
	case "retention":
		return []field{{"notes_days", days(&c.Retention.NotesDays)}, {"events_days", days(&c.Retention.EventsDays)}}
	case "page":
		return c.Page.fields()
	case "report":
		return c.Report.fields()
	case "privacy":
		return []field{{"level", parsed(&c.Privacy.Level, parseLevel)}}
	case "share":
		return []field{{"folder", parsed(&c.Share.Folder, func(s string) (string, error) { return sharedFolder(c.Path, s) })}}
	}
	return []field{ // press
		{"debounce", duration(&c.Press.Debounce, time.Millisecond, 200*time.Millisecond, orOff)},
		{"guard", duration(&c.Press.Guard, time.Millisecond, time.Minute, orOff)},
		{"hold", duration(&c.Press.Hold, 100*time.Millisecond, 5*time.Second, neverOff)},
		{"double", duration(&c.Press.Double, 100*time.Millisecond, 2*time.Second, neverOff)},
		{"same_conversation", duration(&c.Press.SameConversation, time.Millisecond, 10*time.Minute, orOff)},
	}
}

// fill gives each entry of a table to its field; what names the table in errors.
// It returns the keys that were given, or meant by one that is unknown: of these
// none is missing.
func (l *loader) fill(t table, what string, fields []field) (given []string) {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	first := make(map[string]int)
	for _, e := range t.entries {
		line, again := first[e.key]
		i := slices.Index(keys, e.key)
		switch {
		case i < 0:
			l.problem(e.line, "%s: unknown key %q%s", what, clip(e.key), guess(e.key, keys))
			given = append(given, cx.Nearest(e.key, keys))
		case again:
			l.problem(e.line, "%s: %s is given twice, first in line %d", what, e.key, line)
		default:
			first[e.key] = e.line
			given = append(given, e.key)
			if err := fields[i].set(e.value); err != nil {
				l.problem(e.line, "%s: %s: %v", what, e.key, err)
			}
		}
	}
	return given
}

// guess names what was probably meant, as the end of an error, or "".
func guess(s string, known []string) string {
	if near := cx.Nearest(s, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

func checkText(s string) error { return cx.CheckName("text", s) }
