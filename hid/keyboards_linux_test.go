package hid

import (
	"math/bits"
	"testing"
)

// Keys as the kernel shows them: of a keyboard, a power button, and a pad of keypad keys only.
const (
	fullKeyboard = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
	powerButton  = "10000000000000 0"
	numericPad   = "3f000301ff 0 0 0 0 0 0"
)

func TestOtherKeyboard(t *testing.T) {
	if bits.UintSize != 64 {
		t.Skip("the bitmaps are those of a 64-bit kernel")
	}
	const (
		class   = "sys/class/input/"
		pad     = "sys/devices/pci0000:00/usb1/1-2/1-2.3/1-2.3:1.0/0003:13BA:0001.0001/input/input7"
		builtIn = "sys/devices/platform/i8042/serio0/input/input1"
		onHub   = "sys/devices/pci0000:00/usb1/1-2/1-2.3/1-2.3.4/1-2.3.4:1.0/0003:046D:C31C.0002/input/input8"
	)
	tests := []struct {
		name  string
		keys  map[string]string // input device to what it can send
		wants bool
	}{
		{"none at all", nil, false},
		{"its own interface only", map[string]string{pad: fullKeyboard}, false},
		{"built in", map[string]string{pad: fullKeyboard, builtIn: fullKeyboard}, true},
		{"behind the device's own hub", map[string]string{pad: fullKeyboard, onHub: fullKeyboard}, true},
		{"a power button and a keypad are none", map[string]string{builtIn: powerButton, onHub: numericPad}, false},
		{"without keys", map[string]string{builtIn: ""}, false},
		{"damaged", map[string]string{builtIn: "xyz"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := tree{class + "mice": ""}
			for device, keys := range tt.keys {
				tr[device+"/capabilities/key"] = keys + "\n"
				tr[class+device[len(device)-len("input7"):]] = "->../../../" + device
			}
			usb := &USB{root: tr.plant(t)}
			got, err := usb.OtherKeyboard(Device{Path: "1-2.3:1.0", Port: "1-2.3"})
			if got != tt.wants || err != nil {
				t.Errorf("OtherKeyboard() = %t, %v; want %t", got, err, tt.wants)
			}
		})
	}
	if _, err := (&USB{root: t.TempDir()}).OtherKeyboard(Device{Port: "1-2.3"}); err == nil {
		t.Error("OtherKeyboard() without sysfs gave no error: not to know is not to have one")
	}
}
