package cli_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"magicbutton/internal/cli"
)

// TestHelp goes through the help of every command: each has an example that
// begins with the command itself, takes --config, and fits a terminal's usual width.
func TestHelp(t *testing.T) {
	var walk func(path []string)
	walk = func(path []string) {
		t.Run(strings.Join(append([]string{"magicbutton"}, path...), " "), func(t *testing.T) {
			help := helpOf(t, path)
			if !strings.Contains(help, "--config FILE") {
				t.Errorf("the help does not name --config:\n%s", help)
			}
			example := "\n  " + strings.Join(append([]string{"magicbutton"}, path...), " ")
			_, examples, _ := strings.Cut(help, "Examples:")
			if !strings.Contains(examples, example) {
				t.Errorf("the help has no example:\n%s", help)
			}
			for line := range strings.Lines(help) {
				if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
					t.Errorf("blanks at the end of %q", line)
				}
				if commandToType.MatchString(line) {
					continue // it cannot be broken
				}
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
					t.Errorf("%d columns, want 80 at most: %s", n, line)
				}
			}
		})
		for _, sub := range subcommands(helpOf(t, path)) {
			if sub != "completion" { // which cobra makes
				walk(append(path[:len(path):len(path)], sub))
			}
		}
	}
	walk(nil)
}

// commandToType is a line of the usage or of an example.
var commandToType = regexp.MustCompile(`^  (magicbutton|printf) `)

func helpOf(t *testing.T, path []string) string {
	t.Helper()
	var out, errs bytes.Buffer
	env := cli.System()
	env.Stdout, env.Stderr = &out, &errs
	if code := cli.Main(t.Context(), env, append(path[:len(path):len(path)], "--help")); code != 0 {
		t.Fatalf("%q --help ended with %d: %s", path, code, errs.String())
	}
	return out.String()
}

var commandLine = regexp.MustCompile(`(?m)^  ([a-z]+)  +[A-Z]`)

// subcommands lists the commands that a help lists.
func subcommands(help string) []string {
	before, _, _ := strings.Cut(help, "\nFlags:")
	var names []string
	for _, m := range commandLine.FindAllStringSubmatch(before, -1) {
		names = append(names, m[1])
	}
	return names
}
