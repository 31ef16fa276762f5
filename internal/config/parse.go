package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
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
	tags     []cx.Tag
	tagAt    []table // where each of tags stands
	buttons  []placed
}

// Parse checks a file's content; name names the file in errors.
func Parse(name string, data []byte) (*Config, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // Windows' editors write a byte order mark
	var l loader
	l.config = Config{
		Path: name,
		Desk: Desk{Name: hostName(), Zone: localZone()},
		Press: Press{
			Debounce: hid.DefaultDebounce, Guard: defaultGuard,
			Hold: hid.DefaultHold, Double: hid.DefaultDouble, SameConversation: defaultSameConversation,
		},
		Privacy:   Privacy{Level: "full"},
		Retention: Retention{NotesDays: 90},
	}
	list, problems := tables(data)
	l.problems = problems
	for _, t := range list {
		l.section(t)
	}
	l.catalogue()
	l.bindings()
	slices.SortStableFunc(l.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	if err := asError(name, l.problems); err != nil {
		return nil, err
	}
	return &l.config, nil
}

func (l *loader) problem(line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{line, fmt.Sprintf(format, args...)})
}

// sections are the tables of the file, in the order in which they are explained.
var sections = []string{"desk", "tag", "press", "button", "page", "privacy", "retention"}

func (l *loader) section(t table) {
	repeats := t.name == "tag" || t.name == "button"
	switch {
	case t.name == "":
		for _, e := range t.entries {
			l.problem(e.line, "unknown key %q outside a table%s", e.key, guess(e.key, sections))
		}
		return
	case !slices.Contains(sections, t.name):
		l.problem(t.line, "unknown table [%s]%s", t.name, guess(t.name, sections))
		return
	case repeats && !t.array:
		l.problem(t.line, "want [[%s]], as there may be many", t.name)
		return
	case !repeats && t.array:
		l.problem(t.line, "want [%s], as there is only one", t.name)
		return
	}
	switch t.name {
	case "tag":
		l.tag(t)
	case "button":
		l.button(t)
	default:
		l.fill(t, "["+t.name+"]", l.fields(t.name))
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
			{"name", text(&c.Desk.Name, nameCheck("desk"))},
			{"site", text(&c.Desk.Site, nameCheck("site"))},
			{"zone", parsed(&c.Desk.Zone, parseZone)},
			{"channel", parsed(&c.Desk.Channel, cx.ParseChannel)},
		}
	case "press":
		return []field{
			{"debounce", duration(&c.Press.Debounce, time.Millisecond, 200*time.Millisecond, true)},
			{"guard", duration(&c.Press.Guard, time.Millisecond, time.Minute, true)},
			{"hold", duration(&c.Press.Hold, 100*time.Millisecond, 5*time.Second, false)},
			{"double", duration(&c.Press.Double, 100*time.Millisecond, 2*time.Second, false)},
			{"same_conversation", duration(&c.Press.SameConversation, time.Millisecond, 10*time.Minute, true)},
		}
	case "page":
		return []field{
			{"enabled", truth(&c.Page.Enabled)},
			{"port", whole(&c.Page.Port, checkPort)},
		}
	case "privacy":
		return []field{{"level", text(&c.Privacy.Level, checkLevel)}}
	}
	return []field{ // retention
		{"notes_days", whole(&c.Retention.NotesDays, checkDays)},
		{"events_days", whole(&c.Retention.EventsDays, checkDays)},
	}
}

// fill gives each entry of a table to its field; what names the table in errors.
func (l *loader) fill(t table, what string, fields []field) {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	for _, e := range t.entries {
		i := slices.Index(keys, e.key)
		if i < 0 {
			l.problem(e.line, "%s: unknown key %q%s", what, e.key, guess(e.key, keys))
			continue
		}
		if err := fields[i].set(e.value); err != nil {
			l.problem(e.line, "%s: %s: %v", what, e.key, err)
		}
	}
}

// guess names what was probably meant, as the end of an error, or "".
func guess(s string, known []string) string {
	if near := cx.Nearest(s, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

func nameCheck(what string) func(string) error {
	return func(s string) error { return cx.CheckName(what, s) }
}

func parseZone(s string) (*time.Location, error) {
	loc, err := time.LoadLocation(s)
	if err != nil || s == "" || s == "Local" {
		return nil, fmt.Errorf("unknown zone %q: want a name such as \"Europe/Berlin\"; leave it out for this machine's own", s)
	}
	return loc, nil
}

// checkPort leaves out the ports below 1024, which only root may use.
func checkPort(n int) error {
	if n != 0 && (n < 1024 || n > 65535) {
		return fmt.Errorf("%d is not between 1024 and 65535, or 0 for any", n)
	}
	return nil
}

func checkLevel(s string) error {
	if s != "full" && s != "site" {
		return fmt.Errorf("unknown level %q: want full or site", s)
	}
	return nil
}

// checkDays bounds days to the century that instants lie in.
func checkDays(n int) error {
	const most = 36525
	if n < 0 || n > most {
		return fmt.Errorf("%d is not between 0, for ever, and %d", n, most)
	}
	return nil
}

// catalogue checks the tags together.
func (l *loader) catalogue() {
	c, err := cx.NewCatalogue(l.tags)
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, e := range many.Unwrap() {
			var at *cx.TagError
			if errors.As(e, &at) {
				l.problem(l.tagAt[at.Index].line, "%v", at)
			}
		}
	}
	l.config.Catalogue = c
}
