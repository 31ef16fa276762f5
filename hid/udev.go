package hid

import (
	"fmt"
	"slices"
	"strings"
)

// udevRule lets the user at the screen (uaccess) and the group plugdev (a service's user) open one model. It is about the
// USB device and not hidraw, as the open goes through /dev/bus/usb.
func udevRule(model Match) string {
	return fmt.Sprintf(`SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="%04x", ATTR{idProduct}=="%04x", MODE="0660", GROUP="plugdev", TAG+="uaccess"`,
		model.VendorID, model.ProductID)
}

// UdevRule is the text of a udev rules file that lets users open the models of these matches without being root. A rule is
// for a model: serial numbers and ports make no difference.
func UdevRule(matches ...Match) string {
	var b strings.Builder
	b.WriteString(`# Lets the person at the screen (TAG uaccess) and members of the group plugdev open these USB devices.
# Belongs into /etc/udev/rules.d, in a file whose number is below 73 (else uaccess does not work), then:
#   udevadm control --reload && udevadm trigger --subsystem-match=usb
# A system without the group plugdev ignores GROUP; a service there needs a group of its own in its place.
`)
	for _, m := range models(matches) {
		b.WriteString(udevRule(m) + "\n")
	}
	return b.String()
}

// ModprobeRule is the text of a modprobe.d file that keeps the kernel's keyboard driver off the models of these matches for
// good, so that nothing pressed between plug-in and open is typed into a window. Such a device is no keyboard any more when
// no program listens.
func ModprobeRule(matches ...Match) string {
	const ignore = 0x0004 // HID_QUIRK_IGNORE: linux/hid.h
	var quirks []string
	for _, m := range models(matches) {
		quirks = append(quirks, fmt.Sprintf("0x%04x:0x%04x:0x%04x", m.VendorID, m.ProductID, ignore))
	}
	head := `# Keeps the kernel's keyboard driver off these USB devices (0x0004 is HID_QUIRK_IGNORE), so that what is pressed between
# plug-in and the moment a program opens the device is not typed into a window. Without that program they do nothing at all.
# Belongs into /etc/modprobe.d, in a file .conf; it counts from the next boot (Debian: run update-initramfs -u first).
`
	if len(quirks) == 0 {
		return head
	}
	return head + "options usbhid quirks=" + strings.Join(quirks, ",") + "\n"
}

// models is each model of the matches once, in order.
func models(matches []Match) []Match {
	var models []Match
	for _, m := range matches {
		m.Serial, m.Port = "", ""
		if m != (Match{}) && !slices.Contains(models, m) {
			models = append(models, m)
		}
	}
	return models
}
