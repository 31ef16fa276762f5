package demo

import "gonum.org/v1/gonum/stat/distuv"

// How weeks differ beyond what chance makes of rare events: the coefficients of
// variation of a week's whole volume and of one tag beside it. Together they make
// about 10 %, an ordinary week-to-week variation.
const (
	volumeCV = 0.03
	themeCV  = 0.09
)

// vary returns a factor of mean 1 with a coefficient of variation: a count whose
// mean varies so is negative binomial.
func (m *maker) vary(cv float64) float64 {
	shape := 1 / (cv * cv)
	return distuv.Gamma{Alpha: shape, Beta: shape, Src: m.rng}.Rand()
}

// count returns a Poisson number.
func (m *maker) count(mean float64) int {
	if mean <= 0 {
		return 0
	}
	return int(distuv.Poisson{Lambda: mean, Src: m.rng}.Rand())
}

// chance is true for a part of the times.
func (m *maker) chance(part float64) bool { return m.rng.Float64() < part }

// pick returns an index, by its weight.
func (m *maker) pick(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := m.rng.Float64() * sum
	for i, w := range weights {
		if at < w {
			return i
		}
		at -= w
	}
	return len(weights) - 1
}
