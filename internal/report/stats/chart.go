package stats

// Chart is a control chart of weekly rates. Without exposures it is a c chart, with them a u chart;
// its limits are Laney's, so that variation beyond Poisson's is part of the usual.
type Chart struct {
	Weeks  int     // complete weeks that the limits rest on
	Shown  bool    // Weeks are at least ChartWeeks: draw the limits
	Centre float64 // the rate of those weeks together
	SigmaZ float64 // Laney's: variation between weeks over that of Poisson counts; never below 1 in the limits
	Points []ChartPoint
}

// ChartPoint is one week of a Chart.
type ChartPoint struct {
	Rate         float64 // count / exposure; NaN where the exposure is not known
	Lower, Upper float64 // the limits for this week; Lower is never below 0
	Outside      bool    // Rate lies outside of them
}

// ChartWeeks is how many complete weeks a chart needs before its limits mean anything.
const ChartWeeks = 12

// ControlChart draws the limits from all weeks but the last, which is the one under test.
func ControlChart(s Series) Chart {
	return Chart{}
}
