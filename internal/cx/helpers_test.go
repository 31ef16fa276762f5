package cx

import (
	"testing"
	"time"
)

func mustZone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}

func mustCatalogue(tb testing.TB, tags ...Tag) Catalogue {
	tb.Helper()
	c, err := NewCatalogue(tags)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// at reads an instant such as 2026-11-16T09:00:00Z.
func at(tb testing.TB, s string) time.Time {
	tb.Helper()
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// said returns an error's text, "" for none.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
