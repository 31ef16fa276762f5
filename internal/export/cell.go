package export

import (
	"fmt"
	"strings"
	"time"

	"magicbutton/internal/cx"
)

// guarded reports whether a text that begins with b is written with a ' before
// it: what a spreadsheet takes for a formula (OWASP, "CSV Injection"), and the
// sign itself, so that it can be taken off again.
func guarded(b byte) bool {
	switch b {
	case '=', '+', '-', '@', '\'', '\t', '\r':
		return true
	}
	return false
}

// textCell writes a text so that no spreadsheet runs it.
func textCell(s string) string {
	if s != "" && guarded(s[0]) {
		return "'" + s
	}
	return s
}

// cellText takes off the ' that textCell put there, and no other.
func cellText(s string) string {
	if len(s) > 1 && s[0] == '\'' && guarded(s[1]) {
		return s[1:]
	}
	return s
}

const instantLayout = "2006-01-02T15:04:05.000Z"

// instantCell writes an instant, the zero Time as "".
func instantCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(instantLayout)
}

// cellInstant reads an RFC 3339 instant with any offset. What is finer than a
// millisecond is cut off, as an id would.
func cellInstant(column, s string) (time.Time, error) {
	t, err := cx.ParseInstant(s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q: want an instant such as 2026-11-16T09:30:00Z or 2026-11-16T10:30:00+01:00", column, clip(s))
	}
	if !t.After(time.Time{}) {
		return time.Time{}, fmt.Errorf("%s %q is before the year 1", column, clip(s))
	}
	return t, nil
}

// cellBool reads true or false, in capitals too, as a spreadsheet saves them;
// "" is false.
func cellBool(column, s string) (bool, error) {
	switch {
	case s == "" || strings.EqualFold(s, "false"):
		return false, nil
	case strings.EqualFold(s, "true"):
		return true, nil
	}
	return false, fmt.Errorf("%s %q: want true or false", column, clip(s))
}
