package html

import (
	"math"
	"strconv"
)

// scale maps values from 0 on to heights in a drawing.
type scale struct {
	top, perUnit, bottom float64
	ticks                []float64 // round values from 0 to top
}

// newScale makes a scale that begins with 0 at bottom and reaches a round number, at
// least most, at top.
func newScale(most, bottom, top float64) scale {
	if most <= 0 {
		most = 1
	}
	// The least step of 1, 2 or 5 times a power of ten that makes at most five of them.
	step := math.Pow(10, math.Floor(math.Log10(most))-1)
	for i := 0; most > 5*step; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	s := scale{bottom: bottom}
	n := math.Ceil(most/step - 1e-9)
	for i := range int(n) + 1 {
		s.ticks = append(s.ticks, float64(i)*step)
	}
	s.top = n * step
	s.perUnit = (bottom - top) / s.top
	return s
}

// tick writes a value of ticks.
func tick(v float64) string {
	if v >= 1000 {
		return count(int(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// y returns the height of a value; what is beyond the scale stays at its end.
func (s scale) y(v float64) float64 { return s.bottom - math.Min(v, s.top)*s.perUnit }
