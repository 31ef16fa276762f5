//go:build cgo && (darwin || windows) && !ios

package hid

import (
	"fmt"

	"github.com/karalabe/hid"
)

// enumerateUSB is hidapi's own list, for systems that have no sysfs. It reports no errors: a failure is an empty list.
func enumerateUSB() ([]Device, error) {
	infos, err := hid.Enumerate(0, 0)
	if err != nil {
		return nil, fmt.Errorf("listing USB devices: %w", err)
	}
	var devices []Device
	for _, i := range infos {
		devices = append(devices, Device{
			Path: i.Path, VendorID: i.VendorID, ProductID: i.ProductID, Release: i.Release,
			Serial: i.Serial, Manufacturer: i.Manufacturer, Product: i.Product, Interface: i.Interface,
			BootKeyboard: i.UsagePage == PageGenericDesktop && (i.Usage == usageKeyboard || i.Usage == usageKeypad),
		})
	}
	return devices, nil
}

// What a keyboard calls itself on the generic desktop page: HID Usage Tables 1.5, section 4.
const (
	usageKeyboard = 0x06
	usageKeypad   = 0x07
)
