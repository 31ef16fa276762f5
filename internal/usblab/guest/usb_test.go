//go:build linux

package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseUsbmon(t *testing.T) {
	type found struct {
		Data        []byte
		Bus, Number int
		OK          bool
	}
	for _, test := range []struct {
		name, line string
		want       found
	}{
		{"light", "ffff8b0f 4377918 S Co:1:002:0 s 21 09 0200 0000 0001 1 = 01", found{[]byte{1}, 1, 2, true}},
		{
			"long report", "ffff8b0f 4377918 S Co:13:102:0 s 21 09 0203 0001 0006 6 = 00010203 0405",
			found{[]byte{0, 1, 2, 3, 4, 5}, 13, 102, true},
		},
		{"its completion", "ffff8b0f 4377918 C Co:1:002:0 0 1 >", found{}},
		{"feature report", "ffff8b0f 4377918 S Co:1:002:0 s 21 09 0300 0000 0001 1 = 01", found{}},
		{"another request", "ffff8b0f 4377918 S Co:1:002:0 s 21 0a 0000 0000 0000 0", found{}},
		{"input", "ffff8b0f 4377918 C Ii:1:002:1 0:8 8 = 00000400 00000000", found{}},
		{"no data captured", "ffff8b0f 4377918 S Co:1:002:0 s 21 09 0200 0000 0001 1 D", found{}},
		{"cut off", "ffff8b0f 4377918 S Co:1:002:0 s 21 09 0200", found{}},
		{"empty", "", found{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, bus, number, ok := parseUsbmon(test.line)
			if diff := cmp.Diff(test.want, found{o.Data, bus, number, ok}); diff != "" {
				t.Errorf("parseUsbmon(%q) (-want +got):\n%s", test.line, diff)
			}
		})
	}
}
