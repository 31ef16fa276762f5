package hidtest

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"magicbutton/hid"
)

// errIO is as little as hidapi tells about a failed transfer.
var errIO = errors.New("hidtest: transfer failed")

// queueLength is how many unread reports hidapi keeps before it drops the oldest (hidapi/libusb/hid.c, read_callback).
const queueLength = 31

// conn is an open device. Its fields are guarded by bus.mu.
type conn struct {
	bus      *Bus
	dev      *device
	queue    [][]byte
	arrived  chan struct{} // capacity 1: the queue or the state changed
	err      error
	closed   bool
	reattach bool // the system's driver was detached by Open, so that Close brings it back
}

// fail ends the connection: every later call returns err. The caller holds bus.mu.
func (c *conn) fail(err error) {
	c.err = err
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

// ReadTimeout takes a report from the queue, or waits for one.
func (c *conn) ReadTimeout(b []byte, d time.Duration) (int, error) {
	c.bus.countRead(c.dev.info.Path)
	if n, done, err := c.next(b); done || d <= 0 {
		return n, err
	}
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	for {
		select {
		case <-c.arrived:
			if n, done, err := c.next(b); done {
				return n, err
			}
		case <-timeout.C:
			return 0, nil
		}
	}
}

// next takes a report from the queue. Done is false when there is none.
func (c *conn) next(b []byte) (n int, done bool, err error) {
	c.bus.mu.Lock()
	defer c.bus.mu.Unlock()
	switch {
	case c.closed:
		return 0, true, errors.New("hidtest: read of a closed device")
	case c.err != nil:
		return 0, true, c.err
	case len(c.queue) == 0:
		return 0, false, nil
	}
	n = copy(b, c.queue[0])
	c.queue = c.queue[1:]
	return n, true, nil
}

// Write keeps the report for Bus.Outputs.
func (c *conn) Write(report []byte) error {
	c.bus.mu.Lock()
	defer c.bus.mu.Unlock()
	if took := c.dev.writing; took > 0 {
		c.bus.mu.Unlock()
		time.Sleep(took)
		c.bus.mu.Lock()
	}
	switch {
	case c.closed:
		return errors.New("hidtest: write to a closed device")
	case c.err != nil:
		return c.err
	case c.dev.writeErr != nil:
		return c.dev.writeErr
	case len(report) == 0:
		return errors.New("hidtest: write of an empty report")
	}
	if c.dev.answer != nil && bytes.Equal(report, c.dev.request) {
		c.dev.send(c.dev.answer())
		return nil
	}
	c.dev.outputs = append(c.dev.outputs, Output{At: time.Now(), Report: slices.Clone(report)})
	return nil
}

// Close gives the device back to the system, if the system had it.
func (c *conn) Close() error {
	c.bus.mu.Lock()
	defer c.bus.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	if c.dev.conn == c {
		c.dev.conn = nil
		c.dev.info.Driver = ""
		if c.reattach {
			c.dev.info.Driver = kernelDriver
		}
	}
	return nil
}

// Report makes a device send an input report. An empty one is the zero-length transfer that some devices send.
func (b *Bus) Report(path string, report ...byte) {
	b.with(path, func(d *device) { d.send(report) })
}

func (d *device) send(report []byte) {
	switch {
	case d.conn == nil && d.info.Driver == kernelDriver:
		d.toKernel++
	case d.conn != nil:
		d.conn.queue = append(d.conn.queue, slices.Clone(report))
		if over := len(d.conn.queue) - queueLength; over > 0 {
			d.conn.queue = d.conn.queue[over:]
		}
		d.conn.signal()
	}
}

// KeyDown presses keys of a boot keyboard such as Keypad, one report each. Only keys of the keyboard page can be pressed.
func (b *Bus) KeyDown(path string, keys ...hid.Key) {
	for _, k := range keys {
		b.with(path, func(d *device) {
			d.down = append(d.down, k)
			d.send(KeyboardReport(d.down...))
		})
	}
}

// KeyUp releases keys, one report each.
func (b *Bus) KeyUp(path string, keys ...hid.Key) {
	for _, k := range keys {
		b.with(path, func(d *device) {
			d.down = slices.DeleteFunc(d.down, func(x hid.Key) bool { return x == k })
			d.send(KeyboardReport(d.down...))
		})
	}
}

// Tap presses and releases a key at once.
func (b *Bus) Tap(path string, k hid.Key) {
	b.KeyDown(path, k)
	b.KeyUp(path, k)
}
