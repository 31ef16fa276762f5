package hid

import "context"

// USB is the bus of USB devices. The zero value is ready. On Linux it lists devices even in a build without cgo, which
// cannot open them.
type USB struct{}

// Available is nil where USB devices can be opened by this build, and else tells why not.
func (u *USB) Available() error { return ErrUnavailable }

// Devices lists the HID interfaces on the bus.
func (u *USB) Devices() ([]Device, error) { return nil, ErrUnavailable }

// Open takes a device for this program alone.
func (u *USB) Open(d Device) (Conn, error) { return nil, ErrUnavailable }

// Check tells why Open would fail now.
func (u *USB) Check(d Device) error { return ErrUnavailable }

// GiveBack binds the system's driver to a claimed interface again.
func (u *USB) GiveBack(c Claim) error { return nil }

// Notify tells of devices that come and go.
func (u *USB) Notify(ctx context.Context, changed chan<- struct{}) error { return ErrUnavailable }
