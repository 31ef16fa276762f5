package cli_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clipperhouse/displaywidth"
	"github.com/rogpeppe/go-internal/testscript"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/cli"
	"magicbutton/store"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts' goldens")

// What the scripts set for the commands that they run. Only the test binary
// knows these variables.
const (
	envNow = "TEST_NOW" // the clock stands at this instant
	envBus = "TEST_BUS" // one of the buses below; none is plugged in by default
	// envStatus names a file for what the system says of the process at its end.
	envStatus = "TEST_STATUS"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"magicbutton": magicbutton,
		"hold":        hold,
		"bad":         bad,
	})
}

// TestScript runs the scripts of testdata/script.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("TZ", "UTC")
			env.Setenv("GORACE", "atexit_sleep_ms=0")  // under -race each command would end a second later
			env.Setenv(envNow, "2026-11-25T10:00:00Z") // a Wednesday, in 2026-W48
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":  cmdCode,
			"agent": cmdProcess("agent"), "follower": cmdProcess("follower"), "learner": cmdProcess("learner"),
			"bus":   cmdBus,
			"edit":  cmdEdit,
			"id":    cmdID,
			"width": cmdWidth,
			"json":  cmdJSON,
			"port":  cmdPort,
			"seed":  cmdSeed,
		},
	})
}

// condition knows [userns]: a script may mount file systems of its own. Where CI
// cannot, that is an error rather than a test that nobody misses.
func condition(name string) (bool, error) {
	if name != "userns" {
		return false, fmt.Errorf("no condition %q", name)
	}
	err := exec.Command("unshare", "-rm", "true").Run()
	if err != nil && os.Getenv("CI") == "true" {
		return false, fmt.Errorf("unshare -rm: %w", err)
	}
	return err == nil, nil
}

// magicbutton is the program as the scripts run it: as its main does, but with a
// clock that stands still and buses that are not there.
func magicbutton() {
	env := cli.System()
	env.Bus = busOf(os.Getenv(envBus))
	env.Listen = listenApart
	if s := os.Getenv(envNow); s != "" {
		now, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		env.Now = func() time.Time { return now }
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, env, os.Args[1:])
	stop()
	leaveStatus(os.Getenv(envStatus))
	os.Exit(code)
}

// listenApart gives an agent another port than the one that it asks for, where that is
// the default: scripts run at the same time, and beside an agent that may really run here.
func listenApart(network, address string) (net.Listener, error) {
	if address == "127.0.0.1:28886" {
		address = "127.0.0.1:0"
	}
	return net.Listen(network, address)
}

func busOf(name string) hid.Bus {
	switch name {
	case "":
		return hidtest.NewBus()
	case "keypad":
		return hidtest.NewBus(hidtest.Keypad("1-1", "DESK-A"))
	case "forbidden":
		bus := hidtest.NewBus(hidtest.Keypad("1-1", "DESK-A"))
		devices, _ := bus.Devices()
		bus.FailOpen(devices[0].Path, &hid.AccessError{Op: "opening", Path: devices[0].Path, Reason: hid.ErrNoPermission, Fix: "a long command", NeedsUdevRule: true})
		return bus
	case "hostile":
		d := hidtest.Keypad("1-1", "A\x1b[2J\u202e")
		d.Product = "Key\x1b[2J\u202epad"
		return hidtest.NewBus(d)
	case "drawer":
		return drawer()
	case "no-cgo":
		return noUSB{}
	case "script":
		return scriptedBus()
	}
	panic("no bus " + name)
}

// noUSB is the bus of a build without cgo.
type noUSB struct{}

func (noUSB) Available() error                  { return hid.ErrUnavailable }
func (noUSB) Devices() ([]hid.Device, error)    { return nil, hid.ErrUnavailable }
func (noUSB) Open(hid.Device) (hid.Conn, error) { return nil, hid.ErrUnavailable }

// hold has a database open until its standard input ends: hold DB.
func hold() {
	st, err := store.Open(os.Args[1], store.Options{Create: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, syscall.SIGTERM)
	fmt.Fprintln(os.Stderr, "msg=started") // what an agent says
	<-stopped
	if err := st.Close(); err != nil {
		os.Exit(1)
	}
}

// bad presses with what no script can write: bad CASE.
func bad() {
	args := map[string][]string{
		"note":        {"praise", "--note", strings.Repeat("x", 100_000)},
		"tag":         {strings.Repeat("t", 300)},
		"utf8-tag":    {"pr\xffaise"},
		"utf8-note":   {"praise", "--note", "caf\xe9"},
		"control-ref": {"praise", "--ref", "a\x1b[31m"},
		"longest":     {"praise", "--note", strings.Repeat("é", 1996) + "\nend"},
	}
	os.Args = append([]string{"magicbutton", "press"}, args[os.Args[1]]...)
	magicbutton()
}

// cmdCode runs a command and checks its exit code: code N COMMAND…
func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// cmdEdit replaces a text in a file: edit FILE OLD NEW
func cmdEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit file old new")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

// cmdID puts the id that the last command printed into a variable: id NAME
func cmdID(ts *testscript.TestScript, neg bool, args []string) {
	id := strings.TrimSuffix(ts.ReadFile("stdout"), "\n")
	if neg || len(args) != 1 || len(id) != 26 {
		ts.Fatalf("usage: id name, after a command that printed an id and nothing else; it printed %q", id)
	}
	ts.Setenv(args[0], id)
}

// cmdJSON checks that the last output is one JSON value: json
func cmdJSON(ts *testscript.TestScript, _ bool, _ []string) {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("no JSON: %v", err)
	}
}

// cmdWidth checks that no line of the last output is wider, or ends with a blank:
// width 80
func cmdWidth(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		line = strings.TrimSuffix(line, "\n")
		if n := displaywidth.String(line); fmt.Sprint(n) > args[0] && len(fmt.Sprint(n)) >= len(args[0]) {
			ts.Fatalf("%d columns, more than %s: %s", n, args[0], line)
		}
		if strings.TrimRight(line, " \t") != line {
			ts.Fatalf("blanks at the end of %q", line)
		}
	}
}
