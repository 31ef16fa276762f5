// Package hidtest has a HID bus without hardware, for tests of whatever listens to buttons, and the suite that checks that
// a bus behaves as package hid expects: the one here and real USB alike.
//
//	bus := hidtest.NewBus()
//	bus.Plug(hidtest.Keypad("1-1", "DESK-A"))
//	listener := hid.NewListener(bus, hid.Options{})
//	…
//	bus.Tap("1-1:1.0", key)
//
// In a testing/synctest bubble make the Bus inside the bubble.
package hidtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"magicbutton/hid"
)

// Bus is a fake hid.Bus, and all else that a hid.Listener knows to use. It behaves as Linux does: an open device has no
// descriptor, its reports do not reach the system, and after a kill it stays without a driver.
type Bus struct {
	mu       sync.Mutex
	devices  map[string]*device
	opened   []string
	checks   int
	observe  func(path string)
	giveBack error
	watchers map[chan<- struct{}]bool
	keyboard bool // the system has one that is not on this bus
	listings int
	reads    map[string]int
}

type device struct {
	info     hid.Device
	plugged  time.Time
	conn     *conn
	openErr  error
	writeErr error
	writing  time.Duration
	down     []hid.Key
	request  []byte // what it answers; nil: nothing
	answer   func() []byte
	outputs  []Output
	toKernel int
}

// Output is an output report that a device was sent, such as its lights.
type Output struct {
	At     time.Time
	Report []byte // byte 0 is the report id, 0 for none
}

// NewBus makes a bus with these devices plugged in.
func NewBus(devices ...hid.Device) *Bus {
	b := &Bus{devices: map[string]*device{}, watchers: map[chan<- struct{}]bool{}, keyboard: true, reads: map[string]int{}}
	for _, d := range devices {
		b.Plug(d)
	}
	return b
}

// Plug adds a device, in place of one that had its path. A Driver that is not set becomes "usbhid".
func (b *Bus) Plug(d hid.Device) {
	b.Unplug(d.Path)
	if d.Driver == "" {
		d.Driver = kernelDriver
	}
	b.mu.Lock()
	b.devices[d.Path] = &device{info: d, plugged: time.Now()}
	b.mu.Unlock()
	b.notify()
}

// kernelDriver is the driver that Linux binds to a HID interface.
const kernelDriver = "usbhid"

// Unplug removes a device, or all interfaces of one at once; reads of it fail from now on.
func (b *Bus) Unplug(paths ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	there := false
	for _, path := range paths {
		d := b.devices[path]
		if d == nil {
			continue
		}
		there = true
		delete(b.devices, path)
		if d.conn != nil {
			d.conn.fail(errIO)
		}
	}
	if there {
		b.tell()
	}
}

// FailOpen makes Open of a device fail with err, wrapped in a *hid.AccessError, until it is called with nil.
func (b *Bus) FailOpen(path string, err error) {
	b.with(path, func(d *device) { d.openErr = err })
	b.notify()
}

// FailWrite makes output reports to a device fail with err, until it is called with nil.
func (b *Bus) FailWrite(path string, err error) {
	b.with(path, func(d *device) { d.writeErr = err })
}

// SlowWrite makes each output report to a device take so long, as a device that does not take it at once does.
func (b *Bus) SlowWrite(path string, took time.Duration) {
	b.with(path, func(d *device) { d.writing = took })
}

// Kill is what happens when the program that has a device open dies: the device is free, and no driver has it.
func (b *Bus) Kill(path string) {
	b.with(path, func(d *device) {
		if d.conn != nil {
			d.conn.fail(errIO)
			d.conn = nil
		}
		d.info.Driver = ""
	})
}

// Opened is the path of each Open so far, in order, those that failed included.
func (b *Bus) Opened() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.opened)
}

// Checks is how often Check was asked about a device that then could not be opened.
func (b *Bus) Checks() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.checks
}

// IsOpen tells whether some program has the device open now.
func (b *Bus) IsOpen(path string) (open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.devices[path]
	return d != nil && d.conn != nil
}

// Observe has f called at each Open, before it happens.
func (b *Bus) Observe(f func(path string)) { b.observe = f }

// FailGiveBack makes GiveBack of a device that needs it fail with err, until it is called with nil.
func (b *Bus) FailGiveBack(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.giveBack = err
}

// Unbound is the path of each device that nobody has, neither a program nor the system, sorted.
func (b *Bus) Unbound() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var paths []string
	for path, d := range b.devices {
		if d.info.Driver == "" {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// ReachedSystem is how many reports of a device went to the system, because no program had it open.
func (b *Bus) ReachedSystem(path string) (n int) {
	b.with(path, func(d *device) { n = d.toKernel })
	return n
}

// Outputs is the output reports that a device was sent, in order.
func (b *Bus) Outputs(path string) (outputs []Output) {
	b.with(path, func(d *device) { outputs = slices.Clone(d.outputs) })
	return outputs
}

// with runs f on a device under the lock. A path that is not plugged in is a mistake of the test.
func (b *Bus) with(path string, f func(*device)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.devices[path]
	if d == nil {
		panic(fmt.Sprintf("hidtest: no device at %q", path))
	}
	f(d)
}

func (b *Bus) notify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell()
}

// tell is notify under the lock.
func (b *Bus) tell() {
	for w := range b.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// Devices lists what is plugged in, by path. A device that a program has lists no descriptor.
func (b *Bus) Devices() ([]hid.Device, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listings++
	var all []hid.Device
	for _, d := range b.devices {
		info := d.info
		if info.Driver != kernelDriver {
			info.Descriptor, info.Lit = nil, nil
		}
		all = append(all, info)
	}
	slices.SortFunc(all, func(x, y hid.Device) int { return cmp.Compare(x.Path, y.Path) })
	return all, nil
}

// Open takes a device.
func (b *Bus) Open(want hid.Device) (hid.Conn, error) {
	if b.observe != nil {
		b.observe(want.Path)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.tell() // the kernel says that its driver let go
	b.opened = append(b.opened, want.Path)
	if err := b.check(want); err != nil {
		return nil, err
	}
	d := b.devices[want.Path]
	d.conn = &conn{bus: b, dev: d, arrived: make(chan struct{}, 1)}
	d.conn.reattach = d.info.Driver == kernelDriver
	d.info.Driver = "usbfs"
	return d.conn, nil
}

// Check tells why Open would fail.
func (b *Bus) Check(want hid.Device) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.check(want)
	if err != nil {
		b.checks++
	}
	return err
}

func (b *Bus) check(want hid.Device) error {
	d := b.devices[want.Path]
	switch {
	case d == nil || d.info.Model() != want.Model() || d.info.Serial != want.Serial:
		return &hid.AccessError{Op: "opening", Path: want.Path, Reason: hid.ErrGone}
	case isAccessError(d.openErr):
		return d.openErr
	case d.openErr != nil:
		return &hid.AccessError{Op: "opening", Path: want.Path, Reason: d.openErr, Fix: "let the test call FailOpen with nil"}
	case d.conn != nil:
		return &hid.AccessError{Op: "opening", Path: want.Path, Reason: hid.ErrBusy, Fix: "close it first"}
	}
	return nil
}

func isAccessError(err error) bool {
	var access *hid.AccessError
	return errors.As(err, &access)
}

// GiveBack binds the system's driver to a claimed device that has none.
func (b *Bus) GiveBack(c hid.Claim) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.devices[c.Path]
	if d == nil || d.info.Driver != "" || c.Driver == "" || !c.Matches(d.info) {
		return nil
	}
	if b.giveBack == nil {
		d.info.Driver = kernelDriver
	}
	return b.giveBack
}

// Notify tells of Plug, Unplug, Open and FailOpen.
func (b *Bus) Notify(ctx context.Context, changed chan<- struct{}) error {
	b.mu.Lock()
	b.watchers[changed] = true
	b.mu.Unlock()
	<-ctx.Done()
	b.mu.Lock()
	delete(b.watchers, changed)
	b.mu.Unlock()
	return nil
}
