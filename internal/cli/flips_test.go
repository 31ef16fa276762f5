package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/store"
)

// Whatever bit of the database is wrong, what the program prints is right, or it
// exits 1 and names the file.
func TestFlippedBitsInTheProgram(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "desk.db")
	s, err := store.Open(path, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	var events []store.New
	at := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	for i := range 900 {
		events = append(events, store.New{At: at.Add(time.Duration(i) * 7 * time.Minute), Event: cx.Event{
			Tag: fmt.Sprintf("tag-%d", i%7), Desk: "desk", Source: cx.SourceDevice, Device: "pad", Key: "F13",
			Note: strings.Repeat("words ", i%3),
		}})
	}
	if _, err := s.Append(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	commands := [][]string{
		{"tally", "--week", "2026-W47"},
		{"events", "--week", "2026-W47"},
		{"db", "check"},
	}
	run := func(args []string) (out string, code int, said string) {
		cmd := exec.CommandContext(t.Context(), "magicbutton", append(args, "--db", path)...)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "TZ=UTC")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		_ = cmd.Run() // the exit code says it
		return stdout.String(), cmd.ProcessState.ExitCode(), stderr.String()
	}
	var want []string
	for _, args := range commands {
		out, code, said := run(args)
		if code != 0 || out == "" {
			t.Fatalf("%q: exit code %d: %s", args, code, said)
		}
		want = append(want, out)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	told := 0
	for range 36 {
		b, at, bit := bytes.Clone(good), random.IntN(len(good)), byte(1)<<random.IntN(8)
		b[at] ^= bit
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		for i, args := range commands {
			out, code, said := run(args)
			switch {
			case code == 1 && strings.Contains(said, path):
				told++
			case code != 0 || out != want[i]:
				t.Errorf("bit %#x of byte %d flipped: %q: exit code %d: %s%s", bit, at, args, code, out, said)
			}
		}
	}
	t.Logf("%d of %d answers are errors", told, 36*len(commands))
}
