package report

import "testing"

// TestHours holds what a lead reads for a time: minutes where it is short, never "0
// hours" for what took half of one.
func TestHours(t *testing.T) {
	for hours, want := range map[float64]string{
		0: "0 minutes", 25.0 / 60: "25 minutes", 1.0 / 60: "1 minute", 0.999: "1 hour", 1: "1 hour", 3.5: "4 hours", 5.5: "6 hours", 41.2: "41 hours",
	} {
		if got := Hours(hours); got != want {
			t.Errorf("Hours(%v) = %q, want %q", hours, got, want)
		}
	}
}

func TestDecimal(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.004: "0.00", 0.42: "0.42", 0.999: "1.0", 3.5: "3.5", 5.5: "5.5", 99.94: "99.9", 99.95: "100", 412.5: "413",
	} {
		if got := Decimal(v); got != want {
			t.Errorf("Decimal(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0%", 0.001: "<1%", 0.005: "<1%", 0.006: "1%", 0.154: "15%", 1: "100%"} {
		if got := Percent(share); got != want {
			t.Errorf("Percent(%v) = %q, want %q", share, got, want)
		}
	}
}
