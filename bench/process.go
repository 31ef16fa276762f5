package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// command runs the program that is measured and returns how long it took, from
// before it was started until it was gone.
func (w *world) command(ctx context.Context, stdout io.Writer, args ...string) (time.Duration, error) {
	return process(ctx, stdout, nil, w.binary, args...)
}

// process runs a program. Where peak is not nil it is called all the time with
// the process's id.
func process(ctx context.Context, stdout io.Writer, peak func(pid int), name string, args ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	// Nothing of the user's may change what is measured.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir(), "TMPDIR=" + os.TempDir(), "LC_ALL=C", "TZ=UTC"}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	if peak != nil {
		done := make(chan struct{})
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			for {
				peak(cmd.Process.Pid)
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		}()
		defer func() { close(done); <-watched }()
	}
	err := cmd.Wait()
	took := time.Since(start)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return 0, fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, stderr.String())
	}
	return took, err
}

// memory is the most that a process had in memory, in bytes.
type memory struct {
	// all is everything, pages of mapped files too; own is what the system cannot
	// drop.
	all, own int64
}

// watch looks at a process. (What wait4 tells begins with the memory of whoever
// started the process, so it is of no use here.)
func (m *memory) watch(pid int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return // it has ended
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		number, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		kib, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "VmHWM":
			m.all = max(m.all, kib<<10)
		case "RssAnon":
			m.own = max(m.own, kib<<10)
		}
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// goBuild builds one Go file that needs the standard library alone.
func goBuild(ctx context.Context, to, source string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", to, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("building %s: %w: %s", source, err, out)
	}
	return nil
}
