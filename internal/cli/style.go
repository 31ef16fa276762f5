package cli

import (
	"os"
	"runtime"

	"golang.org/x/term"
)

// style is how a text is shown on the terminal that it goes to. The zero style is
// plain and as wide as every terminal is.
type style struct {
	colour  bool
	columns int // 0 is lineWidth
}

// mostWidth is the widest line that is easy to follow from one end to the other.
const mostWidth = 120

// styleOf returns the style for the standard output: colours on a terminal that shows
// them, unless NO_COLOR (no-color.org) says that none are wanted.
func styleOf(env Env) style {
	out, _ := env.Stdout.(*checkedWriter)
	var f *os.File
	if out != nil {
		f = out.terminal()
	}
	if f == nil {
		return style{}
	}
	s := style{colour: wantsColour(env.Getenv)}
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
		s.columns = min(max(columns, lineWidth), mostWidth)
	}
	return s
}

// wantsColour reports whether a terminal shows colours, and whoever sits there wants
// them. A console of Windows shows the codes themselves unless it is asked not to.
func wantsColour(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && getenv("TERM") != "dumb" && runtime.GOOS != "windows"
}

func (s style) width() int {
	if s.columns == 0 {
		return lineWidth
	}
	return s.columns
}

// The ways to show a text: ECMA-48, 8.3.117, select graphic rendition.
const (
	bold = "1"
	dim  = "2"
	up   = "1;33" // yellow, not red: more praise is no alarm
	down = "1;36" // cyan, which tells from yellow for all who see colours at all
)

// show shows a text in one of the ways, or as it is.
func (s style) show(way, text string) string {
	if !s.colour || way == "" || text == "" {
		return text
	}
	return "\x1b[" + way + "m" + text + "\x1b[0m"
}
