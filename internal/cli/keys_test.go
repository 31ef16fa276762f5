package cli

import "strings"

import "testing"

func TestKeys(t *testing.T) {
	for _, test := range []struct {
		name string
		// reads are what the terminal sends, each as far as it comes at once.
		reads []string
		want  string // ESC for a sequence
	}{
		{"plain", []string{"12u"}, "12u"},
		{"lines", []string{"1\r2\n"}, "1\r2\n"},
		{"Delete", []string{"\x1b[3~"}, "\x1b"},
		{"F5, then a key", []string{"\x1b[15~", "1"}, "\x1b1"},
		{"Page Up and a key at once", []string{"\x1b[5~2"}, "\x1b2"},
		{"Ctrl and an arrow", []string{"\x1b[1;5C"}, "\x1b"},
		{"F1", []string{"\x1bOP"}, "\x1b"},
		{"SS3 u", []string{"\x1bOu"}, "\x1b"},
		{"F3 of Linux's console", []string{"\x1b[[C1"}, "\x1b1"},
		{"mouse", []string{"\x1b[<0;12;3M"}, "\x1b"},
		{"in pieces", []string{"\x1b", "[", "3", "~", "1"}, "\x1b1"},
		{"SS3 in pieces", []string{"\x1b", "O", "u", "1"}, "\x1b1"},
		{"Alt and a key", []string{"\x1b1", "2"}, "\x1b2"},
		{"Alt and a letter of two bytes", []string{"\x1bé", "2"}, "\x1b2"},
		{"Alt and Delete", []string{"\x1b\x1b[3~1"}, "\x1b\x1b1"},
		{"Escape, then a key", []string{"\x1b", "1"}, "\x1b1"},
		{"Escape twice, then a key", []string{"\x1b", "\x1b", "1"}, "\x1b\x1b1"},
		{"paste", []string{"\x1b[200~1u\x1b[3~\x1b[20\x1b[201~2"}, "\x1b2"},
		{"paste in pieces", []string{"\x1b[20", "0~1", "1\x1b", "[201", "~", "2"}, "\x1b2"},
		{"no paste", []string{"\x1b[2000~1"}, "\x1b1"},
		{"long sequence", []string{"\x1b[200~~1;1;1;1\x1b[201~\x1b[1;2;3;4;200~1"}, "\x1b\x1b1"},
		{"letters of two and four bytes", []string{"é1😀2"}, "\xc31\xf02"},
		{"Ctrl-C in a sequence", []string{"\x1b[3", "\x03"}, "\x1b\x03"},
		{"Ctrl-C in a paste", []string{"\x1b[200~1", "\x03", "1"}, "\x1b\x031"},
		{"line feed in a sequence", []string{"\x1b[3\n1"}, "\x1b\n1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var k keys
			var got strings.Builder
			for _, read := range test.reads {
				for i := range len(read) {
					if key, ok := k.next(read[i], i < len(read)-1); ok {
						got.WriteString(string([]byte{key}))
					}
				}
			}
			if got.String() != test.want {
				t.Errorf("%q are the keys %q, want %q", test.reads, got.String(), test.want)
			}
		})
	}
}
