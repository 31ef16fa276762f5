package hid

import (
	"strings"
	"testing"
)

func TestParseMatch(t *testing.T) {
	tests := []struct {
		in      string
		want    Match
		wantErr string
	}{
		{"046d:c52d", Match{VendorID: 0x046d, ProductID: 0xc52d}, ""},
		{"046D:C52D", Match{VendorID: 0x046d, ProductID: 0xc52d}, ""},
		{"046d:c52d#DESK-A", Match{VendorID: 0x046d, ProductID: 0xc52d, Serial: "DESK-A"}, ""},
		{"046d:c52d#a @1-2#3", Match{VendorID: 0x046d, ProductID: 0xc52d, Serial: "a @1-2#3"}, ""},
		{"046d:c52d@1-2.3", Match{VendorID: 0x046d, ProductID: 0xc52d, Port: "1-2.3"}, ""},
		{"", Match{}, "want vendor:product"},
		{"c52d", Match{}, "want vendor:product"},
		{"46d:c52d", Match{}, `vendor "46d": want four hexadecimal digits`},
		{"046d:c52g", Match{}, `product "c52g": want four hexadecimal digits`},
		{"+46d:c52d", Match{}, "vendor"},
		{"0000:0000", Match{}, "no model"},
		{"046d:c52d#", Match{}, "serial number"},
		{"046d:c52d#a\nb", Match{}, "serial number"},
		{"046d:c52d#" + strings.Repeat("x", 400), Match{}, "serial number"},
		{"046d:c52d@", Match{}, "port"},
		{"046d:c52d@1", Match{}, "port"},
		{"046d:c52d@1-", Match{}, "port"},
		{"046d:c52d@1-2.", Match{}, "port"},
		{"046d:c52d@1-02", Match{}, "port"},
		{"046d:c52d@0-1", Match{}, "port"},
		{"046d:c52d@1-1.1.1.1.1.1.1.1", Match{}, "port"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseMatch(tt.in)
			if got != tt.want || (err == nil) != (tt.wantErr == "") {
				t.Fatalf("ParseMatch(%q) = %+v, %v; want %+v, error %q", tt.in, got, err, tt.want, tt.wantErr)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.wantErr) || len(err.Error()) > 200) {
				t.Errorf("ParseMatch(%q): %v; want %q in it, and it short", tt.in, err, tt.wantErr)
			}
		})
	}
}

func FuzzParseMatch(f *testing.F) {
	for _, s := range []string{"046d:c52d", "046d:c52d#DESK-A", "046d:c52d@1-2.3", "046d:c52d@1-2#x", ":#@", "0000:0001#\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMatch(s)
		if err != nil {
			if m != (Match{}) {
				t.Errorf("ParseMatch(%q) = %+v beside an error", s, m)
			}
			return
		}
		if m.Serial != "" && m.Port != "" {
			t.Errorf("ParseMatch(%q) = %+v: serial and port", s, m)
		}
		if !m.Matches(Device{VendorID: m.VendorID, ProductID: m.ProductID, Serial: m.Serial, Port: m.Port}) {
			t.Errorf("%+v does not match its own device", m)
		}
		again, err := ParseMatch(m.String())
		if err != nil || again != m || !strings.EqualFold(m.String(), s) {
			t.Errorf("%q prints as %q, which parses as %+v, %v", s, m, again, err)
		}
	})
}

func TestMatches(t *testing.T) {
	d := Device{VendorID: 1, ProductID: 2, Serial: "A", Port: "1-2"}
	tests := []struct {
		name string
		m    Match
		want bool
	}{
		{"model", Match{VendorID: 1, ProductID: 2}, true},
		{"serial", Match{VendorID: 1, ProductID: 2, Serial: "A"}, true},
		{"port", Match{VendorID: 1, ProductID: 2, Port: "1-2"}, true},
		{"other model", Match{VendorID: 1, ProductID: 3}, false},
		{"other vendor", Match{VendorID: 2, ProductID: 2}, false},
		{"other serial", Match{VendorID: 1, ProductID: 2, Serial: "a"}, false},
		{"other port", Match{VendorID: 1, ProductID: 2, Port: "1-2.1"}, false},
		{"zero", Match{}, false},
	}
	for _, tt := range tests {
		if got := tt.m.Matches(d); got != tt.want {
			t.Errorf("%s: Matches = %t, want %t", tt.name, got, tt.want)
		}
	}
	if (Match{}).Matches(Device{}) {
		t.Error("the zero Match matches the zero Device")
	}
}
