package cli_test

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for something to happen before it fails.
const patience = 20 * time.Second

// process is an agent, or another program, that a script talks to while it runs.
type process struct {
	cmd      *exec.Cmd
	input    io.WriteCloser
	out, err transcript
	done     chan struct{} // closed when it has ended, and result is set
	result   error
	drained  chan struct{}         // closed when all that came over its terminal is in out; nil without one
	seen     int                   // how much of the output expect is through with
	heard    int                   // how much of stderr hear is through with
	ended    func() (string, bool) // says what is wrong with the terminal afterwards
}

// transcript is what a process writes. Those who wait for a part of it are woken
// at each write.
type transcript struct {
	mu      sync.Mutex
	text    []byte
	changed chan struct{}
}

func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
	return len(b), nil
}

// get returns the text so far, and a channel that is closed when there is more.
func (t *transcript) get() (string, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return string(t.text), t.changed
}

// running is the processes of each script.
var running sync.Map // processKey → *process

type processKey struct {
	ts   *testscript.TestScript
	name string
}

// cmdProcess starts, talks to and stops a program in the background:
//
//	agent start [-pty] COMMAND…  run it, and wait until it says that it is ready
//	agent type TEXT              type, with Go's escapes
//	agent expect REGEXP          wait for it in the output, after what was expected last
//	agent hear REGEXP            wait for it on stderr
//	agent signal SIGNAL          send HUP, INT, TERM or KILL
//	agent hangup                 end its input, as a terminal that is closed does
//	agent wait [CODE]            wait until it has ended; agent.out and agent.err are what it wrote
//	agent stop                   signal TERM, wait
//	agent close                  close its terminal, wait
//	agent await COMMAND…         run the command until the agent says something
//
// In place of agent, follower is a second one.
func cmdProcess(name string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) == 0 {
			ts.Fatalf("usage: %s start|type|expect|signal|hangup|wait|stop|close|await", name)
		}
		if args[0] == "start" {
			startProcess(ts, processKey{ts, name}, args[1:])
			return
		}
		v, ok := running.Load(processKey{ts, name})
		if !ok {
			ts.Fatalf("no %s was started", name)
		}
		v.(*process).do(ts, neg, name, args)
	}
}

func (p *process) do(ts *testscript.TestScript, neg bool, name string, args []string) {
	switch args[0] {
	case "type":
		text, err := strconv.Unquote(`"` + args[1] + `"`)
		ts.Check(err)
		_, err = io.WriteString(p.input, text)
		ts.Check(err)
	case "expect":
		p.expect(ts, &p.out, args[1])
	case "hear":
		p.seen, p.heard = p.heard, p.seen
		p.expect(ts, &p.err, args[1])
		p.seen, p.heard = p.heard, p.seen
	case "signal":
		ts.Check(p.cmd.Process.Signal(signals[args[1]]))
	case "hangup":
		ts.Check(p.input.Close())
	case "stop":
		ts.Check(p.cmd.Process.Signal(syscall.SIGTERM))
		p.wait(ts, neg, name)
	case "wait":
		p.wait(ts, neg, name)
		if got := p.cmd.ProcessState.ExitCode(); len(args) > 1 && strconv.Itoa(got) != args[1] {
			ts.Fatalf("exit code %d, want %s", got, args[1])
		}
	case "close":
		ts.Check(p.input.Close())
		p.ended = nil // there is no terminal any more
		<-p.done
	case "await":
		for text, _ := p.out.get(); text == ""; text, _ = p.out.get() {
			ts.Check(ts.Exec(args[1], args[2:]...))
		}
	default:
		ts.Fatalf("%s %s: no such thing to do", name, args[0])
	}
}

var signals = map[string]os.Signal{
	"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL,
}

func startProcess(ts *testscript.TestScript, key processKey, args []string) {
	p := &process{done: make(chan struct{})}
	pty := args[0] == "-pty"
	if pty {
		args = args[1:]
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	p.cmd = exec.Command(path, args[1:]...)
	p.cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TZ", "WORK", "GORACE", envNow, envBus} {
		p.cmd.Env = append(p.cmd.Env, name+"="+ts.Getenv(name))
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if pty {
		p.ended = onTerminal(ts, p)
	} else {
		p.input, err = p.cmd.StdinPipe()
		ts.Check(err)
		ts.Check(p.cmd.Start())
	}
	go func() {
		p.result = p.cmd.Wait()
		if p.drained != nil {
			<-p.drained
		}
		close(p.done)
	}()
	running.Store(key, p)
	ts.Defer(func() {
		running.Delete(key)
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	switch line := strings.Join(args, " "); {
	case strings.Contains(line, "--terminal"):
		p.expect(ts, &p.out, "Ctrl-C stops")
	case strings.Contains(line, "devices learn"), strings.Contains(line, "demo"), strings.Contains(line, " export "): // a script waits for what it says
	case !strings.Contains(line, "--follow"):
		p.expect(ts, &p.err, "msg=started")
		p.seen = 0
	}
}

func (p *process) expect(ts *testscript.TestScript, in *transcript, pattern string) {
	re, err := regexp.Compile("(?m)" + pattern)
	ts.Check(err)
	late := time.After(patience)
	done := p.done
	for {
		text, more := in.get()
		if at := re.FindStringIndex(text[p.seen:]); at != nil {
			p.seen += at[1]
			return
		}
		select {
		case <-more:
		case <-done:
			if done == nil {
				break
			}
			done = nil // look once more at what it said last
			continue
		case <-late:
			ts.Fatalf("waited for %q in vain; it said:\n%s", pattern, text)
		}
		if done == nil {
			ts.Fatalf("it ended without %q; it said:\n%s", pattern, text)
		}
	}
}

// wait waits for the end of the process and writes what it said into files.
func (p *process) wait(ts *testscript.TestScript, neg bool, name string) {
	select {
	case <-p.done:
	case <-time.After(patience):
		text, _ := p.err.get()
		ts.Fatalf("it does not end; it said:\n%s", text)
	}
	out, _ := p.out.get()
	errs, _ := p.err.get()
	ts.Check(os.WriteFile(ts.MkAbs(name+".out"), []byte(strings.ReplaceAll(out, "\r\n", "\n")), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs(name+".err"), []byte(errs), 0o644))
	if (p.result != nil) != neg {
		ts.Fatalf("it ended with %v; it said:\n%s%s", p.result, out, errs)
	}
	if p.ended != nil {
		if wrong, ok := p.ended(); !ok {
			ts.Fatalf("the terminal is not as it was: %s", wrong)
		}
	}
}
