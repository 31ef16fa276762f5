package export

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
	var t time.Time
	// UnmarshalText is strict, where time.Parse lets a comma or 9:30 pass.
	text, shift := fourDigitYear(s)
	if err := t.UnmarshalText([]byte(strings.ToUpper(text))); err != nil {
		return time.Time{}, fmt.Errorf("%s %q: want an instant such as 2026-11-16T09:30:00Z or 2026-11-16T10:30:00+01:00", column, clip(s))
	}
	t = time.UnixMilli(t.UTC().AddDate(shift, 0, 0).UnixMilli()).UTC()
	if !t.After(time.Time{}) {
		return time.Time{}, fmt.Errorf("%s %q is before the year 1", column, clip(s))
	}
	return t, nil
}

// fourDigitYear brings a year of five digits, which an id can carry (it ends in
// 10889) and RFC 3339 cannot, into the range that package time reads. The
// calendar repeats every 400 years, so 8000 earlier has the same days.
func fourDigitYear(s string) (text string, shift int) {
	const years = 8000
	if len(s) < 6 || s[5] != '-' {
		return s, 0
	}
	year, err := strconv.ParseUint(s[:5], 10, 32)
	if err != nil || year < 10000 || year-years > 9999 {
		return s, 0
	}
	return fmt.Sprintf("%04d", year-years) + s[5:], years
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
