package stats

import "math"

// ChartKind says what a chart's limits are made of.
type ChartKind int

// The kinds. AnyChart is LaneyChart where the weeks vary more than Poisson counts do, else UChart; a
// u chart of exposures that are all the same is a c chart.
const (
	AnyChart ChartKind = iota
	UChart
	LaneyChart
)

// Chart is a control chart of weekly rates.
type Chart struct {
	Kind   ChartKind // UChart or LaneyChart
	Weeks  int       // known weeks that the limits rest on
	Shown  bool      // Weeks are at least ChartWeeks: show the limits
	Centre float64   // the rate of those weeks together; NaN where there are none
	SigmaZ float64   // variation from week to week over that of Poisson counts, Laney's; NaN with fewer than two weeks
	Points []ChartPoint
}

// ChartPoint is one week of a Chart.
type ChartPoint struct {
	Rate         float64 // count / exposure; NaN where the exposure is not known
	Lower, Upper float64 // the limits of this week; Lower is at least 0; NaN where the exposure is not known
	Outside      bool    // Chart.Shown, and Rate lies outside the limits
}

const (
	// ChartWeeks is how many complete weeks a chart needs before its limits mean something; 20 are better.
	ChartWeeks = 12
	// movingRange is the mean range of two normal values over their standard deviation, d2(2).
	movingRange = 1.128
	// sigmas is how far Shewhart's limits are from the centre.
	sigmas = 3
)

// ControlChart draws limits from all weeks but the last, which is the one under test. Where something was changed
// for good, give it the weeks since only.
func ControlChart(s Series, kind ChartKind) Chart {
	r := rows([]Series{s})[0]
	w := r.look(1, len(r.counts))
	chart := Chart{Kind: kind, Weeks: w.weeks, Shown: w.weeks >= ChartWeeks, Centre: w.baseCount / w.baseExposure}
	chart.SigmaZ = r.sigmaZ(chart.Centre)
	if kind == AnyChart {
		chart.Kind = UChart
		if chart.SigmaZ > 1 {
			chart.Kind = LaneyChart
		}
	}
	width := sigmas * 1.0
	if chart.Kind == LaneyChart {
		width *= chart.SigmaZ
	}
	for i, count := range r.counts {
		point := ChartPoint{math.NaN(), math.NaN(), math.NaN(), false}
		if n := r.exposures[i]; n > 0 {
			point.Rate = float64(count) / n
			sigma := math.Sqrt(chart.Centre / n)
			point.Lower = max(0, chart.Centre-width*sigma)
			point.Upper = chart.Centre + width*sigma
			point.Outside = chart.Shown && (point.Rate < point.Lower || point.Rate > point.Upper)
		}
		chart.Points = append(chart.Points, point)
	}
	return chart
}

// sigmaZ is the mean moving range of the standardised rates of all weeks but the last over d2, as Laney
// (2002) and Minitab's "Methods and formulas for Laney U' Chart" have it.
func (r row) sigmaZ(centre float64) float64 {
	previous := math.NaN()
	var sum, ranges float64
	for i, count := range r.counts[:max(0, len(r.counts)-1)] {
		n := r.exposures[i]
		if n <= 0 {
			continue
		}
		z := 0.0
		if centre > 0 {
			z = (float64(count)/n - centre) / math.Sqrt(centre/n)
		}
		if !math.IsNaN(previous) {
			sum, ranges = sum+math.Abs(z-previous), ranges+1
		}
		previous = z
	}
	return sum / ranges / movingRange
}
