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

// How long a gadget waits for the host side.
const (
	patience    = 5 * time.Second  // to fetch a report
	configuring = 20 * time.Second // to configure it, which a busy machine holds up
)

// gadget is a USB device made of HID functions, on its own or connected to a port.
type gadget struct {
	dir   string
	nodes []string       // /dev/hidgN of each interface
	polls []*pollAnswers // of each interface

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
		made.polls = append(made.polls, newPollAnswers(face.Poll))
	}
	if a.err != nil {
		return fmt.Errorf("making gadget %q: %w", g.Name, a.err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gadgets[g.Name] = made
	return nil
}

// RemoveGadget unmakes a gadget that is not plugged in, so that another can be made: the kernel has nodes for four interfaces in all.
func (l *Lab) RemoveGadget(name string, _ *wire.None) error {
	g, err := l.gadget(name)
	if err != nil {
		return err
	}
	for i := range g.nodes {
		function := fmt.Sprintf("hid.usb%d", i)
		err = errors.Join(err, os.Remove(filepath.Join(g.dir, "configs/c.1", function)),
			os.Remove(filepath.Join(g.dir, "functions", function)))
	}
	for _, dir := range []string{"configs/c.1", "strings/0x409", ""} {
		err = errors.Join(err, os.Remove(filepath.Join(g.dir, dir)))
	}
	if err != nil {
		return fmt.Errorf("removing gadget %q: %w", name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.gadgets, name)
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
func (l *Lab) PlugGadget(p wire.Plug, path *string) error {
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
	for i, node := range g.nodes {
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
		go l.receive(p.Gadget, f, g.polls[i])
	}
	if err := awaitConfigured(controller); err != nil {
		return err
	}
	*path, err = pathAt(p.Port)
	return err
}

// pathAt is the path of what is plugged in at a port, such as "3-1": each port is the only one of a bus of its own.
func pathAt(port int) (string, error) {
	bus, err := await(fmt.Sprintf("/sys/devices/platform/dummy_hcd.%d/usb*/*-1", port-1))
	return filepath.Base(bus), err
}

func awaitConfigured(controller string) error {
	state := ""
	for deadline := time.Now().Add(configuring); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if state = sysfsText("/sys/class/udc", controller, "state"); state == "configured" {
			// That is the gadget's view; the host's drivers may still be at it.
			_, err := listUSB()
			return err
		}
	}
	return fmt.Errorf("%s is %q after %v, not configured", controller, state, configuring)
}
