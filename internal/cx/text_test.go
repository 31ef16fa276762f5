package cx

import (
	"strings"
	"testing"
)

func TestCheckTag(t *testing.T) {
	for _, s := range []string{"a", "0", "refund-slow", "a--b-", strings.Repeat("a", 40)} {
		if err := CheckTag(s); err != nil {
			t.Errorf("CheckTag(%q) = %v", s, err)
		}
	}
	tests := []struct{ name, in, want string }{
		{"empty", "", "tag is empty"},
		{"41 characters", strings.Repeat("a", 41), `tag "` + strings.Repeat("a", 41) + `" is longer than 40 characters`},
		{"300 bytes", strings.Repeat("a", 300), `tag "` + strings.Repeat("a", 60) + `…" is longer than 40 characters`},
		{"capital", "Refund", `tag "Refund": 'R' is not a lower-case letter (a to z), digit or hyphen`},
		{"space", "re fund", `tag "re fund": ' ' is not a lower-case letter (a to z), digit or hyphen`},
		{"umlaut", "rückgabe", `tag "rückgabe": 'ü' is not a lower-case letter (a to z), digit or hyphen`},
		{"hyphen first", "-refund", `tag "-refund" begins with a hyphen`},
		{"not UTF-8", "a\xff", `tag "a\xff": '�' is not a lower-case letter (a to z), digit or hyphen`},
		{"formula", "=a1", `tag "=a1": '=' is not a lower-case letter (a to z), digit or hyphen`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := CheckTag(tt.in); said(err) != tt.want {
				t.Errorf("CheckTag(%q) = %v, want %s", tt.in, err, tt.want)
			}
		})
	}
}

func TestCheckTexts(t *testing.T) {
	desk := func(s string) error { return CheckName("desk", s) }
	tests := []struct {
		name  string
		check func(string) error
		in    string
		want  string
	}{
		{"empty name", desk, "", ""},
		{"80 characters of 2 bytes", desk, strings.Repeat("ü", 80), ""},
		{"81 characters", desk, strings.Repeat("ü", 81), "desk has 81 characters, at most 80 are allowed"},
		{"line feed in a name", desk, "a\nb", "desk contains the control character U+000A"},
		{"NUL", desk, "a\x00b", "desk contains the control character U+0000"},
		{"DEL", desk, "a\x7f", "desk contains the control character U+007F"},
		{"C1 control", desk, "a\u009bb", "desk contains the control character U+009B"},
		{"not UTF-8", desk, "a\xff", "desk is not valid UTF-8"},
		{"empty note", CheckNote, "", ""},
		{"2000 characters of 4 bytes", CheckNote, strings.Repeat("😀", 2000), ""},
		{"2001 characters", CheckNote, strings.Repeat("a", 2001), "note has 2001 characters, at most 2000 are allowed"},
		{"10 MB", CheckNote, strings.Repeat("a", 10<<20), "note has 10485760 characters, at most 2000 are allowed"},
		{"lines", CheckNote, "a\nb", ""},
		{"carriage return", CheckNote, "a\rb", "note contains the control character U+000D"},
		{"tab", CheckNote, "a\tb", "note contains the control character U+0009"},
		{"half a surrogate", CheckNote, "\xed\xa0\x80", "note is not valid UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.check(tt.in); said(err) != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestCleanNote(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		" \r\n a\r\nb \n\n":  "a\nb",
		"a\rb":               "a\rb", // refused by CheckNote
		"a\n\nb":             "a\n\nb",
		"\u00a0a b\u2003\n ": "a b",
	} {
		if got := CleanNote(in); got != want {
			t.Errorf("CleanNote(%q) = %q, want %q", in, got, want)
		}
	}
}
