package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
	"magicbutton/store"
)

// unguarded lets one key be pressed again at once.
const unguarded = "guard = 0\n"

var fastButtons = strings.Replace(buttons, "[press]\n", "[press]\n"+unguarded, 1)

const pad = "1-1:1.0"

// smallDisk mounts a file system of a megabyte.
func smallDisk(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		skipUnlessCI(t, fmt.Sprintf("no small file system to fill: %v", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// skipUnlessCI ends a test that this machine cannot run. Where CI runs, every test
// must.
func skipUnlessCI(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// fill leaves no byte of a disk, and returns how to make room again.
func fill(t *testing.T, folder string) (free func()) {
	t.Helper()
	path := filepath.Join(folder, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// immutable takes from everybody the right to change a file, or gives it back.
func immutable(t *testing.T, path string, on bool) {
	t.Helper()
	const flag = 0x10 // FS_IMMUTABLE_FL, linux/fs.h
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	flags, err := unix.IoctlGetInt(int(f.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		if flags &^= flag; on {
			flags |= flag
		}
		err = unix.IoctlSetPointerInt(int(f.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	if err != nil {
		skipUnlessCI(t, fmt.Sprintf("no file that can be made immutable: %v", err))
	}
}

// logged is a log that tests read.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// within waits until something is so, and fails where it takes longer.
func within(t testing.TB, d time.Duration, what string, is func() bool) {
	t.Helper()
	deadline := time.After(d)
	for tick := time.NewTicker(10 * time.Millisecond); !is(); {
		select {
		case <-deadline:
			t.Fatalf("%s: not within %s", what, d)
		case <-tick.C:
		}
	}
}

// pressUntilWaiting presses until a press is not saved, and returns how many were.
func (r *running) pressUntilWaiting() (stored int) {
	r.t.Helper()
	for ; stored < 1000; stored++ {
		r.bus.Tap(pad, key1)
		if o := r.wait(); o.Result == Waiting {
			return stored
		} else if o.Result != Stored {
			r.t.Fatalf("a press on a full disk = %s: %v", resultNames[o.Result], o.Err)
		}
	}
	r.t.Fatal("no press met the end of the disk")
	return 0
}

// logUntilWaiting is pressUntilWaiting on the agent's own terminal.
func (r *running) logUntilWaiting() (stored int) {
	r.t.Helper()
	for ; stored < 1000; stored++ {
		p := Press{Source: cx.SourceTerminal, At: time.Now(), Action: config.Action{Tag: "praise"}}
		if o := r.Desk().Press(r.t.Context(), p); o.Result == Waiting {
			return stored
		} else if o.Result != Stored {
			r.t.Fatalf("a press on a full disk = %s: %v", resultNames[o.Result], o.Err)
		}
	}
	r.t.Fatal("no press met the end of the disk")
	return 0
}

// blinks waits until the keypad's light was on so often.
func (r *running) blinks(want int) {
	r.t.Helper()
	within(r.t, 10*time.Second, fmt.Sprintf("%d blinks", want), func() bool {
		n := 0
		for _, o := range r.bus.Outputs(pad) {
			if o.Report[len(o.Report)-1] != 0 {
				n++
			}
		}
		return n >= want
	})
}

// brokenDisk mounts an ext4 of its own, for the test to break.
func brokenDisk(t *testing.T) (folder string) {
	t.Helper()
	image := filepath.Join(t.TempDir(), "disk")
	folder = t.TempDir()
	err := os.WriteFile(image, nil, 0o600)
	if err == nil {
		err = os.Truncate(image, 16<<20)
	}
	if err != nil {
		t.Fatal(err)
	}
	cleanAfter(t, folder)
	for _, args := range [][]string{{"mkfs.ext4", "-q", "-F", image}, {"mount", "-o", "loop", image, folder}} {
		if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			skipUnlessCI(t, fmt.Sprintf("no file system of its own: %v: %v %s", args, err, out))
		}
	}
	t.Cleanup(func() {
		within(t, 20*time.Second, "unmounting", func() bool { return syscall.Unmount(folder, 0) == nil })
	})
	return folder
}

// janitor is told of the end of a test by the end of its input, also where the test was
// killed. A thread that waits for a frozen disk cannot be killed, and keeps that input
// open: so no disk is frozen for longer than any test needs. Its loop device goes with
// the mount.
const janitor = `
timeout -s KILL 120 cat
mountpoint -q "$1" && fsfreeze -u "$1"
cat
mountpoint -q "$1" && umount -l "$1"
`

// cleanAfter lets nothing that is mounted on a folder, or frozen there, outlive the test,
// whatever ends it.
func cleanAfter(t *testing.T, folder string) {
	t.Helper()
	for _, tool := range []string{"timeout", "mountpoint", "fsfreeze", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			skipUnlessCI(t, err.Error())
		}
	}
	clean := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-c", janitor, "janitor", folder)
	clean.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no Ctrl-C of the terminal ends it
	alive, err := clean.StdinPipe()
	if err == nil {
		err = clean.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		alive.Close()
		_ = clean.Wait() // it fails where there was nothing left to do
	})
}

func loadTags() (*config.Config, error) { return config.Parse("test.toml", []byte(tagsAndDesk)) }

func makeDB(t *testing.T, path string) {
	t.Helper()
	st, err := store.Open(path, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}
