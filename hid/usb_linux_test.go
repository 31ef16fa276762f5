package hid

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tree is a file system under a temporary root: paths to contents. A content that begins with "->" is a link.
type tree map[string]string

func (tr tree) plant(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for path, content := range tr {
		full := filepath.Join(root, path)
		err := os.MkdirAll(filepath.Dir(full), 0o755)
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = errors.Join(err, os.Symlink(target, full))
		} else {
			err = errors.Join(err, os.WriteFile(full, []byte(content), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// keypadTree is a keypad with two interfaces, a hub, a mouse that a program has, and a disk, as in sysfs.
func keypadTree() tree {
	const d = usbDevicesPath + "/"
	tr := tree{
		d + "1-2.3/idVendor": "13ba\n", d + "1-2.3/idProduct": "0001\n", d + "1-2.3/bcdDevice": "0110\n",
		d + "1-2.3/serial": "DESK-A\n", d + "1-2.3/product": "Ziffernblöck\n", d + "1-2.3/busnum": "1\n", d + "1-2.3/devnum": "7\n",
		d + "1-2.3:1.0/driver":                                                       "->../../../../bus/usb/drivers/usbhid",
		d + "1-2.3:1.0/0003:13BA:0001.0001/report_descriptor":                        "\x05\x01\x09\x06",
		d + "1-2.3:1.0/0003:13BA:0001.0001/input/input7/input7::numlock/brightness":  "1\n",
		d + "1-2.3:1.0/0003:13BA:0001.0001/input/input7/input7::capslock/brightness": "0\n",
		d + "1-2.3:1.0/0003:13BA:0001.0001/input/input7/input7::misc/brightness":     "1\n",
		d + "1-4/idVendor": "046d\n", d + "1-4/idProduct": "c077\n", d + "1-4/busnum": "1\n", d + "1-4/devnum": "9\n",
		d + "1-4:1.0/driver": "->../../../../bus/usb/drivers/usbfs",
		d + "1-5/idVendor":   "0781\n", d + "1-5/idProduct": "5567\n",
		"sys/bus/usb/drivers/usbhid/bind": "", "dev/bus/usb/001/007": "", "dev/bus/usb/001/009": "",
	}
	tr.iface(d+"1-2.3:1.0", "03", "01", "01", "00")
	tr.iface(d+"1-2.3:1.1", "03", "00", "00", "01")
	tr.iface(d+"1-0:1.0", "09", "00", "00", "00")
	tr.iface(d+"1-4:1.0", "03", "01", "02", "00")
	tr.iface(d+"1-5:1.0", "08", "06", "50", "00")
	tr.iface(d+"1-6:1.0", "03", "01", "01", "00") // vanishing: its device is gone already
	return tr
}

func (tr tree) iface(dir, class, subclass, protocol, number string) {
	tr[dir+"/bInterfaceClass"], tr[dir+"/bInterfaceSubClass"] = class+"\n", subclass+"\n"
	tr[dir+"/bInterfaceProtocol"], tr[dir+"/bInterfaceNumber"] = protocol+"\n", number+"\n"
}

func TestDevicesFromSysfs(t *testing.T) {
	got, err := (&USB{root: keypadTree().plant(t)}).Devices()
	if err != nil {
		t.Fatal(err)
	}
	keypad := Device{
		Path: "1-2.3:1.0", Port: "1-2.3", VendorID: 0x13ba, ProductID: 1, Release: 0x110, Serial: "DESK-A", Product: "Ziffernblöck",
		Driver: "usbhid", BootKeyboard: true, Descriptor: []byte{5, 1, 9, 6}, Lit: []LED{LEDNumLock},
	}
	second := keypad
	second.Path, second.Interface, second.Driver, second.BootKeyboard, second.Descriptor, second.Lit = "1-2.3:1.1", 1, "", false, nil, nil
	mouse := Device{Path: "1-4:1.0", Port: "1-4", VendorID: 0x46d, ProductID: 0xc077, Driver: "usbfs"}
	if diff := cmp.Diff([]Device{keypad, second, mouse}, got); diff != "" {
		t.Errorf("Devices() (-want +got):\n%s", diff)
	}

	if _, err := (&USB{root: t.TempDir()}).Devices(); err == nil {
		t.Error("Devices() without sysfs gave no error: no devices and no view of them must differ")
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name    string
		path    string
		change  func(t *testing.T, root string, d *Device)
		want    error
		wantFix string
	}{
		{"free", "1-2.3:1.0", nil, nil, ""},
		{"in use", "1-4:1.0", nil, ErrBusy, "fuser"},
		{"gone", "1-2.3:1.0", func(t *testing.T, root string, d *Device) {
			remove(t, filepath.Join(root, usbDevicesPath, "1-2.3:1.0"))
		}, ErrGone, ""},
		{"another device in its place", "1-2.3:1.0", func(t *testing.T, root string, d *Device) { d.Serial = "DESK-B" }, ErrGone, ""},
		{"no device nodes at all", "1-2.3:1.0", func(t *testing.T, root string, d *Device) { remove(t, filepath.Join(root, "dev")) }, ErrNoPermission, "/dev/bus/usb"},
		{"no permission", "1-2.3:1.0", func(t *testing.T, root string, d *Device) {
			if os.Geteuid() == 0 {
				t.Skip("root may open everything")
			}
			if err := os.Chmod(filepath.Join(root, "dev/bus/usb/001/007"), 0o444); err != nil {
				t.Fatal(err)
			}
		}, ErrNoPermission, `ATTR{idVendor}=="13ba"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			usb := &USB{root: keypadTree().plant(t)}
			if err := usb.Available(); err != nil {
				skipUnlessCI(t, err)
			}
			d, err := usb.sys().device(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			if tt.change != nil {
				tt.change(t, usb.root, &d)
			}
			err = usb.Check(d)
			if !errors.Is(err, tt.want) || !strings.Contains(fixOf(err), tt.wantFix) {
				t.Errorf("Check() = %v, fix %q; want %v, fix with %q", err, fixOf(err), tt.want, tt.wantFix)
			}
		})
	}
}

// Where it cannot be opened the reason is told although hidapi tells none: here the tree's device is not on the real bus.
func TestOpenTellsWhy(t *testing.T) {
	usb := &USB{root: keypadTree().plant(t)}
	d, err := usb.sys().device("1-4:1.0")
	if err != nil {
		t.Fatal(err)
	}
	want := ErrBusy
	if usb.Available() != nil {
		want = ErrUnavailable
	}
	conn, err := usb.Open(d)
	var access *AccessError
	if conn != nil || !errors.Is(err, want) || !errors.As(err, &access) || access.Fix == "" {
		t.Errorf("Open() = %v, %v; want %v with a fix", conn, err, want)
	}
}

func TestGiveBack(t *testing.T) {
	const bind = "sys/bus/usb/drivers/usbhid/bind"
	tests := []struct {
		name    string
		change  func(root string, c *Claim)
		want    string // written to bind
		wantErr bool
	}{
		{"no driver has it", func(root string, c *Claim) {}, "1-2.3:1.1", false},
		{"a driver has it", func(root string, c *Claim) {
			if err := os.Symlink("usbhid", filepath.Join(root, usbDevicesPath, "1-2.3:1.1/driver")); err != nil {
				t.Fatal(err)
			}
		}, "", false},
		{"unplugged", func(root string, c *Claim) { remove(t, filepath.Join(root, usbDevicesPath, "1-2.3:1.1")) }, "", false},
		{"another serial number", func(root string, c *Claim) { c.Serial = "DESK-B" }, "", false},
		{"another model", func(root string, c *Claim) { c.ProductID++ }, "", false},
		{"another release", func(root string, c *Claim) { c.Release++ }, "", false},
		{"no driver had it", func(root string, c *Claim) { c.Driver = "" }, "", false},
		{"a path that leads elsewhere", func(root string, c *Claim) { c.Path = "../../1-2.3:1.1" }, "", false},
		{"a driver that leads elsewhere", func(root string, c *Claim) { c.Driver = "../../usbhid" }, "1-2.3:1.1", false},
		{"bind cannot be written", func(root string, c *Claim) { remove(t, filepath.Join(root, bind)) }, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			usb := &USB{root: keypadTree().plant(t)}
			d, err := usb.sys().device("1-2.3:1.1")
			if err != nil {
				t.Fatal(err)
			}
			d.Driver = "usbhid" // as it was when it was claimed
			claim := newClaim(d)
			tt.change(usb.root, &claim)
			err = usb.GiveBack(claim)
			if (err != nil) != tt.wantErr {
				t.Errorf("GiveBack() = %v, want an error: %t", err, tt.wantErr)
			}
			if err != nil && !strings.Contains(fixOf(err), "echo 1-2.3:1.1 | sudo tee ") {
				t.Errorf("fix = %q, want the command", fixOf(err))
			}
			if got, _ := os.ReadFile(filepath.Join(usb.root, bind)); string(got) != tt.want {
				t.Errorf("bound %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNotifyEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- (&USB{}).Notify(ctx, make(chan struct{}, 1)) }()
	cancel()
	if err := <-done; err != nil {
		skipUnlessCI(t, fmt.Errorf("no uevents here: %w", err))
	}
}

// skipUnlessCI ends a test that this machine cannot run. Where CI runs, every
// test must.
func skipUnlessCI(t *testing.T, why error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func TestAge(t *testing.T) {
	tr := keypadTree()
	tr[usbDevicesPath+"/1-2.3/power/connected_duration"] = "61500\n"
	usb := &USB{root: tr.plant(t)}
	if age, ok := usb.Age(Device{Path: "1-2.3:1.0"}); age != 61500*time.Millisecond || !ok {
		t.Errorf("Age() = %v, %t; want 61.5s", age, ok)
	}
	if _, ok := usb.Age(Device{Path: "1-4:1.0"}); ok { // a kernel that does not count
		t.Error("Age() is known where the kernel does not tell")
	}
	remove(t, filepath.Join(usb.root, usbDevicesPath, "1-2.3:1.0"))
	if _, ok := usb.Age(Device{Path: "1-2.3:1.0"}); ok { // the interface goes before the device does
		t.Error("Age() is known of what is gone")
	}
}
