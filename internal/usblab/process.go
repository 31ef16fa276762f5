package usblab

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"magicbutton/internal/usblab/wire"
)

// Command is a program to start in the guest: its arguments, environment, folder,
// user and input.
type Command = wire.Command

// Exit is how a process ended.
type Exit = wire.Exit

// Result is what a finished program left.
type Result struct {
	Stdout, Stderr string
	Exit           Exit
}

// Process is a program that runs in the guest.
type Process struct {
	guest          *Guest
	number, pid    int
	name           string
	stdout, stderr *feed[byte]
}

// Start starts a program in the guest. It is not ended with the test, only with the guest.
func (g *Guest) Start(t testing.TB, c Command) *Process {
	t.Helper()
	p := &Process{guest: g, name: strings.Join(c.Args, " "), stdout: newFeed[byte](), stderr: newFeed[byte]()}
	var started wire.Started
	g.do(t, "Start", c, &started)
	p.number, p.pid = started.Process, started.PID
	g.readers.Go(func() { p.follow(p.stdout, false) })
	g.readers.Go(func() { p.follow(p.stderr, true) })
	return p
}

// follow copies one of the program's outputs until its end.
func (p *Process) follow(f *feed[byte], stderr bool) {
	defer f.end()
	for from := 0; ; {
		var chunk wire.Chunk
		if p.guest.rpc.Call(wire.Service+".Follow", wire.Follow{Process: p.number, Stderr: stderr, From: from}, &chunk) != nil {
			return
		}
		from += len(chunk.Data)
		f.add(chunk.Data...)
		if chunk.End {
			return
		}
	}
}

// PID is the process's id in the guest.
func (p *Process) PID() int { return p.pid }

// Type types at the program's terminal (Command.Terminal). A line ends with "\n".
func (p *Process) Type(t testing.TB, text string) {
	t.Helper()
	p.guest.do(t, "Type", wire.Type{Process: p.number, Data: []byte(text)}, &wire.None{})
}

// Run runs a program in the guest to its end.
func (g *Guest) Run(t testing.TB, c Command) Result {
	t.Helper()
	return g.Start(t, c).Wait(t)
}

// Output runs a program in the guest, fails the test unless it exits with 0, and
// returns what it wrote to stdout.
func (g *Guest) Output(t testing.TB, args ...string) string {
	t.Helper()
	r := g.Run(t, Command{Args: args})
	if r.Exit != (Exit{}) {
		t.Fatalf("%s: %+v\n%s%s", strings.Join(args, " "), r.Exit, r.Stdout, r.Stderr)
	}
	return r.Stdout
}

// Stdout is what the program has written until now. After a power cut it is what
// had reached the test by then.
func (p *Process) Stdout() string { return string(p.stdout.now()) }

// Stderr is the same for the program's messages.
func (p *Process) Stderr() string { return string(p.stderr.now()) }

// WaitStdout waits until the program has written a text.
func (p *Process) WaitStdout(t testing.TB, text string) {
	t.Helper()
	p.wait(t, "stdout", p.stdout, text)
}

// WaitStderr waits until the program has written a text to stderr.
func (p *Process) WaitStderr(t testing.TB, text string) {
	t.Helper()
	p.wait(t, "stderr", p.stderr, text)
}

func (p *Process) wait(t testing.TB, stream string, f *feed[byte], text string) {
	t.Helper()
	what := fmt.Sprintf("%q on %s of %s", text, stream, p.name)
	f.await(t, what, func(b []byte) bool { return bytes.Contains(b, []byte(text)) })
}

// Signal sends a signal to the program.
func (p *Process) Signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	p.guest.do(t, "Signal", wire.Signal{Process: p.number, Number: int(s)}, &wire.None{})
}

// Wait waits until the program has ended.
func (p *Process) Wait(t testing.TB) Result {
	t.Helper()
	return p.WaitFor(t, waitLimit)
}

// WaitFor waits for the end of a program that may take longer than Wait allows.
func (p *Process) WaitFor(t testing.TB, limit time.Duration) Result {
	t.Helper()
	var r Result
	if err := p.guest.call(limit, "Wait", p.number, &r.Exit); err != nil {
		t.Fatalf("waiting for %s: %v\nstdout:\n%s\nstderr:\n%s", p.name, err, p.Stdout(), p.Stderr())
	}
	p.stdout.awaitEnd(t, "the end of "+p.name)
	p.stderr.awaitEnd(t, "the end of "+p.name)
	r.Stdout, r.Stderr = p.Stdout(), p.Stderr()
	return r
}
