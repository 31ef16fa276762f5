package cx_test

import (
	"testing"
	"time"

	"magicbutton/internal/cx"
)

func TestParseInstant(t *testing.T) {
	t.Parallel()
	const layout = "2006-01-02T15:04:05.000Z"
	for in, want := range map[string]string{
		"2026-11-16T09:30:00Z":           "2026-11-16T09:30:00.000Z",
		"2026-11-16t10:30:00.1239+01:00": "2026-11-16T09:30:00.123Z",
		"10000-02-29T00:00:00.007Z":      "10000-02-29T00:00:00.007Z",
		"10889-08-02T05:31:50.655Z":      "10889-08-02T05:31:50.655Z",
		"9999-12-31T23:59:59.999-01:00":  "10000-01-01T00:59:59.999Z",
		"1904-01-01T00:00:00Z":           "1904-01-01T00:00:00.000Z",
		"10001-02-29T00:00:00Z":          "",
		"18000-01-01T00:00:00Z":          "",
		"2026-11-16":                     "",
		"":                               "",
	} {
		got, err := cx.ParseInstant(in)
		switch {
		case want == "" && err == nil:
			t.Errorf("ParseInstant(%q) = %v, want an error", in, got)
		case want != "" && (err != nil || got.Format(layout) != want || got.Location() != time.UTC):
			t.Errorf("ParseInstant(%q) = %v, %v, want %s", in, got, err, want)
		}
	}
}
