package html

import "math"

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
	// A step of 1, 2 or 5 times a power of ten that makes three to six of them.
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, f := range []float64{0.2, 0.5} {
		if most <= 5*f*step {
			step *= f
			break
		}
	}
	s := scale{bottom: bottom}
	n := math.Ceil(most/step - 1e-9)
	if n < 3 {
		step, n = step/2, math.Ceil(2*most/step-1e-9)
	}
	for i := range int(n) + 1 {
		s.ticks = append(s.ticks, float64(i)*step)
	}
	s.top = n * step
	s.perUnit = (bottom - top) / s.top
	return s
}

// y returns the height of a value; what is beyond the scale stays at its end.
func (s scale) y(v float64) float64 { return s.bottom - math.Min(v, s.top)*s.perUnit }
