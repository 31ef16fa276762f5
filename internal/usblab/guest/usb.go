//go:build linux

package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"magicbutton/internal/usblab/wire"
)

const usbDir = "/sys/bus/usb/devices"

// usbmonText is usbmon's stream of all buses (kernel documentation, usb/usbmon).
const usbmonText = "/sys/kernel/debug/usb/usbmon/0u"

// USB lists the USB devices, root hubs aside.
func (l *Lab) USB(_ wire.None, devices *[]wire.USBDevice) error {
	var err error
	*devices, err = listUSB()
	return err
}

// listUSB also waits for drivers that are about to take a device: reading
// bConfigurationValue takes the lock under which the kernel lets them. Until they
// are done, hid drops input reports although the input device can be opened already
// (hid_device_probe holds driver_input_lock).
func listUSB() ([]wire.USBDevice, error) {
	entries, err := os.ReadDir(usbDir)
	if err != nil {
		return nil, err
	}
	var devices []wire.USBDevice
	for _, e := range entries {
		path := e.Name()
		if strings.HasPrefix(path, "usb") || strings.Contains(path, ":") {
			continue // a root hub; an interface
		}
		attribute := func(name string, base int) int {
			n, _ := strconv.ParseUint(sysfsText(usbDir, path, name), base, 16)
			return int(n)
		}
		d := wire.USBDevice{
			Path: path, Bus: attribute("busnum", 10), Number: attribute("devnum", 10),
			VendorID: uint16(attribute("idVendor", 16)), ProductID: uint16(attribute("idProduct", 16)),
			Serial:     sysfsText(usbDir, path, "serial"),
			Configured: sysfsText(usbDir, path, "bConfigurationValue") != "",
			Drivers:    map[string]string{},
		}
		interfaces, _ := filepath.Glob(filepath.Join(usbDir, path, path+":*"))
		for _, i := range interfaces {
			driver, _ := os.Readlink(filepath.Join(i, "driver"))
			if driver != "" {
				driver = filepath.Base(driver)
			}
			d.Drivers[filepath.Base(i)] = driver
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// recordOutput records the output reports of devices that are no gadgets, such as
// the lights of QEMU's keyboards. Gadgets record what they receive themselves.
func (l *Lab) recordOutput() error {
	f, err := os.Open(usbmonText)
	if err != nil {
		return err
	}
	go func() {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if o, bus, number, ok := parseUsbmon(lines.Text()); ok {
				o.At = uptime()
				o.Serial = serialOf(bus, number)
				l.output.add(o)
			}
		}
		fmt.Println("lab: usbmon ended")
	}()
	return nil
}

// parseUsbmon understands the submission of a SET_REPORT request for an output report:
//
//	ffff8880 1234 S Co:1:002:0 s 21 09 0200 0000 0001 1 = 01
//	tag      µs     type:bus:device:endpoint, set-up packet, length = data
//
// Request 0x09 of request type 0x21 is SET_REPORT, the high byte of its value 2 an
// output report (HID 1.11, 7.2.1 and 7.2.2).
func parseUsbmon(line string) (o wire.Output, bus, number int, ok bool) {
	f := strings.Fields(line)
	if len(f) < 12 || f[2] != "S" || !strings.HasPrefix(f[3], "Co:") || f[4] != "s" ||
		f[5] != "21" || f[6] != "09" || !strings.HasPrefix(f[7], "02") || f[11] != "=" {
		return o, 0, 0, false
	}
	if n, _ := fmt.Sscanf(f[3], "Co:%d:%d:0", &bus, &number); n != 2 {
		return o, 0, 0, false
	}
	data, err := hex.DecodeString(strings.Join(f[12:], "")) // in words of four bytes
	if err != nil {
		return o, 0, 0, false
	}
	o.Data = data
	return o, bus, number, true
}

// serialOf finds a device's serial number by its number on its bus; empty for one that left.
func serialOf(bus, number int) string {
	devices, _ := listUSB()
	for _, d := range devices {
		if d.Bus == bus && d.Number == number {
			return d.Serial
		}
	}
	return ""
}
