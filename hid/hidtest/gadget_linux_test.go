package hidtest_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
	"magicbutton/internal/usblab"
)

// gadgetEnv is set where the tests of real USB run: as root, on a machine that has no better use for its keyboards.
const gadgetEnv = "HIDTEST_GADGET"

// gadget is a keypad that the kernel plays itself (configfs, f_hid) on a bus that it plays too (dummy_hcd).
type gadget struct {
	bus     hid.USB
	udc     string
	dir     string
	node    *os.File
	outputs chan []byte
	events  atomic.Int64
}

// gadgetKeypad makes the one gadget of these tests.
func gadgetKeypad(t *testing.T) *gadget {
	t.Helper()
	if os.Getenv(gadgetEnv) == "" {
		t.Skipf("runs in the USB lab only, where %s is set", gadgetEnv)
	}
	controllers, err := os.ReadDir("/sys/class/udc")
	if err != nil || len(controllers) == 0 {
		t.Fatalf("no USB device controller: %v", err)
	}
	g := &gadget{udc: controllers[0].Name(), dir: "/sys/kernel/config/usb_gadget/hidtest", outputs: make(chan []byte, 100)}
	function := filepath.Join(g.dir, "functions/hid.usb0")
	for _, dir := range []string{"strings/0x409", "configs/c.1", "functions/hid.usb0"} {
		if err := os.MkdirAll(filepath.Join(g.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"idVendor": fmt.Sprint(hidtest.KeypadVendor), "idProduct": fmt.Sprint(hidtest.KeypadProduct),
		"strings/0x409/serialnumber": g.Serial(), "strings/0x409/product": "Keypad",
		"functions/hid.usb0/protocol": "1", "functions/hid.usb0/subclass": "1", "functions/hid.usb0/report_length": "8",
		"functions/hid.usb0/report_desc": string(hidtest.KeyboardDescriptor),
	} {
		if err := os.WriteFile(filepath.Join(g.dir, name), []byte(value), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(function, filepath.Join(g.dir, "configs/c.1/hid.usb0")); err != nil {
		t.Fatal(err)
	}
	go g.watchEvents()
	return g
}

func (g *gadget) Bus() hid.Bus   { return &g.bus }
func (g *gadget) Serial() string { return "GADGET" }

func (g *gadget) Plug(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, "UDC"), []byte(g.udc), 0o644); err != nil {
		t.Fatal(err)
	}
	g.await(t, "the keypad is there", func() bool { return g.SystemHas(t) })
	if g.node == nil {
		node, err := os.OpenFile("/dev/hidg0", os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		g.node = node
		go g.readOutputs()
	}
}

func (g *gadget) Unplug(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, "UDC"), []byte("\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (g *gadget) await(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func (g *gadget) Send(t testing.TB, report []byte) {
	t.Helper()
	if _, err := g.node.Write(report); err != nil {
		t.Fatal(err)
	}
}

func (g *gadget) readOutputs() {
	for {
		b := make([]byte, 64)
		n, err := g.node.Read(b)
		if err != nil {
			time.Sleep(10 * time.Millisecond) // unplugged
			continue
		}
		g.outputs <- b[:n]
	}
}

func (g *gadget) Output(t testing.TB) []byte {
	t.Helper()
	select {
	case report := <-g.outputs:
		return report
	case <-time.After(10 * time.Second):
		t.Fatal("the keypad got no output report")
		return nil
	}
}

func (g *gadget) SystemHas(t testing.TB) bool {
	t.Helper()
	d, ok := g.listed(t)
	return ok && d.Driver == "usbhid" && d.Descriptor != nil
}

func (g *gadget) listed(t testing.TB) (hid.Device, bool) {
	t.Helper()
	devices, err := g.bus.Devices()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.Serial == g.Serial() {
			return d, true
		}
	}
	return hid.Device{}, false
}

func (g *gadget) SystemSaw(testing.TB) int { return int(g.events.Load()) }

// watchEvents counts what comes out of the keypad's input devices, each time that the kernel makes one.
func (g *gadget) watchEvents() {
	for ; ; time.Sleep(5 * time.Millisecond) {
		names, _ := filepath.Glob("/sys/class/input/event*/device/uniq")
		for _, name := range names {
			if b, _ := os.ReadFile(name); strings.TrimSpace(string(b)) == g.Serial() {
				g.countEvents("/dev/input/" + filepath.Base(filepath.Dir(filepath.Dir(name))))
			}
		}
	}
}

// countEvents reads an input device until it goes away.
func (g *gadget) countEvents(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	const keyEvent = 1 // EV_KEY: linux/input-event-codes.h
	event := make([]byte, 24)
	for {
		if _, err := f.Read(event); err != nil {
			return
		}
		if binary.NativeEndian.Uint16(event[16:]) == keyEvent {
			g.events.Add(1)
		}
	}
}

// asEnv makes the test binary another program, which does one thing to the keypad.
const asEnv = "HIDTEST_AS"

func TestMain(m *testing.M) {
	as := os.Getenv(asEnv)
	if as == "" {
		os.Exit(usblab.Main(m))
	}
	g := &gadget{}
	devices, err := g.bus.Devices()
	i := slices.IndexFunc(devices, func(d hid.Device) bool { return d.Serial == g.Serial() })
	if i < 0 {
		fmt.Println("no keypad", err)
		os.Exit(1)
	}
	switch d := devices[i]; as {
	case "holder":
		_, err := g.bus.Open(d)
		fmt.Println(err)
		select {} // until it is killed
	case "opener":
		_, err := g.bus.Open(d)
		fmt.Println(errors.Is(err, hid.ErrNoPermission), strings.Contains(fixOf(err), `ATTR{idVendor}=="1209"`))
	case "giver":
		d.Driver = "usbhid"
		fmt.Println(g.bus.GiveBack(claimOf(d)))
	}
}

// another starts the test binary as another program, and another user if uid is not 0. It returns what it prints.
func another(t *testing.T, as string, uid uint32) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asEnv+"="+as)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the other program printed %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func claimOf(d hid.Device) hid.Claim {
	return hid.Claim{Path: d.Path, VendorID: d.VendorID, ProductID: d.ProductID, Release: d.Release, Serial: d.Serial, Driver: d.Driver}
}

func TestGadget(t *testing.T) {
	g := gadgetKeypad(t)
	hidtest.Conformance(t, func(*testing.T) hidtest.Harness { return g })
	g.Plug(t)
	t.Run("listener", func(t *testing.T) { testListener(t, g) })
	t.Run("cost of decoding", func(t *testing.T) { testCost(t, g) })
	t.Run("no permission", func(t *testing.T) {
		cmd, got := another(t, "opener", 1000)
		if _ = cmd.Wait(); got != "true true" {
			t.Errorf("Open() as another user: ErrNoPermission and a rule in the fix = %q, want both true", got)
		}
	})
	t.Run("give back after a kill", func(t *testing.T) {
		before := killHolder(t, g)
		if err := g.bus.GiveBack(claimOf(before)); err != nil {
			t.Fatalf("GiveBack() = %v, fix %q", err, fixOf(err))
		}
		g.await(t, "the system has the keypad again", func() bool { return g.SystemHas(t) })
	})
	t.Run("give back as another user, who may open it", func(t *testing.T) {
		killHolder(t, g)
		nodes, err := filepath.Glob("/dev/bus/usb/*/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, node := range nodes {
			if err := os.Chmod(node, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		cmd, got := another(t, "giver", 1000)
		if _ = cmd.Wait(); got != "<nil>" {
			t.Fatalf("GiveBack() = %s", got)
		}
		g.await(t, "the system has the keypad again", func() bool { return g.SystemHas(t) })
	})
}

// testListener has a Listener work on the real thing: press, light, unplug, replug, stop.
func testListener(t *testing.T, g *gadget) {
	key := hidtest.Key(0x59)
	l := hid.NewListener(g.Bus(), hid.Options{ClaimFile: filepath.Join(t.TempDir(), "claims")})
	l.Want([]hid.Wanted{{
		Name: "pad", Match: hid.Match{VendorID: hidtest.KeypadVendor, ProductID: hidtest.KeypadProduct, Serial: g.Serial()},
		Keys: map[hid.Key]hid.Gestures{key: {Tap: true}},
	}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	listening := func() hid.DeviceState {
		for _, s := range l.States() {
			if s.State == hid.Listening {
				return s
			}
		}
		return hid.DeviceState{}
	}
	for range 3 {
		g.await(t, "the listener has the keypad", func() bool { return listening().State == hid.Listening })
		path := listening().Device.Path
		for len(g.outputs) > 0 { // the system's own, from before
			<-g.outputs
		}
		g.Send(t, hidtest.KeyboardReport(key))
		g.Send(t, hidtest.KeyboardReport())
		if p := <-l.Presses(); p.Key != key || p.Name != "pad" {
			t.Errorf("press = %+v, want a tap of %s", p, key)
		}
		began := time.Now()
		l.Light(path, key, hid.Stored)
		lit := g.Output(t)
		t.Logf("the light answered after %v", time.Since(began).Round(time.Millisecond))
		if rest := g.Output(t); len(lit) != 1 || len(rest) != 1 || lit[0]^rest[0] != 1 {
			t.Errorf("the keypad's lights were %05b, then %05b; want NumLock to change and change back", lit, rest)
		}
		g.Unplug(t)
		g.await(t, "the listener misses the keypad", func() bool { return listening().State != hid.Listening })
		began = time.Now()
		if err := os.WriteFile(filepath.Join(g.dir, "UDC"), []byte(g.udc), 0o644); err != nil {
			t.Fatal(err)
		}
		g.await(t, "the listener has the keypad again", func() bool { return listening().State == hid.Listening })
		t.Logf("plug-in to open took %v", time.Since(began).Round(time.Millisecond))
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
	if !g.SystemHas(t) {
		t.Error("the system does not have the keypad after Run returned")
	}
}

// killHolder has another program open the keypad and kills it, which leaves the keypad dead. It returns the keypad as it
// was before.
func killHolder(t *testing.T, g *gadget) hid.Device {
	t.Helper()
	before, _ := g.listed(t)
	holder, got := another(t, "holder", 0)
	if got != "<nil>" {
		t.Fatalf("Open() in another program = %s", got)
	}
	if err := g.bus.Check(before); !errors.Is(err, hid.ErrBusy) {
		t.Errorf("Check() = %v while another program has the keypad, want %v", err, hid.ErrBusy)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it was killed
	after, ok := g.listed(t)
	if !ok || after.Driver != "" || after.Descriptor != nil {
		t.Fatalf("after the kill: %+v; want no driver and no descriptor", after)
	}
	return before
}

func fixOf(err error) string {
	var access *hid.AccessError
	if errors.As(err, &access) {
		return access.Fix
	}
	return ""
}
