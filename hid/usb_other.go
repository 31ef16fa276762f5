//go:build !linux

package hid

import (
	"context"
	"errors"
	"runtime"
)

// Devices lists the HID interfaces on the bus; on macOS and Windows once for each of their top collections.
func (u *USB) Devices() ([]Device, error) { return enumerateUSB() }

// Open takes a device for this program alone.
func (u *USB) Open(d Device) (Conn, error) {
	if err := u.Check(d); err != nil {
		return nil, err
	}
	conn, err := openUSB(d)
	if err != nil {
		e := &AccessError{Op: "opening", Path: d.Path, Reason: err}
		if runtime.GOOS == "darwin" {
			e.Fix = "allow this program under System Settings, Privacy & Security, Input Monitoring, and start it again"
		}
		return nil, e
	}
	return conn, nil
}

// Check tells why Open would fail now, as far as that is known without trying.
func (u *USB) Check(d Device) error {
	if err := u.Available(); err != nil {
		return &AccessError{Op: "opening", Path: d.Path, Reason: err}
	}
	if runtime.GOOS == "windows" && d.BootKeyboard {
		return &AccessError{
			Op: "opening", Path: d.Path, Reason: ErrUnreadable, Detail: "a keyboard on Windows",
			Fix: "use a device that is no keyboard or mouse",
		}
	}
	return nil
}

// GiveBack has nothing to do where the system takes a closed device back by itself.
func (u *USB) GiveBack(Claim) error { return nil }

// Notify cannot tell here.
func (u *USB) Notify(context.Context, chan<- struct{}) error {
	return errors.New("no news of USB devices on this system")
}
