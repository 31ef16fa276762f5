package stats

// Comparison is the ratio of two rates.
type Comparison struct {
	Ratio     float64 // rate of the first over that of the second; +Inf where the second count is 0, NaN where both are
	Low, High float64 // Clopper and Pearson's interval of Ratio; High is +Inf where the second count is 0
	P         float64 // two-sided and central, so that it agrees with the interval: P < 1-level exactly where 1 lies outside
}

// CompareRates tests whether two Poisson counts have one rate, exactly: given their sum, the
// first is binomial. Exposures are above 0, level (0.95) between 0 and 1.
func CompareRates(count int, exposure float64, baseCount int, baseExposure, level float64) Comparison {
	return Comparison{}
}

// CountInterval is Garwood's exact interval for the mean of a Poisson count.
func CountInterval(count int, level float64) (low, high float64) {
	return 0, 0
}

// BenjaminiHochberg returns, for each p, the smallest false discovery rate at which it counts
// as a discovery among all of them. NaN is no test: it stays NaN and does not count.
func BenjaminiHochberg(p []float64) []float64 {
	return p
}
