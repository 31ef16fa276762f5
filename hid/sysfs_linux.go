package hid

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	usbfsDriver = "usbfs"  // some program has the interface
	hidDriver   = "usbhid" // the kernel has it

	hidClass       = 0x03 // USB-IF class codes
	bootSubclass   = 0x01 // HID 1.11, section 4.2
	keyboardBoot   = 0x01 // HID 1.11, section 4.3
	maxDescriptor  = 4096 // HID_MAX_DESCRIPTOR_SIZE: linux/hid.h
	interfaceMark  = ":"  // "1-2.3:1.0" is configuration 1, interface 0 of the device "1-2.3"
	usbDevicesPath = "sys/bus/usb/devices"
)

// ledNames are the kernel's names for lights: drivers/input/input-leds.c.
var ledNames = map[string]LED{
	"numlock": LEDNumLock, "capslock": LEDCapsLock, "scrolllock": LEDScrollLock, "compose": LEDCompose, "kana": LEDKana,
}

// sysfs reads the kernel's view of USB devices, below a root that is "/" but for tests.
type sysfs struct{ root string }

// devices lists the HID interfaces. One that vanishes while it is read is left out.
func (s sysfs) devices() ([]Device, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, usbDevicesPath))
	if err != nil {
		return nil, fmt.Errorf("listing USB devices: %w", err)
	}
	var devices []Device
	for _, e := range entries {
		if !strings.Contains(e.Name(), interfaceMark) {
			continue
		}
		if d, err := s.device(e.Name()); err == nil {
			devices = append(devices, d)
		}
	}
	return devices, nil
}

var errNotHID = errors.New("not a HID interface")

// device reads one HID interface.
func (s sysfs) device(path string) (Device, error) {
	port, _, ok := strings.Cut(path, interfaceMark)
	if !ok || filepath.Base(path) != path {
		return Device{}, fmt.Errorf("USB interface %q: want a name such as 1-2.3:1.0", path)
	}
	dir, parent := s.dir(path), s.dir(port)
	class, err := hexFile(dir, "bInterfaceClass")
	if err != nil {
		return Device{}, err
	}
	if class != hidClass {
		return Device{}, errNotHID
	}
	d := Device{Path: path, Port: port, Driver: s.driver(path)}
	if d.VendorID, err = hexFile(parent, "idVendor"); err != nil {
		return Device{}, err
	}
	if d.ProductID, err = hexFile(parent, "idProduct"); err != nil {
		return Device{}, err
	}
	number, err := hexFile(dir, "bInterfaceNumber")
	if err != nil {
		return Device{}, err
	}
	d.Interface = int(number)
	d.Release, _ = hexFile(parent, "bcdDevice")
	// A device without such a string has no such file.
	d.Serial, d.Manufacturer, d.Product = text(parent, "serial"), text(parent, "manufacturer"), text(parent, "product")
	subclass, _ := hexFile(dir, "bInterfaceSubClass")
	protocol, _ := hexFile(dir, "bInterfaceProtocol")
	d.BootKeyboard = subclass == bootSubclass && protocol == keyboardBoot
	d.Descriptor = s.descriptor(dir)
	d.Lit = s.lit(dir)
	return d, nil
}

func (s sysfs) dir(name string) string { return filepath.Join(s.root, usbDevicesPath, name) }

// driver is what has an interface now; empty for none.
func (s sysfs) driver(path string) string {
	link, err := os.Readlink(filepath.Join(s.dir(path), "driver"))
	if err != nil {
		return ""
	}
	return filepath.Base(link)
}

// descriptor is the report descriptor, which the kernel shows only while its own driver has the interface.
func (s sysfs) descriptor(dir string) []byte {
	files, err := filepath.Glob(filepath.Join(dir, "*", "report_descriptor"))
	if err != nil || len(files) == 0 {
		return nil
	}
	b, err := os.ReadFile(files[0])
	if err != nil || len(b) == 0 || len(b) > maxDescriptor {
		return nil
	}
	return b
}

// lit is which lights the kernel has lit.
func (s sysfs) lit(dir string) []LED {
	files, err := filepath.Glob(filepath.Join(dir, "*", "input", "input*", "input*::*", "brightness"))
	if err != nil {
		return nil
	}
	var lit []LED
	for _, f := range files {
		light := filepath.Dir(f)
		_, name, _ := strings.Cut(filepath.Base(light), "::")
		if led, ok := ledNames[name]; ok && text(light, "brightness") != "0" {
			lit = append(lit, led)
		}
	}
	return lit
}

// node is the file in /dev through which a program has a device.
func (s sysfs) node(path string) (string, error) {
	port, _, _ := strings.Cut(path, interfaceMark)
	bus, err := strconv.Atoi(text(s.dir(port), "busnum"))
	if err != nil {
		return "", fmt.Errorf("bus number of %s: %w", port, err)
	}
	dev, err := strconv.Atoi(text(s.dir(port), "devnum"))
	if err != nil {
		return "", fmt.Errorf("device number of %s: %w", port, err)
	}
	return filepath.Join(s.root, fmt.Sprintf("dev/bus/usb/%03d/%03d", bus, dev)), nil
}

// bindFile is where the name of an interface is written to bind a driver to it.
func (s sysfs) bindFile(driver string) string {
	return filepath.Join(s.root, "sys/bus/usb/drivers", driver, "bind")
}

// hexFile reads a hexadecimal attribute.
func hexFile(dir, name string) (uint16, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 16, 16)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", filepath.Join(dir, name), err)
	}
	return uint16(n), nil
}

// text reads an attribute, without the line feed that the kernel adds; empty where there is none.
func text(dir, name string) string {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(strings.TrimSuffix(string(b), "\n"), "\uFFFD")
}
