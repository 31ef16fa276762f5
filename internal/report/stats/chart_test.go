package stats_test

import (
	"math"
	"testing"

	"magicbutton/internal/report/stats"
)

// Eight weeks with published limits, and a ninth, as large as the fifth, that must not move them.
var laneyWeeks = stats.Series{
	Counts:    []int{12, 15, 9, 22, 30, 14, 18, 11, 300},
	Exposures: []float64{400, 420, 380, 450, 500, 410, 430, 390, 500},
}

func TestControlChartPublished(t *testing.T) {
	laney := stats.ControlChart(laneyWeeks, stats.AnyChart)
	u := stats.ControlChart(laneyWeeks, stats.UChart)
	if laney.Kind != stats.LaneyChart || laney.Weeks != 8 || laney.Shown {
		t.Errorf("chart of weeks that vary more than chance: kind %v, %d weeks, shown %v, want Laney's, 8 and not shown", laney.Kind, laney.Weeks, laney.Shown)
	}
	for _, test := range []struct {
		name                 string
		got, want, tolerance float64
	}{
		{"centre", laney.Centre, 0.038757, 5e-7},
		{"centre by formula", laney.Centre, 131.0 / 3380, 1e-12},
		{"sigma z", laney.SigmaZ, 1.358588, 5e-7},
		{"u limit of week 5", u.Points[4].Upper, 0.06517, 5e-6},
		{"Laney's limit of week 5", laney.Points[4].Upper, 0.07464, 5e-6},
		{"Laney's limit of the week under test", laney.Points[8].Upper, 0.07464, 5e-6},
		{"lower limit", laney.Points[4].Lower, max(0, 2*131.0/3380-laney.Points[4].Upper), 1e-12},
		{"rate", laney.Points[4].Rate, 0.06, 1e-12},
	} {
		if math.Abs(test.got-test.want) > test.tolerance {
			t.Errorf("%s = %.7f, want %.7f", test.name, test.got, test.want)
		}
	}
	if laney.Points[8].Outside {
		t.Error("a point is outside of limits that are not shown")
	}
}

func TestControlChartC(t *testing.T) {
	counts := []int{10, 12, 9, 11, 10, 8, 12, 10, 9, 11, 10, 8, 21}
	chart := stats.ControlChart(stats.Series{Counts: counts}, stats.AnyChart)
	if chart.Kind != stats.UChart || !chart.Shown || chart.Weeks != 12 || chart.Centre != 10 {
		t.Fatalf("c chart = %+v, want Poisson limits about 10 from 12 weeks", chart)
	}
	last := chart.Points[12]
	if want := 10 + 3*math.Sqrt(10); !last.Outside || math.Abs(last.Upper-want) > 1e-12 {
		t.Errorf("week of 21 = %+v, want it outside of %v", last, want)
	}
	if chart.Points[3].Outside {
		t.Error("an ordinary week is outside")
	}
	chart = stats.ControlChart(stats.Series{Counts: counts[1:]}, stats.AnyChart)
	if chart.Shown || chart.Points[11].Outside {
		t.Errorf("chart with limits from 11 weeks = %+v, want them not shown", chart)
	}
}

func TestControlChartGaps(t *testing.T) {
	s := stats.Series{Counts: []int{4, 99, 6, 5}, Exposures: []float64{2, 0, 2, 2}}
	chart := stats.ControlChart(s, stats.UChart)
	if chart.Weeks != 2 || chart.Centre != 2.5 || !math.IsNaN(chart.Points[1].Rate) {
		t.Errorf("chart with an unknown week = %+v, want 2 weeks, a centre of 2.5 and no rate there", chart)
	}
	if chart := stats.ControlChart(stats.Series{}, stats.AnyChart); len(chart.Points) != 0 || chart.Shown {
		t.Errorf("chart of nothing = %+v", chart)
	}
	if chart := stats.ControlChart(stats.Series{Counts: make([]int, 20)}, stats.AnyChart); chart.Points[19].Outside || chart.Centre != 0 {
		t.Errorf("chart of a silent series = %+v", chart)
	}
}
