//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"magicbutton/internal/usblab/wire"
)

// gadgetsDir is where gadgets are made (kernel documentation, usb/gadget_configfs).
const gadgetsDir = "/sys/kernel/config/usb_gadget"

// patience is how long a gadget waits for the host side: to configure it, to fetch a report.
const patience = 5 * time.Second

// gadget is a USB device made of HID functions, on its own or connected to a port.
type gadget struct {
	dir   string
	nodes []string // /dev/hidgN of each interface

	mu  sync.Mutex
	hid []*os.File // the nodes, open while plugged in
}

func (g *gadget) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var err error
	for _, f := range g.hid {
		err = errors.Join(err, f.Close())
	}
	g.hid = nil
	return err
}

// face is an interface's node, or nil where there is none that is plugged in.
func (g *gadget) face(i int) *os.File {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i < 0 || i >= len(g.hid) {
		return nil
	}
	return g.hid[i]
}

// MakeGadget makes a USB device; it is not plugged in yet.
func (l *Lab) MakeGadget(g wire.Gadget, _ *wire.None) error {
	dir := filepath.Join(gadgetsDir, g.Name)
	a := attributes{dir: dir}
	a.mkdir("strings/0x409")
	a.mkdir("configs/c.1")
	a.write("idVendor", fmt.Sprintf("0x%04x", g.VendorID))
	a.write("idProduct", fmt.Sprintf("0x%04x", g.ProductID))
	a.write("strings/0x409/manufacturer", g.Manufacturer)
	a.write("strings/0x409/product", g.Product)
	a.write("strings/0x409/serialnumber", g.Serial)
	made := &gadget{dir: dir}
	for i, face := range g.Interfaces {
		function := fmt.Sprintf("functions/hid.usb%d", i)
		a.mkdir(function)
		a.write(function+"/protocol", fmt.Sprint(face.Protocol))
		a.write(function+"/subclass", fmt.Sprint(face.Subclass))
		a.write(function+"/report_length", fmt.Sprint(face.ReportLength))
		if face.NoOutEndpoint {
			a.write(function+"/no_out_endpoint", "1")
		}
		a.write(function+"/report_desc", string(face.Descriptor))
		a.link(function, fmt.Sprintf("configs/c.1/hid.usb%d", i))
		_, minor, _ := strings.Cut(sysfsText(dir, function, "dev"), ":")
		made.nodes = append(made.nodes, "/dev/hidg"+minor)
	}
	if a.err != nil {
		return fmt.Errorf("making gadget %q: %w", g.Name, a.err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gadgets[g.Name] = made
	return nil
}

// attributes writes files below dir until one cannot be written.
type attributes struct {
	dir string
	err error
}

func (a *attributes) mkdir(name string) {
	if a.err == nil {
		a.err = os.MkdirAll(filepath.Join(a.dir, name), 0o755)
	}
}

func (a *attributes) write(name, value string) {
	if a.err == nil && value != "" {
		a.err = os.WriteFile(filepath.Join(a.dir, name), []byte(value), 0o644)
	}
}

func (a *attributes) link(target, name string) {
	if a.err == nil {
		a.err = os.Symlink(filepath.Join(a.dir, target), filepath.Join(a.dir, name))
	}
}

func (l *Lab) gadget(name string) (*gadget, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.gadgets[name]
	if g == nil {
		return nil, fmt.Errorf("no gadget %q", name)
	}
	return g, nil
}

// PlugGadget connects a gadget to a port, or takes it off. It returns when the
// kernel's drivers have taken the device.
func (l *Lab) PlugGadget(p wire.Plug, _ *wire.None) error {
	g, err := l.gadget(p.Gadget)
	if err != nil {
		return err
	}
	udc := filepath.Join(g.dir, "UDC")
	if p.Port == 0 {
		err := os.WriteFile(udc, []byte("\n"), 0o644)
		return errors.Join(err, g.close())
	}
	controller := fmt.Sprintf("dummy_udc.%d", p.Port-1)
	if err := os.WriteFile(udc, []byte(controller), 0o644); err != nil {
		return fmt.Errorf("plugging in %q at %s: %w", p.Gadget, controller, err)
	}
	for _, node := range g.nodes {
		if _, err := await(node); err != nil {
			return err
		}
		f, err := os.OpenFile(node, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		g.mu.Lock()
		g.hid = append(g.hid, f)
		g.mu.Unlock()
		go l.receive(p.Gadget, f)
	}
	return awaitConfigured(controller)
}

func awaitConfigured(controller string) error {
	state := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if state = sysfsText("/sys/class/udc", controller, "state"); state == "configured" {
			// That is the gadget's view; the host's drivers may still be at it.
			_, err := listUSB()
			return err
		}
	}
	return fmt.Errorf("%s is %q after %v, not configured", controller, state, patience)
}

// receive records output reports until the file is closed. It also makes room:
// f_hid holds only a few reports that nobody read.
func (l *Lab) receive(name string, f *os.File) {
	buffer := make([]byte, 4096)
	for {
		n, err := f.Read(buffer)
		if err != nil {
			if !errors.Is(err, os.ErrClosed) {
				fmt.Printf("lab: output reports of gadget %s: %v\n", name, err)
			}
			return
		}
		l.output.add(wire.Output{At: uptime(), Gadget: name, Data: append([]byte(nil), buffer[:n]...)})
	}
}

// SendReports sends input reports. A gadget whose reports nobody fetches stops
// after a while; that is no error of the call, for it may be what a test is after.
func (l *Lab) SendReports(s wire.Send, sent *wire.Sent) error {
	g, err := l.gadget(s.Gadget)
	if err != nil {
		return err
	}
	f := g.face(s.Interface)
	if f == nil {
		return fmt.Errorf("gadget %q has no interface %d that is plugged in", s.Gadget, s.Interface)
	}
	*sent = send(f, s.Reports, s.Spacing)
	return nil
}

func send(f *os.File, reports [][]byte, spacing time.Duration) wire.Sent {
	next := time.Now()
	for i, report := range reports {
		time.Sleep(time.Until(next))
		next = time.Now().Add(spacing)
		err := f.SetWriteDeadline(next.Add(patience))
		if err == nil {
			_, err = f.Write(report)
		}
		if err != nil {
			return wire.Sent{Reports: i, Error: err.Error()}
		}
	}
	return wire.Sent{Reports: len(reports)}
}
