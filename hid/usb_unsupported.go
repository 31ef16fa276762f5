//go:build !cgo || !(linux || darwin || windows) || ios

package hid

func usbSupported() bool { return false }

func openUSB(Device) (Conn, error) { return nil, ErrUnavailable }
