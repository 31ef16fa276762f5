package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want Page
	}{
		"left out":       {"", Page{true, 28886}},
		"without a word": {"[page]", Page{true, 28886}},
		"off":            {"[page]\nenabled = false", Page{false, 28886}},
		"another port":   {"[page]\nport = 8_080", Page{true, 8080}},
		"the least port": {"[page]\nport = 1024", Page{true, 1024}},
		"both":           {"[page]\nport = 65535\nenabled = true", Page{true, 65535}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("f", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Page); diff != "" {
				t.Errorf("Page (-want +got):\n%s", diff)
			}
			again, err := Parse("f", c.TOML())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, again.Page); diff != "" {
				t.Errorf("Page as it is printed (-want +got):\n%s", diff)
			}
		})
	}
}
