package cli

import "testing"

// TestCommandNames: a command line that begins with the name in the table gets
// that command, and no other.
func TestCommandNames(t *testing.T) {
	env := System()
	for _, c := range commands {
		if got := c.make(env).Name(); got != c.name {
			t.Errorf("the command under %q calls itself %q", c.name, got)
		}
		root := newRootCommand(env, []string{c.name, "--help"})
		if found, _, err := root.Find([]string{c.name}); err != nil || found.Name() != c.name {
			t.Errorf("magicbutton %s runs %q, %v", c.name, found.Name(), err)
		}
	}
}
