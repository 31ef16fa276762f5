package cli_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"magicbutton/internal/cx"
	"magicbutton/internal/export"
)

// memoryEnv is how many events are imported and exported where 72,000 are too few.
const memoryEnv = "MAGICBUTTON_MEMORY_EVENTS"

// leaveStatus leaves what the system says of this process, where it says anything.
func leaveStatus(path string) {
	if path == "" {
		return
	}
	status, err := os.ReadFile("/proc/self/status")
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.WriteFile(path, status, 0o666)
	}
	if err != nil {
		panic(err)
	}
}

// TestFlatMemory: three times the events take no more memory to import and to export,
// in order and out of order, and under 100 MB at any time.
func TestFlatMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector's own memory is measured, too")
	}
	most := 72_000
	if text := os.Getenv(memoryEnv); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", memoryEnv, err)
		}
		most = n
	}
	dir := t.TempDir()
	little, much := filepath.Join(dir, "little"), filepath.Join(dir, "much")
	writeFile(t, little, most/3, false)
	writeFile(t, much, most, false)
	mixed := filepath.Join(dir, "mixed")
	writeFile(t, mixed, most, true)
	first := peak(t, "import", little, "--db", little+".db")
	for what, got := range map[string]int{
		"import":          peak(t, "import", much, "--db", much+".db"),
		"import again":    peak(t, "import", much, "--db", much+".db"),
		"import unsorted": peak(t, "import", mixed, "--db", mixed+".db"),
	} {
		atMost(t, what, got, first)
	}
	read := []string{"export", "events", "--from", "2000-01-01", "-o", filepath.Join(dir, "out"), "--db"}
	first = peak(t, append(read, little+".db")...)
	atMost(t, "export", peak(t, append(read, much+".db")...), first)
}

// atMost compares the peaks of a process with many events and of one with few, both
// in KB. The collector of garbage comes when it comes: hence the room.
func atMost(t *testing.T, what string, got, first int) {
	t.Helper()
	const bound, room = 100_000, 1.5
	t.Logf("%s: %d KB, with a third of the events %d KB", what, got, first)
	if got > bound || float64(got) > room*float64(first) {
		t.Errorf("%s took %d KB, and %d KB with a third of the events", what, got, first)
	}
}

// peak runs a command and returns the most memory that it had, in KB.
func peak(t *testing.T, args ...string) int {
	t.Helper()
	status := filepath.Join(t.TempDir(), "status")
	cmd := exec.CommandContext(t.Context(), "magicbutton", args...)
	cmd.Env = append(os.Environ(), envStatus+"="+status)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	b, err := os.ReadFile(status)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("this system does not say how much memory a process had")
	}
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		t.Skip("this system does not say how much memory a process had")
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

// writeFile writes events of twenty desks as CSV, every second pair in the wrong
// order where mixed.
func writeFile(t *testing.T, path string, n int, mixed bool) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	out := bufio.NewWriter(f)
	_, err = export.WriteEvents(out, export.CSV, func(yield func([]cx.Event, error) bool) {
		for i := range n {
			if mixed {
				i ^= 2
			}
			id := cx.MakeID(start.Add(time.Duration(i)*time.Second), cx.Origin{1}, uint64(i+1))
			e := cx.Event{
				ID: id, Conversation: id, RecordedAt: id.At(), Tag: fmt.Sprint("tag-", i%12), Desk: fmt.Sprint("desk ", i%20),
				Source: cx.SourceDevice, Device: "1189:8890", Key: fmt.Sprint("F", i%8),
			}
			if i%10 == 0 {
				e.Note = fmt.Sprintf("%d, was told three different dates", i)
			}
			if !yield([]cx.Event{e}, nil) {
				return
			}
		}
	}, export.EventOptions{})
	if err := errors.Join(err, out.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
