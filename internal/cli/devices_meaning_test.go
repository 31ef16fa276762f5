package cli

import (
	"strings"
	"testing"

	"magicbutton/hid"
	"magicbutton/hid/hidtest"
)

// TestMeaningOfModel: what devices decode --device takes for the meaning of reports.
func TestMeaningOfModel(t *testing.T) {
	at := func(port string, number int, descriptor []byte) hid.Device {
		d := hidtest.Other(port, "Thing", 7, descriptor)
		d.Interface = number
		d.Path = d.Path[:len(d.Path)-1] + string(rune('0'+number))
		return d
	}
	deck := at("1-1", 0, hidtest.VendorDescriptor)
	deck.VendorID, deck.ProductID = 0x0fd9, 0x006d
	for _, tt := range []struct {
		name, model string
		devices     []hid.Device
		key         hid.Key // that the result has
		err         string  // or what the error says
	}{
		{"a profile", "0fd9:006d", nil, hid.ButtonKey(15), ""},
		{"a profile before what is plugged in", "0fd9:006d", []hid.Device{deck}, hid.ButtonKey(15), ""},
		{"one", "1209:0007", []hid.Device{at("1-1", 0, hidtest.EncoderDescriptor)}, hid.ButtonKey(12), ""},
		{"twins", "1209:0007", []hid.Device{at("1-1", 0, hidtest.EncoderDescriptor), at("1-2", 0, hidtest.EncoderDescriptor)}, hid.ButtonKey(12), ""},
		{"the interface with keys", "1209:0007", []hid.Device{at("1-1", 0, hidtest.VendorDescriptor), at("1-1", 1, hidtest.EncoderDescriptor)}, hid.ButtonKey(12), ""},
		{"the interface with keys first", "1209:0007", []hid.Device{at("1-1", 0, hidtest.EncoderDescriptor), at("1-1", 1, hidtest.VendorDescriptor)}, hid.ButtonKey(12), ""},
		{"a port", "1209:0007@1-2", []hid.Device{at("1-2", 0, hidtest.EncoderDescriptor)}, hid.Key{}, `device "1209:0007@1-2": want a model, and no serial number or port: 1209:0007`},
		{"a serial number", "0fd9:006d#A7", nil, hid.Key{}, `"0fd9:006d#A7": want a model`},
		{"known by name alone", "05ac:0301", nil, hid.Key{}, "05ac:0301 (USB webkey) is known by name, and its own descriptor says what its reports mean, and there is no such device to look at: none is plugged in"},
		{"two interfaces with keys", "1209:0007", []hid.Device{at("1-1", 0, hidtest.KeyboardDescriptor), at("1-1", 1, hidtest.EncoderDescriptor)}, hid.Key{}, "keys on several interfaces: 1-1:1.0, 1-1:1.1"},
		{"in use", "1209:0007", []hid.Device{at("1-1", 0, nil)}, hid.Key{}, "1-1:1.0: its report descriptor cannot be read"},
		{"another model", "1209:0007", []hid.Device{deck}, hid.Key{}, "none is plugged in"},
		{"no model", "deck", nil, hid.Key{}, "want vendor:product"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := meaningOfModel(Env{Bus: hidtest.NewBus(tt.devices...)}, tt.model)
			switch {
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("error %v, want one that says %q", err, tt.err)
			case tt.err == "" && err != nil:
				t.Error(err)
			case tt.err == "" && !m.layout.Has(tt.key):
				t.Errorf("the result has no %v", tt.key)
			}
		})
	}
}
