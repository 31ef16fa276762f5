package cx

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestWeekOf(t *testing.T) {
	tests := []struct{ date, want string }{
		{"2024-12-29", "2024-W52"},
		{"2024-12-30", "2025-W01"},
		{"2020-12-31", "2020-W53"},
		{"2021-01-03", "2020-W53"},
		{"2021-01-04", "2021-W01"},
		{"2026-11-16", "2026-W47"},
		{"2026-12-31", "2026-W53"},
		{"2027-01-01", "2026-W53"},
		{"2027-01-03", "2026-W53"},
		{"2027-01-04", "2027-W01"},
		{"2033-01-02", "2032-W53"},
	}
	for _, tt := range tests {
		t.Run(tt.date, func(t *testing.T) {
			d, err := ParseDate(tt.date)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Week().String(); got != tt.want {
				t.Errorf("%v.Week() = %s, want %s", d, got, tt.want)
			}
			noon := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
			if got := WeekOf(noon, time.UTC).String(); got != tt.want {
				t.Errorf("WeekOf(%v) = %s, want %s", noon, got, tt.want)
			}
		})
	}
}

func TestWeekSpan(t *testing.T) {
	tests := []struct {
		name, zone string
		monday     string
		begins     string
		hours      float64
	}{
		{"ordinary", "Europe/Berlin", "2026-11-16", "2026-11-16T00:00:00+01:00", 168},
		{"fall back", "America/New_York", "2026-10-26", "2026-10-26T00:00:00-04:00", 169},
		{"spring forward", "America/New_York", "2026-03-02", "2026-03-02T00:00:00-05:00", 167},
		{"half an hour back", "Australia/Lord_Howe", "2026-03-30", "2026-03-30T00:00:00+11:00", 168.5},
		{"a day left out", "Pacific/Apia", "2011-12-26", "2011-12-26T00:00:00-10:00", 144},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseDate(tt.monday)
			if err != nil {
				t.Fatal(err)
			}
			from, to := d.Week().Span(mustZone(t, tt.zone))
			if want := at(t, tt.begins); !from.Equal(want) {
				t.Errorf("Span(%s) begins %v, want %v", tt.zone, from, want)
			}
			if got := to.Sub(from).Hours(); got != tt.hours {
				t.Errorf("Span(%s) has %v h, want %v", tt.zone, got, tt.hours)
			}
		})
	}
}

func TestWeekArithmetic(t *testing.T) {
	w := Week{2026, 52}
	for i, want := range []string{"2026-W52", "2026-W53", "2027-W01", "2027-W02"} {
		if got := w.Add(i); got.String() != want {
			t.Errorf("%v.Add(%d) = %v, want %s", w, i, got, want)
		}
		if got := w.Add(i).Add(-i); got != w {
			t.Errorf("%v.Add(%d).Add(-%[2]d) = %v", w, i, got)
		}
		if got := w.Before(w.Add(i)); got != (i > 0) {
			t.Errorf("%v.Before(%v) = %v", w, w.Add(i), got)
		}
		if w.Add(i).Before(w) {
			t.Errorf("%v.Before(%v) = true", w.Add(i), w)
		}
	}
	if got := (Week{2026, 53}).Monday().String(); got != "2026-12-28" {
		t.Errorf("the Monday of 2026-W53 is %s, want 2026-12-28", got)
	}
	for year, want := range map[int]int{2019: 52, 2020: 53, 2026: 53, 2027: 52, 2032: 53} {
		if got := WeeksIn(year); got != want {
			t.Errorf("WeeksIn(%d) = %d, want %d", year, got, want)
		}
	}
}

func TestParseWeek(t *testing.T) {
	for _, s := range []string{"2026-W01", "2026-W53", "2027-W52", "0001-W01", "9999-W52"} {
		if w, err := ParseWeek(s); err != nil || w.String() != s {
			t.Errorf("ParseWeek(%q) = %v, %v", s, w, err)
		}
	}
	if w, err := ParseWeek("2026-w47"); err != nil || w != (Week{2026, 47}) {
		t.Errorf("ParseWeek(2026-w47) = %v, %v", w, err)
	}
	tests := []struct{ name, in, want string }{
		{"empty", "", `week "": want a week such as 2026-W47`},
		{"no hyphen", "2026W047", `week "2026W047": want a week such as 2026-W47`},
		{"sign", "2026-W+7", `week "2026-W+7": want a week such as 2026-W47`},
		{"space", "2026-W 7", `week "2026-W 7": want a week such as 2026-W47`},
		{"other digits", "20٤-W47", `week "20٤-W47": want a week such as 2026-W47`},
		{"week 0", "2026-W00", `week "2026-W00": 2026 has weeks 1 to 53`},
		{"53 of 52", "2027-W53", `week "2027-W53": 2027 has weeks 1 to 52`},
		{"year 0", "0000-W01", `week "0000-W01": want a week such as 2026-W47`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w, err := ParseWeek(tt.in); said(err) != tt.want || w != (Week{}) {
				t.Errorf("ParseWeek(%q) = %v, %v; want %s", tt.in, w, err, tt.want)
			}
		})
	}
}

func FuzzParseWeek(f *testing.F) {
	f.Add("2026-W47")
	f.Add("2027-w53")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWeek(s)
		if err != nil {
			return
		}
		if w.String() != strings.ToUpper(s) {
			t.Errorf("ParseWeek(%q).String() = %s", s, w)
		}
		if got := w.Monday().Week(); got != w {
			t.Errorf("the Monday of %v lies in %v", w, got)
		}
	})
}

func TestWeekText(t *testing.T) {
	for _, tt := range []struct {
		week Week
		want string
	}{{Week{2026, 47}, `"2026-W47"`}, {Week{}, `""`}} {
		b, err := json.Marshal(tt.week)
		if err != nil || string(b) != tt.want {
			t.Errorf("Marshal(%v) = %s, %v; want %s", tt.week, b, err, tt.want)
		}
		got := Week{1, 1}
		if err := json.Unmarshal(b, &got); err != nil || got != tt.week {
			t.Errorf("Unmarshal(%s) = %v, %v; want %v", b, got, err, tt.week)
		}
	}
	if err := json.Unmarshal([]byte(`"2026-47"`), new(Week)); err == nil {
		t.Error("Unmarshal took 2026-47 for a week")
	}
}
