package stats

import (
	"cmp"
	"math"
	"slices"
)

// BenjaminiHochberg returns, for each p, the smallest false discovery rate at which it counts as a
// discovery among all of them. NaN is no test: it stays NaN and does not count among them.
func BenjaminiHochberg(p []float64) []float64 {
	var tested []int
	for i, value := range p {
		if !math.IsNaN(value) {
			tested = append(tested, i)
		}
	}
	slices.SortFunc(tested, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	q := slices.Repeat([]float64{math.NaN()}, len(p))
	least := 1.0
	for rank, i := range slices.Backward(tested) {
		least = min(least, p[i]*float64(len(tested))/float64(rank+1))
		q[i] = least
	}
	return q
}
