package hid

import (
	"strings"
	"testing"
)

// plugged is what Linux 6.1 sends when a keyboard is plugged in, one message of several.
const plugged = "add@/devices/pci0000:00/0000:00:03.0/usb1/1-1/1-1:1.0\x00ACTION=add\x00" +
	"DEVPATH=/devices/pci0000:00/0000:00:03.0/usb1/1-1/1-1:1.0\x00SUBSYSTEM=usb\x00DEVTYPE=usb_interface\x00" +
	"PRODUCT=627/1/0\x00TYPE=0/0/0\x00INTERFACE=3/1/1\x00MODALIAS=usb:v0627p0001d0000dc00dsc00dp00ic03isc01ip01in00\x00SEQNUM=1181\x00"

func TestParseUevent(t *testing.T) {
	tests := []struct {
		name    string
		in      string
		want    uevent
		ok      bool
		matters bool
	}{
		{"plugged in", plugged, uevent{"add", "/devices/pci0000:00/0000:00:03.0/usb1/1-1/1-1:1.0", "usb"}, true, true},
		{"hid driver bound", "bind@/devices/x/0003:0627:0001.0001\x00ACTION=bind\x00SUBSYSTEM=hid\x00", uevent{"bind", "/devices/x/0003:0627:0001.0001", "hid"}, true, true},
		{"a disk", "add@/devices/virtual/block/loop0\x00SUBSYSTEM=block\x00", uevent{"add", "/devices/virtual/block/loop0", "block"}, true, false},
		{"no subsystem", "add@/module/usbhid\x00", uevent{"add", "/module/usbhid", ""}, true, false},
		{"from udev", "libudev\x00\xfe\xed\xca\xfe", uevent{}, false, false},
		{"cut in its first line", "add@/devices", uevent{}, false, false},
		{"no path", "add@\x00SUBSYSTEM=usb\x00", uevent{}, false, false},
		{"no action", "@/devices\x00SUBSYSTEM=usb\x00", uevent{}, false, false},
		{"empty", "", uevent{}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := parseUevent([]byte(tt.in))
			if got != tt.want || ok != tt.ok || got.matters() != tt.matters {
				t.Errorf("parseUevent() = %+v, %t, matters %t; want %+v, %t, %t", got, ok, got.matters(), tt.want, tt.ok, tt.matters)
			}
		})
	}
}

func FuzzParseUevent(f *testing.F) {
	f.Add([]byte(plugged))
	f.Add([]byte("libudev\x00"))
	f.Add([]byte("add@/x\x00SUBSYSTEM=usb"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, ok := parseUevent(b)
		if !ok {
			if e != (uevent{}) {
				t.Errorf("parseUevent(%q) = %+v beside a refusal", b, e)
			}
			return
		}
		if !strings.HasPrefix(string(b), e.action+"@"+e.devpath+"\x00") || !strings.HasPrefix(e.devpath, "/") {
			t.Errorf("parseUevent(%q) = %+v, not what its first line says", b, e)
		}
		if strings.ContainsRune(e.action+e.devpath+e.subsystem, 0) {
			t.Errorf("parseUevent(%q) = %+v holds a zero byte", b, e)
		}
	})
}
