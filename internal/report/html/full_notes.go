package html

import (
	"strings"
	"unicode/utf8"

	"magicbutton/internal/report"
)

// noted is one tag's notes.
type noted struct {
	Name  string
	Notes []string
}

func pickNotes(w report.Week) any {
	var out []noted
	for _, t := range w.Tags {
		n := noted{Name: t.Name}
		for _, text := range t.Notes {
			n.Notes = append(n.Notes, shortened(text, noteRunes))
		}
		if n.Notes != nil {
			out = append(out, n)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// noteRunes is how much of a note is shown: a tweet of the old length and twice that.
const noteRunes = 280

// shortened cuts a text of more than most characters at a space, and says so with an
// ellipsis.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := string([]rune(text)[:most])
	if i := strings.LastIndexAny(cut, " \n"); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " \n,;.") + " …"
}
