package html

import (
	"fmt"
	"slices"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// section is a part of the page: what it shows of the model, and the template
// sections/NAME.tmpl that shows it.
type section struct {
	name, title string
	// full says that it is not on the one page that is shown by default.
	full bool
	// pick returns what the template is given, nil where there is nothing to say: the
	// section is left out then.
	pick func(report.Week) any
}

// sections are all there are, in the order of the page.
var sections = []section{
	{"summary", "In short", false, pickSummary},
	{"top", "What changed", false, pickTop},
	{"cost", "What it costs", false, pickCost},
	{"action", "What was done", false, pickAction},
	{"capture", "How well it was captured", false, pickCapture},
	{"limits", "What this can and cannot show", false, pickLimits},

	{"pareto", "All tags", true, pickPareto},
	{"changes", "Changes", true, pickChanges},
	{"presence", "New, back and gone quiet", true, pickPresence},
	{"charts", "Control charts", true, pickCharts},
	{"stages", "Where in the journey", true, pickStages},
	{"domains", "Service, experience, success", true, pickDomains},
	{"drivers", "Drivers of experience", true, pickDrivers},
	{"channels", "Channels and switches", true, pickChannels},
	{"clock", "Weekday and hour", true, pickClock},
	{"notes", "In customers' words", true, pickNotes},
	{"actions", "All actions", true, pickActions},
	{"method", "Method", true, pickMethod},
	{"said", "You said, we did", true, pickSaid},
}

// Sections returns the names of all sections, in the order of the page.
func Sections() []string {
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	return names
}

// ParseSections reads names of sections. An error says what is near, or which there
// are.
func ParseSections(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		word := strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(Sections(), word) {
			return nil, unknownSection(name)
		}
		out = append(out, word)
	}
	return out, nil
}

func unknownSection(name string) error {
	if near := cx.Nearest(name, Sections()); near != "" {
		return fmt.Errorf("unknown section %q (did you mean %q?)", name, near)
	}
	return fmt.Errorf("unknown section %q (known: %s)", name, strings.Join(Sections(), ", "))
}

// chosen returns the sections to show.
func chosen(o Options) []section {
	var out []section
	for _, s := range sections {
		if slices.Contains(o.Sections, s.name) || len(o.Sections) == 0 && (o.Full || !s.full) {
			out = append(out, s)
		}
	}
	return out
}
