package stats

import (
	"math"
	"math/rand/v2"
)

// poisson draws a Poisson count: by multiplying uniforms where the mean is small, elsewhere by
// transformed rejection (Hörmann 1993, "The transformed rejection method for generating Poisson random variables", algorithm PTRS).
func poisson(random *rand.Rand, mean float64) int {
	if mean < 10 {
		limit, product, count := math.Exp(-mean), random.Float64(), 0
		for product > limit {
			product *= random.Float64()
			count++
		}
		return count
	}
	logMean := math.Log(mean)
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	logAlpha := math.Log(1.1239 + 1.1328/(b-3.4))
	quick := 0.9277 - 3.6224/(b-2)
	for {
		u, v := random.Float64()-0.5, random.Float64()
		edge := 0.5 - math.Abs(u)
		k := math.Floor((2*a/edge+b)*u + mean + 0.43)
		if edge >= 0.07 && v <= quick {
			return int(k)
		}
		if k < 0 || (edge < 0.013 && v > edge) {
			continue
		}
		factorial, _ := math.Lgamma(k + 1)
		if math.Log(v)+logAlpha-math.Log(a/(edge*edge)+b) <= k*logMean-mean-factorial {
			return int(k)
		}
	}
}
