package cx

import (
	"testing"
	"time"
)

func TestResolve(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	// A Wednesday of 2027-W01; the weeks before it cross a year of 53 weeks.
	now := at(t, "2027-01-06T12:00:00Z")
	tests := []struct {
		name     string
		spec     PeriodSpec
		from, to string // as Berlin's clocks show it; "" is open
	}{
		{"default", PeriodSpec{}, "2026-12-28 00:00", "2027-01-04 00:00"},
		{"last", PeriodSpec{Week: "last"}, "2026-12-28 00:00", "2027-01-04 00:00"},
		{"this", PeriodSpec{Week: "This"}, "2027-01-04 00:00", "2027-01-11 00:00"},
		{"a week", PeriodSpec{Week: "2026-W47"}, "2026-11-16 00:00", "2026-11-23 00:00"},
		{"a week, small letter", PeriodSpec{Week: "2026-w47"}, "2026-11-16 00:00", "2026-11-23 00:00"},
		{"a week to come", PeriodSpec{Week: "2027-W52"}, "2027-12-27 00:00", "2028-01-03 00:00"},
		{"one week", PeriodSpec{Weeks: 1}, "2026-12-28 00:00", "2027-01-04 00:00"},
		{"twelve weeks", PeriodSpec{Weeks: 12}, "2026-10-12 00:00", "2027-01-04 00:00"},
		{"as many as there may be", PeriodSpec{Weeks: maxWeeks}, "1925-06-08 00:00", "2027-01-04 00:00"},
		{"from and to", PeriodSpec{From: "2026-10-25", To: "2026-11-01"}, "2026-10-25 00:00", "2026-11-02 00:00"},
		{"one day", PeriodSpec{From: "2026-10-25", To: "2026-10-25"}, "2026-10-25 00:00", "2026-10-26 00:00"},
		{"from", PeriodSpec{From: "2026-10-25"}, "2026-10-25 00:00", ""},
		{"to", PeriodSpec{To: "2026-10-25"}, "", "2026-10-26 00:00"},
	}
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(berlin).Format("2006-01-02 15:04")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.spec.Resolve(now, berlin)
			if err != nil {
				t.Fatal(err)
			}
			if from, to := clock(p.From), clock(p.To); from != tt.from || to != tt.to {
				t.Errorf("Resolve(%+v) = %s to %s, want %s to %s", tt.spec, from, to, tt.from, tt.to)
			}
			if got, want := tt.spec.IsDefault(), tt.name == "default"; got != want {
				t.Errorf("IsDefault() = %v, want %v", got, want)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	tests := []struct {
		name string
		spec PeriodSpec
		want string
	}{
		{"week and weeks", PeriodSpec{Week: "last", Weeks: 3}, "--week last and --weeks 3 ask for different periods: give one"},
		{"week and from", PeriodSpec{Week: "last", From: "2026-10-25"}, "--week last and --from or --to ask for different periods: give one"},
		{"week and to", PeriodSpec{Week: "last", To: "2026-10-25"}, "--week last and --from or --to ask for different periods: give one"},
		{"weeks and from", PeriodSpec{Weeks: 3, From: "2026-10-25"}, "--weeks 3 and --from or --to ask for different periods: give one"},
		{"weeks and to", PeriodSpec{Weeks: 3, To: "2026-10-25"}, "--weeks 3 and --from or --to ask for different periods: give one"},
		{
			"all",
			PeriodSpec{Week: "this", Weeks: -1, From: "x", To: "y"},
			"--week this and --weeks -1 and --from or --to ask for different periods: give one",
		},
		{"no week", PeriodSpec{Week: "next"}, `week "next": want a week such as 2026-W47; last and this work too`},
		{"week 54", PeriodSpec{Week: "2026-W54"}, `week "2026-W54": 2026 has weeks 1 to 53; last and this work too`},
		{"negative", PeriodSpec{Weeks: -1}, "weeks -1: want 1 to 5300"},
		{"too many", PeriodSpec{Weeks: maxWeeks + 1}, "weeks 5301: want 1 to 5300"},
		{
			"two bad dates",
			PeriodSpec{From: "monday", To: "2026-02-30"},
			"date \"monday\": want a date such as 2026-11-16\ndate \"2026-02-30\": want a date such as 2026-11-16",
		},
		{"backwards", PeriodSpec{From: "2026-10-26", To: "2026-10-25"}, "the period ends (2026-10-25) before it begins (2026-10-26)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.spec.Resolve(at(t, "2026-11-16T09:00:00Z"), time.UTC)
			if said(err) != tt.want || p != (Period{}) {
				t.Errorf("Resolve(%+v) = %v, %v; want %s", tt.spec, p, err, tt.want)
			}
		})
	}
}

// "Last week" turns at the site's midnight, not at that of UTC.
func TestResolveTurnsInTheZone(t *testing.T) {
	tests := []struct{ name, zone, now, want string }{
		{"a second before", "America/New_York", "2026-11-16T04:59:59Z", "2026-W45"},
		{"midnight in New York", "America/New_York", "2026-11-16T05:00:00Z", "2026-W46"},
		{"a second before, far east", "Pacific/Kiritimati", "2026-11-15T09:59:59Z", "2026-W45"},
		{"midnight far east", "Pacific/Kiritimati", "2026-11-15T10:00:00Z", "2026-W46"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone := mustZone(t, tt.zone)
			p, err := PeriodSpec{}.Resolve(at(t, tt.now), zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := WeekOf(p.From, zone).String(); got != tt.want {
				t.Errorf("the last week is %s, want %s", got, tt.want)
			}
		})
	}
}

// A day that the zone left out is an empty period, not an error.
func TestResolveADayLeftOut(t *testing.T) {
	p, err := PeriodSpec{From: "2011-12-30", To: "2011-12-30"}.Resolve(at(t, "2012-01-10T00:00:00Z"), mustZone(t, "Pacific/Apia"))
	if err != nil || !p.From.Equal(p.To) {
		t.Errorf("Resolve = %v, %v; want an empty period", p, err)
	}
}
