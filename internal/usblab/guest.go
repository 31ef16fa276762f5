package usblab

import (
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"magicbutton/internal/usblab/wire"
)

// Limits of waiting. They are for guests that hang: a healthy one, on two busy
// cores and without hardware virtualization, takes a tenth of each.
const (
	bootLimit = 90 * time.Second
	waitLimit = 30 * time.Second
)

// Numbers of ports and of what hangs on them.
const (
	KeyboardPorts = 8 // of the emulated xHCI controller, numbered from 1
	KeyboardLimit = 4 // keyboards at once
	GadgetPorts   = 4 // gadgets at once, numbered from 1
)

// Options is what a guest starts with. The zero value is a guest without a disk
// and with nothing plugged in.
type Options struct {
	Files        map[string]string // path in the guest to a file of this machine, copied with mode 0755
	Disk         *Disk             // mounted on /data; nil: none
	ModuleParams map[string]string // module to parameters, such as "usbhid" to "quirks=0x0627:0x0001:0x0004"
	MemoryMiB    int               // zero: 384
	CPUs         int               // zero: 1, which starts soonest
	// Ports are serial ports in the guest, /dev/vport0p2 and up. Each line that is written to one reaches its function at once,
	// in one goroutine: before the guest asks anything more of its disk.
	Ports []func(line string)
}

// Guest is a running Linux machine. Its methods fail the test that they are given,
// so that subtests can share a guest; they belong to that test's goroutine.
type Guest struct {
	qemu    *exec.Cmd
	exited  chan struct{} // closed when QEMU has ended
	console *console
	qmp     *qmp
	rpc     *rpc.Client
	input   *feed[wire.Input]
	output  *feed[wire.Output]
	readers sync.WaitGroup
	sockets []net.Listener // that QEMU connects to

	mu        sync.Mutex
	displays  [KeyboardLimit]bool // in use by a keyboard
	keyboards int                 // plugged in since the boot: QEMU's ids are not used twice
}

// Start boots a guest and returns when it takes commands. It ends with the test.
// Without the lab's software the test is skipped, or fails where CI=true.
func Start(t testing.TB, o Options) *Guest {
	t.Helper()
	g, err := boot(findKit(t), o)
	if err != nil {
		t.Fatalf("booting a guest: %v", err)
	}
	t.Cleanup(func() {
		g.kill()
		if t.Failed() {
			g.noteCrash()
			t.Logf("console of the guest:\n%s", g.console.tail())
		}
	})
	return g
}

// boot starts QEMU and waits for the guest. An error shows the console.
func boot(k kit, o Options) (*Guest, error) {
	dir, err := os.MkdirTemp("", "usblab") // short: a socket's path has room for 107 bytes
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // QEMU has read and connected what is in it when boot returns
	root, err := initramfs(k, o)
	if err != nil {
		return nil, fmt.Errorf("making the root file system: %w", err)
	}
	initrd := filepath.Join(dir, "initrd")
	if err := os.WriteFile(initrd, root, 0o600); err != nil {
		return nil, err
	}
	// QEMU connects to these while it starts, so nothing has to be tried twice.
	g := &Guest{console: &console{}, exited: make(chan struct{})}
	monitor, err := g.socket(filepath.Join(dir, "qmp"))
	if err != nil {
		return nil, err
	}
	defer monitor.Close()
	control, err := g.socket(filepath.Join(dir, "control"))
	if err != nil {
		return nil, err
	}
	defer control.Close()
	args, err := g.qemuArgs(k, o, initrd, dir)
	if err != nil {
		g.closeSockets()
		return nil, err
	}
	g.qemu = exec.Command(k.qemu, args...)
	g.qemu.Stdout, g.qemu.Stderr = g.console, g.console
	if err := g.qemu.Start(); err != nil {
		g.closeSockets()
		return nil, err
	}
	go func() {
		_ = g.qemu.Wait() // killed, more often than not
		close(g.exited)
		g.closeSockets()
	}()
	if err := g.connect(monitor, control); err != nil {
		g.kill()
		return nil, fmt.Errorf("%w; the console:\n%s", err, g.console.tail())
	}
	return g, nil
}

// connect waits for QEMU and then for the guest's helper.
func (g *Guest) connect(monitor, control net.Listener) error {
	conn, err := monitor.Accept()
	if err != nil {
		return errors.New("QEMU has ended at once")
	}
	port, err := control.Accept()
	if err != nil {
		conn.Close()
		return errors.New("QEMU has ended at once")
	}
	g.rpc = rpc.NewClient(port)
	g.qmp = newQMP(conn)
	if err := g.qmp.do("qmp_capabilities", nil); err != nil {
		return err
	}
	var release string
	if err := g.call(bootLimit, "Hello", wire.None{}, &release); err != nil {
		return err
	}
	g.input = follow[wire.Input](g, "Input")
	g.output = follow[wire.Output](g, "Output")
	return nil
}

// qemuArgs returns QEMU's arguments, and serves what they name in dir.
func (g *Guest) qemuArgs(k kit, o Options, initrd, dir string) ([]string, error) {
	memory := o.MemoryMiB
	if memory == 0 {
		memory = 384
	}
	// mitigations=off and nokaslr: a third less time to boot. no_timer_check: on a busy
	// machine the emulated timer ticks too late for the kernel's check, which panics.
	kernelArgs := "console=ttyS0 quiet panic=-1 mitigations=off nokaslr no_timer_check"
	args := []string{
		// Emulation, always: a /dev/kvm that exists is not always one that works.
		"-accel", "tcg",
		// Without the PS/2 keyboard, which would be a second keyboard in the guest.
		"-M", "q35,i8042=off", "-m", fmt.Sprint(memory), "-smp", fmt.Sprint(max(o.CPUs, 1)),
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", k.kernel, "-initrd", initrd,
		"-serial", "stdio", "-monitor", "none",
		"-chardev", "socket,id=monitor,path=" + filepath.Join(dir, "qmp"), "-mon", "chardev=monitor,mode=control",
		"-chardev", "socket,id=control,path=" + filepath.Join(dir, "control"),
		"-device", "virtio-serial-pci", "-device", "virtserialport,chardev=control,nr=1,name=usblab",
		"-device", fmt.Sprintf("qemu-xhci,id=xhci,p2=%d,p3=%[1]d", KeyboardPorts),
	}
	// QEMU sends a key to one keyboard among several only through a display that the
	// keyboard is bound to. Displays cannot be plugged in later.
	for i := range KeyboardLimit {
		args = append(args, "-device", "bochs-display,id="+displayID(i))
	}
	ports, err := g.portArgs(o.Ports, dir)
	if err != nil {
		return nil, err
	}
	args = append(args, ports...)
	if o.Disk != nil {
		kernelArgs += " " + wire.DiskVar + "=1"
		drive, err := o.Disk.drive(g, dir)
		if err != nil {
			return nil, err
		}
		args = append(args, drive...)
	}
	return append(args, "-append", kernelArgs), nil
}

// call runs one call of the guest's service, for at most limit.
func (g *Guest) call(limit time.Duration, method string, args, reply any) error {
	call := g.rpc.Go(wire.Service+"."+method, args, reply, make(chan *rpc.Call, 1))
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-call.Done:
		return call.Error
	case <-g.exited:
		return errors.New("the guest has ended")
	case <-timer.C:
		return fmt.Errorf("no answer from the guest to %s in %v", method, limit)
	}
}

// do runs one call and fails the test with it.
func (g *Guest) do(t testing.TB, method string, args, reply any) {
	t.Helper()
	if err := g.call(waitLimit, method, args, reply); err != nil {
		t.Fatalf("guest: %v", err)
	}
}

// PowerCut ends the guest as pulling the plug does: what its kernel has not yet
// written to the disk is lost.
func (g *Guest) PowerCut(t testing.TB) {
	t.Helper()
	g.kill()
}

// PowerOff ends the guest in order, with its disk unmounted.
func (g *Guest) PowerOff(t testing.TB) {
	t.Helper()
	g.rpc.Go(wire.Service+".PowerOff", wire.None{}, &wire.None{}, make(chan *rpc.Call, 1))
	select {
	case <-g.exited:
		g.kill()
	case <-time.After(waitLimit):
		t.Fatalf("the guest did not power off in %v", waitLimit)
	}
}

// kill ends QEMU, by its own process id, and everything that talks to it.
func (g *Guest) kill() {
	_ = g.qemu.Process.Kill() // it may have ended already
	<-g.exited
	if g.rpc != nil {
		_ = g.rpc.Close() // closed by itself when the guest ended
	}
	if g.qmp != nil {
		g.qmp.conn.Close()
	}
	g.readers.Wait()
}

// WriteFile writes a file in the guest.
func (g *Guest) WriteFile(t testing.TB, path string, data []byte) {
	t.Helper()
	g.do(t, "WriteFile", wire.File{Path: path, Data: data}, &wire.None{})
}

// ReadFile reads a file in the guest.
func (g *Guest) ReadFile(t testing.TB, path string) []byte {
	t.Helper()
	var data []byte
	g.do(t, "ReadFile", path, &data)
	return data
}

// console is what the guest's kernel and QEMU print.
type console struct {
	mu   sync.Mutex
	text strings.Builder
}

func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *console) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// tail is the last lines of it.
func (c *console) tail() string {
	const lines = 80
	all := strings.Split(c.all(), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
