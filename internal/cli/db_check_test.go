package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A check that dies, whatever of, is damage that is told; one that ends in order has
// said what there is to say.
func TestCheckDies(t *testing.T) {
	for name, tt := range map[string]struct {
		script, want string
		code         int
	}{
		"killed":         {`echo '{"progress":{"done":7,"total":90}}'; kill -9 $$`, "damaged: reading it ended the check, at record 7 of about 90", exitError},
		"crashed":        {`echo 'fatal error: stack overflow' >&2; exit 2`, "damaged: reading it ended the check, before its first record", exitError},
		"ended silently": {`exit 0`, "damaged: reading it ended the check", exitError},
		"in use":         {`echo 'magicbutton: somebody has it' >&2; exit 4`, "magicbutton: somebody has it\n", exitInUse},
		"sound":          {`echo '{"check":{"events":3}}'`, "", exitDone},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			env := Env{
				Stdout: &stdout, Stderr: &stderr, Getenv: os.Getenv, Now: time.Now,
				Self: []string{"/bin/sh", "-c", tt.script},
			}
			t.Setenv("HOME", t.TempDir())
			db := filepath.Join(t.TempDir(), "desk.db")
			if err := os.WriteFile(db, []byte("whatever"), 0o600); err != nil {
				t.Fatal(err)
			}
			code := Main(t.Context(), env, []string{"db", "check", "--db", db})
			if code != tt.code || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("exit code %d, want %d, and\n%s, want %q", code, tt.code, &stderr, tt.want)
			}
			if sound := strings.Contains(stdout.String(), "is sound"); sound != (tt.code == exitDone) {
				t.Errorf("stdout: %s", &stdout)
			}
		})
	}
}
