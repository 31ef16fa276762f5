//go:build cgo && (linux || darwin || windows) && !ios

package hid

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/karalabe/hid"
)

func usbSupported() bool { return hid.Supported() }

// usbConn is a device opened through hidapi.
type usbConn struct {
	path string
	dev  hid.Device
	turn sync.Mutex // taken where hidapi takes one call at a time
}

// takesTurns is that hidapi notes the last error of a device, freeing the one before, without a lock: windows/hid.c and
// mac/hid.c do, while libusb/hid.c notes none and leaves the rest to libusb, which is for many threads.
const takesTurns = runtime.GOOS != "linux"

// longestTurn is how long a write waits for a read where they take turns. The system keeps what is sent meanwhile.
const longestTurn = 50 * time.Millisecond

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
	for takesTurns && d > longestTurn {
		began := time.Now()
		if n, err := c.read(b, longestTurn); n > 0 || err != nil {
			return n, err
		}
		d -= time.Since(began)
	}
	return c.read(b, d)
}

func (c *usbConn) read(b []byte, d time.Duration) (int, error) {
	if takesTurns {
		c.turn.Lock()
		defer c.turn.Unlock()
	}
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
	if takesTurns {
		c.turn.Lock()
		defer c.turn.Unlock()
	}
	if _, err := c.dev.Write(report); err != nil {
		return fmt.Errorf("writing to %s: %w", c.path, err)
	}
	return nil
}

// Close implements Conn.
func (c *usbConn) Close() error { return c.dev.Close() }
