package hid

import "testing"

func TestPrivate(t *testing.T) {
	// A collection of a usage, with one input field of eight bits.
	with := func(page, usage, fieldPage uint16) []byte {
		return []byte{
			0x06, byte(page), byte(page >> 8), 0x09, byte(usage), 0xa1, 0x01,
			0x06, byte(fieldPage), byte(fieldPage >> 8), 0x19, 0x01, 0x29, 0x08,
			0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0xc0,
		}
	}
	joystick := []byte{
		0x05, 0x01, 0x09, 0x04, 0xa1, 0x01, 0x09, 0x01, 0xa1, 0x00, // a pointer in a joystick
		0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x01, 0x09, 0x30, 0x81, 0x02, 0xc0, 0xc0,
	}
	lamp := []byte{0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x75, 0x08, 0x95, 0x08, 0x15, 0x00, 0x25, 0x7f, 0x09, 0x01, 0x91, 0x02, 0xc0}
	tests := []struct {
		name                         string
		descriptor                   []byte
		private, undescribed, anyKey bool
	}{
		{"security key", with(0xf1d0, 1, 0xf1d0), true, false, false},
		{"power supply", with(0x84, 4, 0x84), true, false, false},
		{"power supply with a button", with(0x84, 4, PageButton), true, false, false},
		{"pen with buttons", with(0x0d, 2, PageButton), true, false, false},
		{"mouse", with(PageGenericDesktop, 2, PageButton), false, false, true},
		{"mouse without buttons", with(PageGenericDesktop, 2, 0xff00), false, false, false},
		{"gamepad", with(PageGenericDesktop, 5, PageButton), false, false, true},
		{"joystick without buttons", joystick, false, true, false},
		{"vendor data", with(0xff00, 1, 0xff00), false, true, false},
		{"a light that says nothing", lamp, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseDescriptor(tt.descriptor)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.private(); got != tt.private {
				t.Errorf("private() = %t, want %t", got, tt.private)
			}
			if got := d.Has(RawKey(0, 0, false)); got != tt.undescribed {
				t.Errorf("Has(a raw key) = %t, want %t", got, tt.undescribed)
			}
			if got := d.Has(AnyKey); got != tt.anyKey {
				t.Errorf("Has(any key) = %t, want %t", got, tt.anyKey)
			}
		})
	}
}
