package cx

import (
	"testing"
	"time"
)

func TestDateSpan(t *testing.T) {
	tests := []struct {
		name, zone, date string
		begins           string
		length           time.Duration
	}{
		{"ordinary", "Europe/Berlin", "2026-11-16", "2026-11-16T00:00:00+01:00", 24 * time.Hour},
		{"long", "Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", 25 * time.Hour},
		{"short", "Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", 23 * time.Hour},
		{"no midnight", "America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00", 23 * time.Hour},
		{"eleven o'clock twice", "America/Santiago", "2026-04-04", "2026-04-04T00:00:00-03:00", 25 * time.Hour},
		{"a day left out", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0},
		{"the day before it", "Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 24 * time.Hour},
		{"back over midnight", "America/St_Johns", "2010-11-07", "2010-11-07T00:00:00-02:30", 25 * time.Hour},
		{"before back over midnight", "America/St_Johns", "2010-11-06", "2010-11-06T00:00:00-02:30", 24 * time.Hour},
		{"forward at one past", "America/St_Johns", "2011-03-13", "2011-03-13T00:00:00-03:30", 23 * time.Hour},
		{"midnight twice", "America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00", 25 * time.Hour},
		{"no midnight in spring", "America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00", 23 * time.Hour},
		{"quarter hour", "Asia/Kathmandu", "2026-11-16", "2026-11-16T00:00:00+05:45", 24 * time.Hour},
		{"furthest east", "Pacific/Kiritimati", "2026-11-16", "2026-11-16T00:00:00+14:00", 24 * time.Hour},
		{"furthest west", "Etc/GMT+12", "2026-11-16", "2026-11-16T00:00:00-12:00", 24 * time.Hour},
		{"a day twice", "America/Juneau", "1867-10-19", "1867-10-19T00:00:00+15:02", 48 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseDate(tt.date)
			if err != nil {
				t.Fatal(err)
			}
			zone := mustZone(t, tt.zone)
			from, to := d.Span(zone)
			if from.In(zone).Format(time.RFC3339) != tt.begins {
				t.Errorf("%v begins %v, want %s", d, from.In(zone), tt.begins)
			}
			if got := to.Sub(from); got.Truncate(time.Minute) != tt.length {
				t.Errorf("%v is %v long, want %v", d, got, tt.length)
			}
		})
	}
}

// The hour before midnight that Newfoundland lived twice: the second time the
// clock shows the day that is over.
func TestDateOfOverMidnight(t *testing.T) {
	zone := mustZone(t, "America/St_Johns")
	tests := []struct{ name, at, clock, want string }{
		{"the first time", "2010-11-07T02:15:00Z", "2010-11-06 23:45", "2010-11-06"},
		{"midnight", "2010-11-07T02:30:00Z", "2010-11-07 00:00", "2010-11-07"},
		{"the second time", "2010-11-07T03:15:00Z", "2010-11-06 23:45", "2010-11-07"},
		{"midnight again", "2010-11-07T03:30:00Z", "2010-11-07 00:00", "2010-11-07"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			instant := at(t, tt.at)
			if got := instant.In(zone).Format("2006-01-02 15:04"); got != tt.clock {
				t.Fatalf("the clock shows %s, want %s", got, tt.clock)
			}
			if got := DateOf(instant, zone).String(); got != tt.want {
				t.Errorf("DateOf(%s) = %s, want %s", tt.at, got, tt.want)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-11-16", "2024-02-29", "0001-01-01", "9999-12-31"} {
		if d, err := ParseDate(s); err != nil || d.String() != s {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-11-16T00:00:00Z", "2026-02-29", "2026-13-01", "2026-1-1", "16.11.2026", "0000-12-31", " 2026-11-16"} {
		if d, err := ParseDate(s); err == nil || d != (Date{}) {
			t.Errorf("ParseDate(%q) = %v, %v; want an error", s, d, err)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	d := Date{2026, time.December, 31}
	for n, want := range map[int]string{0: "2026-12-31", 1: "2027-01-01", -1: "2026-12-30", 60: "2027-03-01", -365: "2025-12-31"} {
		e := d.Add(n)
		if e.String() != want {
			t.Errorf("%v.Add(%d) = %v, want %s", d, n, e, want)
		}
		if d.Before(e) != (n > 0) {
			t.Errorf("%v.Before(%v) = %v", d, e, d.Before(e))
		}
	}
	if got := d.Weekday(); got != time.Thursday {
		t.Errorf("%v is a %v, want a Thursday", d, got)
	}
}
