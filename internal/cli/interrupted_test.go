package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/api"
)

// Who calls off a check or a salvage reads what became of the database, not what the
// program calls it.
func TestInterrupted(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	db := filepath.Join(t.TempDir(), "desk.db")
	var stderr bytes.Buffer
	env := Env{Stdout: io.Discard, Stderr: &stderr, Getenv: os.Getenv, Now: time.Now}
	if code := Main(t.Context(), env, []string{"press", "praise", "--db", db}); code != exitDone {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	env.Self = []string{"/bin/sh", "-c", `exec sleep 20`} // a check that takes long
	for _, tt := range []struct {
		after time.Duration
		args  []string
	}{
		{0, []string{"db", "check", "--db", db}},
		{100 * time.Millisecond, []string{"db", "check", "--db", db}},
		{0, []string{"db", "salvage", "--db", db, "-o", db + ".saved"}},
		{0, []string{"export", "events", "--db", db}},
		{0, []string{"export", "events", "--db", db, "-o", db + ".saved"}},
	} {
		stderr.Reset()
		off, cancel := context.WithTimeoutCause(t.Context(), tt.after, context.Canceled)
		args := tt.args
		code := Main(off, env, args)
		cancel()
		said := stderr.String()
		if code != exitError || !strings.Contains(said, "interrupted; ") || strings.Contains(said, "context ") {
			t.Errorf("%q called off: exit code %d, %s", args, code, said)
		}
		if _, err := os.Stat(db + ".saved"); err == nil {
			t.Errorf("%q called off left a file", args)
		}
	}
}

// Who calls off a purge reads how much of it was done.
func TestPurgeInterrupted(t *testing.T) {
	for want, got := range map[string]api.Purged{
		"until then: nothing":                        {},
		"until then: 1 note":                         {Notes: 1},
		"until then: 4000 events":                    {Events: 4000},
		"until then: 2 notes and 5 events of 3 days": {Notes: 2, Events: 5, Days: 3},
	} {
		if err := purgeInterrupted(got, false); !strings.HasSuffix(err.Error(), want) {
			t.Errorf("purgeInterrupted(%+v) = %q, want %q", got, err, want)
		}
	}
}

// Who waits for an agent that is killed is told where to look.
func TestHintOfBrokenOff(t *testing.T) {
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF} {
		if hint := hintOf(nil, fmt.Errorf("talking to the agent: %w", err)); !strings.Contains(hint, "magicbutton doctor") {
			t.Errorf("the hint of %v is %q", err, hint)
		}
	}
	if hint := hintOf(nil, errors.New("something")); hint != "" {
		t.Errorf("the hint of anything is %q", hint)
	}
}
