package cx

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseDimensions(t *testing.T) {
	tests := []struct {
		name, in string
		want     []Dimension
		problem  string
	}{
		{"none", "", nil, ""},
		{"blank", "  ", nil, ""},
		{"one", "tag", []Dimension{ByTag}, ""},
		{"order is kept", "stage, tag", []Dimension{ByStage, ByTag}, ""},
		{
			"all", "tag,stage,channel,domain,driver,kind,desk,site,day,weekday,hour",
			Dimensions(), "",
		},
		{"twice", "tag,stage,tag", nil, `dimension "tag" is given twice`},
		{"comma too many", "tag,", nil, "empty dimension between two commas"},
		{
			"every problem", "tga,week,tag,tag", nil,
			"unknown dimension \"tga\" (did you mean \"tag\"?)\n" +
				"unknown dimension \"week\" (known: tag, stage, channel, domain, driver, kind, desk, site, day, weekday, hour)\n" +
				"dimension \"tag\" is given twice",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseDimensions(tt.in)
			if diff := cmp.Diff(tt.problem, said(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseDimensions(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestCountsConversations(t *testing.T) {
	for _, d := range Dimensions() {
		want := true
		switch d {
		case ByTag, ByStage, ByDomain, ByDriver, ByKind:
			want = false // two tags of one conversation may differ in it
		}
		if got := (Query{By: []Dimension{BySite, d}}).CountsConversations(); got != want {
			t.Errorf("by site and %s: %v, want %v", d, got, want)
		}
	}
	if !(Query{}).CountsConversations() {
		t.Error("without dimensions there are no conversations")
	}
}

func TestQueryContains(t *testing.T) {
	from, to := at(t, "2026-11-16T00:00:00Z"), at(t, "2026-11-23T00:00:00Z")
	tests := []struct {
		name     string
		from, to time.Time
		at       time.Time
		want     bool
	}{
		{"no bounds", time.Time{}, time.Time{}, from, true},
		{"its beginning", from, to, from, true},
		{"before", from, to, from.Add(-time.Millisecond), false},
		{"the last millisecond", from, to, to.Add(-time.Millisecond), true},
		{"its end", from, to, to, false},
		{"open end", from, time.Time{}, to, true},
		{"open beginning", time.Time{}, to, time.UnixMilli(0), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Query{From: tt.from, To: tt.to}).Contains(tt.at); got != tt.want {
				t.Errorf("Contains(%v) = %v, want %v", tt.at, got, tt.want)
			}
		})
	}
}
