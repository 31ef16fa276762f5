package cli_test

import (
	"os"
	"strings"
	"testing"
)

// What the documents show of the demo's year is what it prints, to who types just that.
func TestDocumentsOfTheDemo(t *testing.T) {
	for file, begin := range map[string]string{
		"README.md":       "$ magicbutton demo -o demo\n",
		"docs/tallies.md": "$ magicbutton export --config demo/",
	} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile("../../" + file)
			if err != nil {
				t.Fatal(err)
			}
			_, block, found := strings.Cut(string(text), "```\n"+begin)
			if !found {
				t.Fatalf("%s has nothing that begins with %q", file, begin)
			}
			block, _, _ = strings.Cut(begin+block, "```\n")
			t.Chdir(t.TempDir())
			if !strings.Contains(begin, "magicbutton demo") {
				command(t, "demo", "-o", "demo", "--no-tour")
			}
			for transcript := range strings.SplitSeq(strings.TrimPrefix(block, "$ magicbutton "), "\n$ magicbutton ") {
				line, shown, _ := strings.Cut(transcript, "\n")
				inOrder(t, command(t, strings.Fields(line)...), shown)
			}
		})
	}
}

// inOrder wants the lines that are shown right after each other, but for … , which stands
// for any.
func inOrder(t *testing.T, printed, shown string) {
	t.Helper()
	for part := range strings.SplitSeq("\n"+strings.TrimSuffix(shown, "\n")+"\n", "\n…\n") {
		part = strings.Trim(part, "\n")
		_, after, found := strings.Cut("\n"+printed, "\n"+part+"\n")
		if !found && part != "" {
			t.Errorf("nothing like this is printed:\n%s\nbut this:\n%s", part, printed)
		}
		if part != "" {
			printed = after
		}
	}
}
