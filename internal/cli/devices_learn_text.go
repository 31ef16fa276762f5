package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"magicbutton/hid"
	"magicbutton/internal/api"
	"magicbutton/internal/config"
)

// deviceOf names the device of a sight for people.
func deviceOf(s api.Sight) string {
	id := s.Model
	switch {
	case s.Serial != "":
		id += "#" + s.Serial
	case s.Port != "":
		id += "@" + s.Port
	}
	if s.Name == s.Model {
		return id
	}
	return s.Name + " " + id
}

// keyOf names the key of a sight for people.
func keyOf(s api.Sight) string {
	if s.KeyName == s.Key {
		return s.Key
	}
	return fmt.Sprintf("%s (%s)", s.KeyName, s.Key)
}

// unit is one device with all its interfaces.
func unit(s api.Sight) string {
	if s.Port != "" {
		return s.Port
	}
	return s.Path
}

// news says in lines what a sight means for whoever wants to press a key, nothing
// where that was said before: each wait begins with all that is there, and a
// device may have many interfaces.
func (l *learning) news(s api.Sight) (lines []string) {
	device := deviceOf(s)
	switch s.What {
	case api.SightCandidate:
		lines = []string{device + ": if it is the one, unplug it and plug it in again"}
	case api.SightReady:
		lines = []string{device + " is ready: press a key of it"}
	case api.SightUnplugged:
		lines = []string{device + " is unplugged: plug it in again"}
	case api.SightWithheld: // most likely what somebody types on, who need not do anything
		lines = []string{fmt.Sprintf("%s is left alone: %s", device, s.Problem)}
	default:
		lines = []string{fmt.Sprintf("%s cannot be used: %s", device, s.Problem)}
		if fix := l.fixOf(s); fix != "" {
			lines = append(lines, "→ "+fix)
		}
	}
	l.last[s.Path] = s
	if !l.isNews(s, lines[0]) {
		return nil
	}
	return lines
}

// isNews reports whether a line is to be said of a device: once, until it is
// unplugged.
func (l *learning) isNews(s api.Sight, line string) bool {
	u := unit(s)
	if s.What == api.SightUnplugged && !slices.Equal(l.said[u], []string{line}) {
		l.said[u] = nil
	}
	if slices.Contains(l.said[u], line) {
		return false
	}
	l.said[u] = append(l.said[u], line)
	return true
}

// fixOf says what to do about a device, with this program's own command where
// there is one.
func (l *learning) fixOf(s api.Sight) string {
	list := l.withOwnFix([]api.Device{{Model: s.Model, Fix: s.Fix, NeedsUdevRule: s.NeedsUdevRule}})
	return list[0].Fix
}

// idleError says that no key came, and what may be the reason.
func (l *learning) idleError() error {
	err := fmt.Errorf("no key was pressed for %v", l.options.timeout)
	for _, what := range []string{api.SightReady, api.SightFailed, api.SightUnplugged, api.SightCandidate} {
		for _, s := range l.last {
			if s.What == what {
				return hinted{err, l.idleHint(s)}
			}
		}
	}
	return hinted{err, "plug the button in; magicbutton devices lists what is seen"}
}

func (l *learning) idleHint(s api.Sight) string {
	switch s.What {
	case api.SightReady:
		return "press a key of " + deviceOf(s) + "; --timeout 5m waits longer"
	case api.SightUnplugged:
		return "plug " + deviceOf(s) + " in again, then press a key of it"
	case api.SightCandidate:
		return "unplug " + deviceOf(s) + ", plug it in again, then press a key of it"
	}
	if fix := l.fixOf(s); fix != "" {
		return fix
	}
	return "magicbutton devices says what is wrong with " + deviceOf(s)
}

// boundAlready says that a key cannot be bound again.
func (l *learning) boundAlready(s api.Sight, device hid.Match, line int) error {
	return hinted{
		fmt.Errorf("%s of %s is %s already", s.KeyName, device, l.does(device, s.Key)),
		fmt.Sprintf("to change that, edit line %d of %s", line, l.file),
	}
}

// does says what a bound key does.
func (l *learning) does(device hid.Match, key string) string {
	for _, b := range l.config.Buttons {
		if b.Device == device && b.Key.String() == key {
			return b.Actions()
		}
	}
	return "bound" // by whoever edits the file right now
}

// describeButton says what a key does.
func describeButton(b config.Button) string {
	return fmt.Sprintf("%s  %s  %s", b.Device, b.Key.Name(), b.Actions())
}

// summary lists what every key of the configuration does now.
func (l *learning) summary() string {
	var out strings.Builder
	if len(l.config.Buttons) == 0 {
		return "no key is bound yet\n"
	}
	var t table
	for _, b := range l.config.Buttons {
		fresh := ""
		if slices.Contains(l.bound, b) {
			fresh = "new"
		}
		t = append(t, []cell{left(b.Device.String()), left(b.Key.Name()), left(fresh), left(b.Actions())})
	}
	t.write(&out)
	if len(l.bound) > 0 {
		out.WriteString("\nprint key caps:  " + l.command("labels -o labels.html") + "\n")
	}
	if !l.agent {
		out.WriteString("count presses:   " + l.command("agent") + "\n")
	}
	return out.String()
}

// command is a command of this program for the same desk, as it can be typed here.
func (l *learning) command(words string) string {
	line := quoted(os.Args[0]) + " " + words + l.configFlag()
	if !strings.HasPrefix(words, "labels") { // which needs no database
		line += l.dbFlag()
	}
	return line
}
