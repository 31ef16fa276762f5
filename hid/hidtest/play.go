package hidtest

import (
	"slices"
	"time"

	"magicbutton/hid"
)

// Answer makes a device that is silent unless asked: when it is sent the request (byte 0 is the report id, 0 for none) it sends
// what answer returns. Requests are no Outputs. Answer must not use the Bus.
func (b *Bus) Answer(path string, request []byte, answer func() []byte) {
	b.with(path, func(d *device) { d.request, d.answer = slices.Clone(request), answer })
}

// Type types keys on a boot keyboard one after the other, as macro devices do, with a pause after each report.
func (b *Bus) Type(path string, pause time.Duration, keys ...hid.Key) {
	for _, k := range keys {
		b.KeyDown(path, k)
		time.Sleep(pause)
		b.KeyUp(path, k)
		time.Sleep(pause)
	}
}

// Break fails the reads and writes of the program that has a device open, which stays plugged in and may be opened again:
// what a reset or a bad cable does.
func (b *Bus) Break(path string) {
	b.with(path, func(d *device) {
		if d.conn != nil {
			d.conn.fail(errIO)
		}
	})
}

// SetKeyboard says whether the system has a keyboard with letters that is not on this bus, such as a laptop's own. It does
// until told otherwise.
func (b *Bus) SetKeyboard(present bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keyboard = present
}

// OtherKeyboard tells whether the system has a keyboard with letters besides a device: see SetKeyboard, or one on this bus
// that no program has.
func (b *Bus) OtherKeyboard(than hid.Device) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.devices {
		if d.info.Port == than.Port || d.info.Driver != kernelDriver {
			continue
		}
		if parsed, err := hid.ParseDescriptor(d.info.Descriptor); err == nil && parsed.IsKeyboard() {
			return true, nil
		}
	}
	return b.keyboard, nil
}

// Age is how long ago a device was plugged in.
func (b *Bus) Age(of hid.Device) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.devices[of.Path]
	if d == nil {
		return 0, false
	}
	return time.Since(d.plugged), true
}

var (
	_ hid.Bus            = (*Bus)(nil)
	_ hid.Notifier       = (*Bus)(nil)
	_ hid.Checker        = (*Bus)(nil)
	_ hid.GiveBacker     = (*Bus)(nil)
	_ hid.KeyboardFinder = (*Bus)(nil)
	_ hid.Ager           = (*Bus)(nil)
)

// Listings is how often the bus was listed.
func (b *Bus) Listings() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.listings
}

// Reads is how often what is plugged into a path was read.
func (b *Bus) Reads(path string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads[path]
}

func (b *Bus) countRead(path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads[path]++
}
