package usblab

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestGuest boots one guest for all that can share it; most of the time goes into booting.
func TestGuest(t *testing.T) {
	g := Start(t, Options{Files: map[string]string{"/opt/modules": "modules.txt"}})
	t.Run("commands", func(t *testing.T) { testCommands(t, g) })
	t.Run("processes", func(t *testing.T) { testProcesses(t, g) })
	t.Run("terminal", func(t *testing.T) { testTerminal(t, g) })
	t.Run("files", func(t *testing.T) { testFiles(t, g) })
	t.Run("keyboards", func(t *testing.T) { testKeyboards(t, g) })
	t.Run("keypads", func(t *testing.T) { testKeypads(t, g) })
	t.Run("gadgets", func(t *testing.T) { testGadgets(t, g) })
	t.Run("polled gadget", func(t *testing.T) { testPolled(t, g) })
	// Last, for it ends the guest: one whose test has died must not stay.
	t.Run("the guest leaves with its test", func(t *testing.T) {
		g.rpc.Close()
		select {
		case <-g.exited:
		case <-time.After(waitLimit):
			t.Errorf("the guest still runs %v after the test left", waitLimit)
		}
	})
}

func testCommands(t *testing.T, g *Guest) {
	for _, test := range []struct {
		name    string
		command Command
		want    Result
	}{
		{
			name:    "both outputs and the exit code",
			command: Command{Args: []string{"sh", "-c", "echo out; echo err >&2; exit 3"}},
			want:    Result{Stdout: "out\n", Stderr: "err\n", Exit: Exit{Code: 3}},
		},
		{
			name:    "input, folder, environment",
			command: Command{Args: []string{"sh", "-c", "cat; pwd; echo $DESK"}, Dir: "/opt", Env: []string{"DESK=a b"}, Stdin: []byte("in\n")},
			want:    Result{Stdout: "in\n/opt\na b\n"},
		},
		{
			name:    "another user",
			command: Command{Args: []string{"id", "-un"}, UID: 1000},
			want:    Result{Stdout: "rep\n"},
		},
		{
			name:    "more output than one reply holds",
			command: Command{Args: []string{"sh", "-c", "yes 0123456 | head -c 1000000"}},
			want:    Result{Stdout: strings.Repeat("0123456\n", 1000000/8)},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, g.Run(t, test.command)); diff != "" {
				t.Errorf("Run(%q) (-want +got):\n%s", test.command.Args, diff)
			}
		})
	}
}

func testProcesses(t *testing.T, g *Guest) {
	const program = `trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done`
	polite := g.Start(t, Command{Args: []string{"sh", "-c", program}})
	killed := g.Start(t, Command{Args: []string{"sh", "-c", program}})
	polite.WaitStdout(t, "ready\n")
	killed.WaitStdout(t, "ready\n")
	polite.Signal(t, syscall.SIGTERM)
	killed.Signal(t, syscall.SIGKILL)
	if diff := cmp.Diff(Result{Stdout: "ready\nbye\n"}, polite.Wait(t)); diff != "" {
		t.Errorf("after SIGTERM (-want +got):\n%s", diff)
	}
	want := Result{Stdout: "ready\n", Exit: Exit{Code: -1, Signal: int(syscall.SIGKILL)}}
	if diff := cmp.Diff(want, killed.Wait(t)); diff != "" {
		t.Errorf("after SIGKILL (-want +got):\n%s", diff)
	}
}

func testTerminal(t *testing.T, g *Guest) {
	p := g.Start(t, Command{
		Args:     []string{"sh", "-c", "tty; echo -n 'name? '; read name; echo hello $name >&2; exit 4"},
		Terminal: true,
	})
	p.WaitStdout(t, "name? ")
	p.Type(t, "desk\n")
	// The terminal shows what is typed, and ends lines its own way.
	want := Result{Stdout: "/dev/pts/0\r\nname? desk\r\nhello desk\r\n", Exit: Exit{Code: 4}}
	if diff := cmp.Diff(want, p.Wait(t)); diff != "" {
		t.Errorf("program on a terminal (-want +got):\n%s", diff)
	}
}

func testFiles(t *testing.T, g *Guest) {
	content := bytes.Repeat([]byte{0, 1, 0xff, '\n'}, 100_000)
	g.WriteFile(t, "/var/lib/desk/file", content)
	if got := g.ReadFile(t, "/var/lib/desk/file"); !bytes.Equal(got, content) {
		t.Errorf("ReadFile returns %d bytes that differ from the %d written", len(got), len(content))
	}
	if diff := cmp.Diff(moduleList, string(g.ReadFile(t, "/opt/modules"))); diff != "" {
		t.Errorf("a file of Options.Files (-want +got):\n%s", diff)
	}
}

func TestDiskAfterPowerCut(t *testing.T) {
	disk := NewDisk(t)
	g := Start(t, Options{Disk: disk})
	// Within five seconds of guest time ext4 would write the second file by itself.
	g.Output(t, "sh", "-c", "cd /data && echo kept >flushed && sync && echo lost >cached")
	g.PowerCut(t)
	if !needsRecovery(t, disk) {
		t.Error("after a power cut the disk is clean")
	}

	g = Start(t, Options{Disk: disk})
	if got := string(g.ReadFile(t, "/data/flushed")); got != "kept\n" {
		t.Errorf("flushed file after a power cut = %q, want %q", got, "kept\n")
	}
	if r := g.Run(t, Command{Args: []string{"cat", "/data/cached"}}); r.Stdout != "" {
		t.Errorf("file that was never flushed after a power cut = %q, want nothing", r.Stdout)
	}
	g.PowerOff(t)
	if needsRecovery(t, disk) {
		t.Error("after a power-off in order the disk needs recovery")
	}
}

// needsRecovery reads a bit of ext4's superblock (kernel documentation,
// filesystems/ext4: INCOMPAT_RECOVER in s_feature_incompat).
func needsRecovery(t *testing.T, d *Disk) bool {
	t.Helper()
	const superblock, featureIncompat, recover = 1024, 0x60, 0x4
	f, err := os.Open(d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var flags [4]byte
	if _, err := f.ReadAt(flags[:], superblock+featureIncompat); err != nil {
		t.Fatal(err)
	}
	return binary.LittleEndian.Uint32(flags[:])&recover != 0
}

func TestBootProblem(t *testing.T) {
	k := findKit(t)
	t.Run("in the guest", func(t *testing.T) {
		_, err := boot(k, Options{ModuleParams: map[string]string{"dummy_hcd": "num=99"}})
		wantError(t, err, `loading module dummy_hcd`)
	})
	t.Run("in QEMU", func(t *testing.T) {
		k.kernel = "no-such-kernel"
		_, err := boot(k, Options{})
		wantError(t, err, "QEMU has", "no-such-kernel")
	})
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error lacks %q:\n%v", part, err)
		}
	}
}

func TestNoKit(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := lookForKit(); err == nil {
		t.Error("found a lab outside of any checkout")
	}
}
