package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Comparison is the ratio of two rates.
type Comparison struct {
	// Ratio of the first rate to the second; +Inf where the second count is 0, NaN where both are.
	Ratio float64
	// Low and High are Clopper and Pearson's interval of Ratio; High is +Inf where the second count is 0.
	Low, High float64
	// P is two-sided and central: twice the smaller tail. It agrees with the interval, which the
	// sum of all smaller likelihoods (R's poisson.test) need not: P < 1-level where 1 is outside.
	P float64
}

// CompareRates tests exactly whether two Poisson counts have one rate: given their sum, the first
// is binomial. Exposures are above 0 in any unit; level lies between 0 and 1, 0.95 for instance.
func CompareRates(count int, exposure float64, baseCount int, baseExposure, level float64) Comparison {
	t := exactTest(count, exposure, baseCount, baseExposure)
	c := Comparison{Ratio: t.ratio(), P: t.p()}
	c.Low, c.High = t.interval(level)
	return c
}

// rateTest compares two counts whose variance is dispersion times that of Poisson counts, a dispersion known with so many degrees of freedom.
//
// A count with that variance tells as much as a Poisson count of its dispersion-th part, so the
// tails are those of the exact test for the divided counts (the beta function does not mind
// fractions). That the dispersion was estimated is made up for as in a t test: the tail is taken for a normal
// one and read in Student's distribution. With dispersion 1 and infinite freedom it is the exact test.
type rateTest struct {
	count, exposure         float64
	baseCount, baseExposure float64
	dispersion              float64 // at least 1
	freedom                 float64 // at least 1, +Inf where the dispersion is known
}

func exactTest(count int, exposure float64, baseCount int, baseExposure float64) rateTest {
	return rateTest{float64(count), exposure, float64(baseCount), baseExposure, 1, math.Inf(1)}
}

func (t rateTest) ratio() float64 {
	return t.count / t.exposure / (t.baseCount / t.baseExposure)
}

func (t rateTest) p() float64 {
	var tail float64
	switch z := t.deviation(); { // the other tail is the larger one where this is beyond 1
	case z > 1:
		tail = t.atLeast()
	case z < -1:
		tail = t.atMost()
	default:
		tail = min(t.atLeast(), t.atMost())
	}
	if tail >= 0.5 {
		return 1
	}
	if math.IsInf(t.freedom, 1) {
		return 2 * tail
	}
	return 2 * studentTail(t.freedom, -mathext.NormalQuantile(tail))
}

// Where a count deviates by no more than calm standard deviations, p is above unremarkable: twice the normal distribution's
// tail is 0.134 there, and a binomial's, which contains the count itself, is 0.142 and more.
const (
	calm         = 1.5
	unremarkable = 0.14
)

// deviation is how far the first count is from its share of both, in standard deviations; 0 where none was counted.
func (t rateTest) deviation() float64 {
	n := (t.count + t.baseCount) / t.dispersion
	if n == 0 {
		return 0
	}
	share := t.exposure / (t.exposure + t.baseExposure)
	return (t.count/t.dispersion - n*share) / math.Sqrt(n*share*(1-share))
}

// atLeast is how likely a first count of the one seen or more is.
func (t rateTest) atLeast() float64 {
	if t.count == 0 {
		return 1
	}
	return mathext.RegIncBeta(t.count/t.dispersion, t.baseCount/t.dispersion+1, t.exposure/(t.exposure+t.baseExposure))
}

// atMost is how likely a first count of the one seen or less is.
func (t rateTest) atMost() float64 {
	if t.baseCount == 0 {
		return 1
	}
	return mathext.RegIncBeta(t.baseCount/t.dispersion, t.count/t.dispersion+1, t.baseExposure/(t.exposure+t.baseExposure))
}

// interval is where p() stays above 1-level.
func (t rateTest) interval(level float64) (low, high float64) {
	a, b := t.count/t.dispersion, t.baseCount/t.dispersion
	tail := normalTail(studentQuantile(t.freedom, (1-level)/2))
	low, high = 0, math.Inf(1)
	if a > 0 {
		share := betaQuantile(a, b+1, tail)
		low = share / (1 - share) * t.baseExposure / t.exposure
	}
	if b > 0 {
		share := betaQuantile(b, a+1, tail)
		high = (1 - share) / share * t.baseExposure / t.exposure
	}
	return low, high
}

// CountInterval is Garwood's exact interval for the mean of a Poisson count; level lies between 0 and 1.
func CountInterval(count int, level float64) (low, high float64) {
	tail := (1 - level) / 2
	if count > 0 {
		low = mathext.GammaIncRegInv(float64(count), tail)
	}
	return low, mathext.GammaIncRegCompInv(float64(count)+1, tail)
}
