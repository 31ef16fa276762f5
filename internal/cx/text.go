package cx

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of texts, in characters (code points).
const (
	MaxTagRunes  = 40
	MaxNameRunes = 80
	MaxNoteRunes = 2000
)

// CheckTag says whether s can be a tag's code: 1 to [MaxTagRunes] lower-case
// letters, digits and hyphens, beginning with a letter or digit. Codes are
// typed, sorted and compared, so they have one spelling.
func CheckTag(s string) error {
	switch {
	case s == "":
		return errors.New("tag is empty")
	case utf8.RuneCountInString(s) > MaxTagRunes:
		return fmt.Errorf("tag %q is longer than %d characters", clip(s), MaxTagRunes)
	case s[0] == '-':
		return fmt.Errorf("tag %q begins with a hyphen", clip(s))
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return fmt.Errorf("tag %q: %q is not a lower-case letter (a to z), digit or hyphen", clip(s), r)
		}
	}
	return nil
}

// CheckName says whether s can be the name of a desk, site, device or key; what
// names it in the error. "" is allowed and means none.
func CheckName(what, s string) error {
	return checkText(what, s, MaxNameRunes, false)
}

// CheckNote says whether s can be stored as a note: valid UTF-8 of at most
// [MaxNoteRunes] characters without control characters; line feeds are allowed.
func CheckNote(s string) error {
	return checkText("note", s, MaxNoteRunes, true)
}

// CleanNote turns CR LF into LF and takes white space off both ends.
func CleanNote(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

func checkText(what, s string, most int, lines bool) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not valid UTF-8", what)
	}
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("%s has %d characters, at most %d are allowed", what, n, most)
	}
	for _, r := range s {
		if unicode.IsControl(r) && (!lines || r != '\n') {
			return fmt.Errorf("%s contains the control character %U", what, r)
		}
	}
	return nil
}
