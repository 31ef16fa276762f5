package hid

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// effective is the lines of a file that are no comments.
func effective(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

func TestRules(t *testing.T) {
	matches := []Match{
		{VendorID: 0x46d, ProductID: 0xc52d},
		{VendorID: 0x46d, ProductID: 0xc52d, Serial: `"; RUN+="x`},
		{},
		{VendorID: 0x13ba, ProductID: 1, Port: "1-2"},
	}
	wantUdev := []string{
		`SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="046d", ATTR{idProduct}=="c52d", MODE="0660", GROUP="plugdev", TAG+="uaccess"`,
		`SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="13ba", ATTR{idProduct}=="0001", MODE="0660", GROUP="plugdev", TAG+="uaccess"`,
	}
	if diff := cmp.Diff(wantUdev, effective(UdevRule(matches...))); diff != "" {
		t.Errorf("UdevRule (-want +got):\n%s", diff)
	}
	wantModprobe := []string{"options usbhid quirks=0x046d:0xc52d:0x0004,0x13ba:0x0001:0x0004"}
	if diff := cmp.Diff(wantModprobe, effective(ModprobeRule(matches...))); diff != "" {
		t.Errorf("ModprobeRule (-want +got):\n%s", diff)
	}
	if text := UdevRule() + ModprobeRule(); strings.Contains(text, ".rules") {
		t.Errorf("the rules name a file of their own, and the program that prints them another:\n%s", text)
	}
	if got := effective(UdevRule() + ModprobeRule()); got != nil {
		t.Errorf("rules for no models = %q, want comments only", got)
	}
}
