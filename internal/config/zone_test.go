package config

import (
	"strings"
	"testing"
	"time"
)

func TestNamed(t *testing.T) {
	tests := []struct {
		name  string
		local *time.Location
		link  string
		want  string
	}{
		{"from TZ", mustZone(t, "Europe/Berlin"), "/usr/share/zoneinfo/Asia/Tokyo", "Europe/Berlin"},
		{"TZ is empty", time.UTC, "/usr/share/zoneinfo/Asia/Tokyo", "UTC"},
		{"link", time.Local, "/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"},
		{"relative link", time.Local, "../usr/share/zoneinfo/Etc/UTC", "Etc/UTC"},
		{"macOS", time.Local, "/var/db/timezone/zoneinfo/America/New_York", "America/New_York"},
		{"no link", time.Local, "", "Local"},
		{"link elsewhere", time.Local, "/etc/my-zone", "Local"},
		{"link to no zone", time.Local, "/usr/share/zoneinfo/Mars/Olympus", "Local"},
		{"TZ is a file", time.FixedZone("/etc/my-zone", 3600), "", "/etc/my-zone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.local == time.Local && time.Local.String() != "Local" {
				t.Skip("skipped: TZ names the zone of this test")
			}
			if got := named(tt.local, tt.link).String(); got != tt.want {
				t.Errorf("named(%v, %q) = %q, want %q", tt.local, tt.link, got, tt.want)
			}
		})
	}
}

// Every name that is guessed can be used.
func TestZoneList(t *testing.T) {
	list := strings.Fields(zoneList)
	if len(list) < 500 {
		t.Errorf("the list has %d zones, want all of them", len(list))
	}
	for _, name := range list {
		if _, err := ParseZone(name); err != nil {
			t.Error(err)
		}
	}
}
