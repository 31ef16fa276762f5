//go:build cgo && (linux || darwin || windows) && !ios

package hid

import (
	"fmt"
	"runtime"
	"time"

	"github.com/karalabe/hid"
)

func usbSupported() bool { return hid.Supported() }

// usbConn is a device opened through hidapi.
type usbConn struct {
	path string
	dev  hid.Device
}

// openUSB opens a device by path, which is all that hidapi needs. Its only error says nothing.
func openUSB(d Device) (Conn, error) {
	dev, err := hid.DeviceInfo{Path: d.Path, VendorID: d.VendorID, ProductID: d.ProductID}.Open()
	if err != nil {
		return nil, err
	}
	return &usbConn{path: d.Path, dev: dev}, nil
}

// ReadTimeout implements Conn.
func (c *usbConn) ReadTimeout(b []byte, d time.Duration) (int, error) {
	// In hidapi -1 waits for ever and 0 not at all; karalabe/hid's comment has it the other way round.
	ms := max(0, int((d+time.Millisecond-1)/time.Millisecond))
	return c.dev.ReadTimeout(b, ms)
}

// Write evens out that karalabe/hid puts a report id of 0 before every report on Windows, and nowhere else.
func (c *usbConn) Write(report []byte) error {
	if len(report) == 0 {
		return fmt.Errorf("writing to %s: empty report", c.path)
	}
	if runtime.GOOS == "windows" {
		if report[0] != 0 {
			return fmt.Errorf("writing to %s: numbered output reports cannot be sent on Windows", c.path)
		}
		report = report[1:]
	}
	if _, err := c.dev.Write(report); err != nil {
		return fmt.Errorf("writing to %s: %w", c.path, err)
	}
	return nil
}

// Close implements Conn.
func (c *usbConn) Close() error { return c.dev.Close() }
