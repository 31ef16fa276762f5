package stats

import "math"

const (
	// ordinary is the part of a family's series whose sums of squares are taken as they are.
	ordinary = 0.9
	// unlike is the part of equally variable series that are not taken for more variable ones.
	unlike = 0.99
	// scatter is how far the squared coefficients of variation of tags lie apart: as far as tags
	// that vary by nothing and by the ordinary 10 % from week to week.
	scatter = 0.01
	// slack is how much more than chance a family's variance may be found to be, as a part of chance's,
	// and still count as chance: twelve tags of eight weeks are found to vary 13 % more one time in five if nothing but chance varies.
	slack = 0.15
	// few is for how many degrees of freedom nothing of that is granted.
	few = 12
	// assumed is the squared coefficient of variation of a family that has too few weeks to show its own ...
	assumed = 0.01
	// ... and enough the degrees of freedom from which on nothing is assumed: one series, eight weeks.
	enough = 7
)

// dispersions says how much more than Poisson counts each series varies, and with how many degrees
// of freedom that is known. The package comment has the reasons.
func dispersions(family []window, known *quantiles) (dispersion, freedom []float64) {
	extra := commonExtra(family, known)
	common := commonFreedom(family, extra)
	lack := max(0, enough-common)
	extra = (common*extra + lack*assumed) / (common + lack)
	dispersion, freedom = make([]float64, len(family)), make([]float64, len(family))
	for i, w := range family {
		dispersion[i], freedom[i] = 1, math.Inf(1)
		own := w.freedom()
		if own == 0 {
			continue
		}
		usual := 1 + extra*w.mean
		spread := scatter * w.mean / usual
		weight := max(0, min(2/(spread*spread), common+lack-own))
		if w.chi > usual*known.wild(own) {
			weight = 0
		}
		d := (weight*usual + w.chi) / (weight + own)
		if d > 1 || usual > 1 {
			dispersion[i], freedom[i] = max(1, d), weight+own
		}
	}
	return dispersion, freedom
}

// commonExtra is the squared coefficient of variation that the series of a family have beside
// chance: a count of mean m varies by m + extra*m*m. Pearson's sums add up to their degrees of
// freedom there; each is cut at what is ordinary, so that one tag's incident is not everybody's variation.
func commonExtra(family []window, known *quantiles) float64 {
	limits := make([]float64, len(family))
	var freedom, limited float64 // limited is the mean of the cut sums together where extra is right
	for i, w := range family {
		if own := w.freedom(); own > 0 {
			freedom += own
			limits[i] = known.limit(own)
			limited += own*known.below(own) + limits[i]*(1-ordinary)
		}
	}
	surplus := func(extra float64) float64 {
		sum := -limited
		for i, w := range family {
			sum += min(w.chi/(1+extra*w.mean), limits[i])
		}
		return sum
	}
	if surplus(0) <= slack*max(0, freedom-few) {
		return 0
	}
	low, high := 0.0, 1e-6
	for surplus(high) > 0 && high < 1e6 {
		low, high = high, 4*high
	}
	for range 40 {
		if middle := (low + high) / 2; surplus(middle) > 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// commonFreedom is how many degrees of freedom the family's variation is known with: those of all
// series together if they vary each for itself, those of one if a busy week is busy for all.
func commonFreedom(family []window, extra float64) float64 {
	var freedom, together, apart float64
	for back := 0; ; back++ {
		var sum, squares, n float64
		for _, w := range family {
			if back < len(w.residuals) {
				z := w.residuals[back] / math.Sqrt(1+extra*w.mean)
				sum, squares, n = sum+z, squares+z*z, n+1
			}
		}
		if n == 0 {
			break
		}
		together += sum*sum - squares
		apart += (n - 1) * squares
	}
	n := 0.0
	for _, w := range family {
		if own := w.freedom(); own > 0 {
			freedom, n = freedom+own, n+1
		}
	}
	if apart <= 0 {
		return freedom
	}
	correlation := max(0, together/apart)
	return freedom / (1 + (n-1)*correlation*correlation)
}

// quantiles are those of the chi squared distribution that sums of squares are held against, by degrees of
// freedom. Nearly all series of all weeks have as many weeks, and half of a judgement's time would go to them.
type quantiles struct {
	limit, below, wild func(own float64) float64
}

func newQuantiles() *quantiles {
	limit := remembered(func(own float64) float64 { return chiSquaredQuantile(own, ordinary) })
	return &quantiles{
		limit: limit,
		below: remembered(func(own float64) float64 { return chiSquaredBelow(own+2, limit(own)) }),
		wild:  remembered(func(own float64) float64 { return chiSquaredQuantile(own, unlike) }),
	}
}

// remembered computes each value once.
func remembered(compute func(float64) float64) func(float64) float64 {
	known := map[float64]float64{}
	return func(x float64) float64 {
		y, ok := known[x]
		if !ok {
			y = compute(x)
			known[x] = y
		}
		return y
	}
}
