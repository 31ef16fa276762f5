package html

import (
	"strings"
	"testing"

	"magicbutton/internal/report"
)

func TestSparkline(t *testing.T) {
	t.Parallel()
	known := func(n int) []report.Column {
		columns := make([]report.Column, n)
		for i := range columns {
			columns[i].Known = true
		}
		return columns
	}
	gap := known(4)
	gap[1].Known = false
	soFar := known(2)
	soFar[1].Known = false
	for _, tt := range []struct {
		name    string
		columns []report.Column
		counts  []int
		want    string // the line
	}{
		{"rise", known(2), []int{0, 4}, "M73.9 17L81 3"},
		{"nothing at all", known(2), []int{0, 0}, "M73.9 17L81 17"},
		{"gap", gap, []int{2, 0, 2, 2}, "M59.7 3M73.9 3L81 3"},
		{"week that is not over", soFar, []int{4, 2}, "M73.9 3L81 10"},
		{"only the last twelve", known(13), []int{9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, "M3 3L10.1 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(sparkline(tt.columns, tt.counts))
			if !strings.Contains(got, `d="`+tt.want) {
				t.Errorf("sparkline(%v) = %s, want the line %s", tt.counts, got, tt.want)
			}
			if !strings.Contains(got, `aria-hidden="true"`) {
				t.Errorf("a screen reader would stop at %s", got)
			}
		})
	}
}
