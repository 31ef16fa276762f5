package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want Report
	}{
		"left out":       {"", Report{MinChange: 0.15}},
		"without a word": {"[report]", Report{MinChange: 0.15}},
		"cost":           {"[report]\ncost_per_hour = 42.5\ncurrency = \"EUR\"", Report{42.5, "EUR", 0.15}},
		"a sign":         {"[report]\ncurrency = \"£\"", Report{Currency: "£", MinChange: 0.15}},
		"all":            {"[report]\ncost_per_hour = 100_000\nmin_change = 1", Report{CostPerHour: 100000, MinChange: 1}},
		"least":          {"[report]\nmin_change = 0.01", Report{MinChange: 0.01}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("f", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Report); diff != "" {
				t.Errorf("Report (-want +got):\n%s", diff)
			}
			again, err := Parse("f", c.TOML())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, again.Report); diff != "" {
				t.Errorf("Report as it is printed (-want +got):\n%s", diff)
			}
		})
	}
}
