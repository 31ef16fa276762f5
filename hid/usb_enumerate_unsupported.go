//go:build !linux && (!cgo || !(darwin || windows) || ios)

package hid

func enumerateUSB() ([]Device, error) { return nil, ErrUnavailable }
