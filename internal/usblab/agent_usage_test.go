package usblab_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// longVar, or CI=true, has the tests run that go test ./... has no time for.
const longVar = "USBLAB_LONG"

// long passes a test over where nobody asked for the long ones.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv(longVar) == "" && os.Getenv(replugsVar) == "" && os.Getenv("CI") != "true" {
		t.Skipf("takes long: set %s=1 (or CI=true), or run make lab", longVar)
	}
}

// usage is what an agent holds on to and does, as its system counts it.
type usage struct {
	Files, Threads int
	// OwnKiB is the memory that only the agent has and that only it can give back; ProgramKiB are the pages
	// of its program file, which the system keeps as long as it likes and reads again.
	OwnKiB, ProgramKiB int
	// Wakeups are how often a thread of it waited and was woken up, Go's monitor aside (runtime.sysmon).
	Wakeups, MonitorWakeups int
}

// runFromDisk lets the program's file be on the disk, as on a desk. Each page of a file in memory, where it is otherwise, counts as memory of
// the agent's own.
func (d *desk) runFromDisk(t *testing.T) {
	t.Helper()
	d.guest.Output(t, "sh", "-c", "cp /bin/magicbutton /data/ && sync") // pages not yet on the disk count as the agent's too
	d.program = "/data/magicbutton"
}

// usage reads /proc of the agent (proc(5)).
func (d *desk) usage(t *testing.T) usage {
	t.Helper()
	pid := d.agent.PID()
	out := d.guest.Output(t, "sh", "-c", fmt.Sprintf(`cd /proc/%d && echo files $(ls fd | wc -l) && echo threads $(ls task | wc -l) &&
		cat smaps_rollup && grep ^voluntary task/*/status`, pid))
	var u usage
	// Go starts its monitor as the second thread.
	monitor := fmt.Sprintf("task/%d/status:voluntary_ctxt_switches:", pid+1)
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		n, err := strconv.Atoi(f[min(1, len(f)-1)])
		switch name := f[0]; {
		case err != nil: // the heading of smaps_rollup
		case name == "files":
			u.Files = n
		case name == "threads":
			u.Threads = n
		case name == "Private_Dirty:":
			u.OwnKiB = n
		case name == "Private_Clean:":
			u.ProgramKiB = n
		case name == monitor:
			u.MonitorWakeups = n
		case strings.HasSuffix(name, "voluntary_ctxt_switches:"):
			u.Wakeups += n
		}
	}
	if u.Files == 0 || u.Threads == 0 || u.OwnKiB == 0 || u.Wakeups == 0 || u.MonitorWakeups == 0 {
		t.Fatalf("usage of the agent = %+v, from:\n%s", u, out)
	}
	return u
}

// calm is usage, when the agent has no more than some files open. For a moment it has more, each time that it looks at the bus (every
// two seconds): what it keeps is what is there in between.
func (d *desk) calm(t *testing.T, files int) usage {
	t.Helper()
	const looks, apart = 20, 300 * time.Millisecond
	least := d.usage(t)
	for range looks {
		if least.Files <= files {
			break
		}
		time.Sleep(apart)
		if u := d.usage(t); u.Files < least.Files {
			least = u
		}
	}
	return least
}

// goroutines ends the agent with the signal on which Go prints every goroutine, and counts those that the program
// started. What the agent held stays claimed until the next one starts.
func (d *desk) goroutines(t *testing.T) (n int, dump string) {
	t.Helper()
	before := len(d.agent.Stderr())
	d.agent.Signal(t, syscall.SIGQUIT)
	dump = d.agent.Wait(t).Stderr[before:]
	for line := range strings.Lines(dump) {
		by, created := strings.CutPrefix(line, "created by ")
		if created && !strings.HasPrefix(by, "runtime.") { // the collector's
			n++
		}
	}
	if n == 0 {
		t.Fatalf("SIGQUIT showed no goroutines:\n%s", dump)
	}
	return n, dump
}
