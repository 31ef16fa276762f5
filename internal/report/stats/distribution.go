package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// normalTail is P(Z >= z) of the standard normal distribution.
func normalTail(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// studentTail is P(T >= t) for t >= 0; infinite freedom is the normal distribution.
func studentTail(freedom, t float64) float64 {
	switch {
	case math.IsInf(t, 1):
		return 0
	case math.IsInf(freedom, 1):
		return normalTail(t)
	}
	return mathext.RegIncBeta(freedom/2, 0.5, freedom/(freedom+t*t)) / 2
}

// studentQuantile is the t with P(T >= t) = tail, for a tail of at most a half.
func studentQuantile(freedom, tail float64) float64 {
	if math.IsInf(freedom, 1) {
		return -mathext.NormalQuantile(tail)
	}
	x := betaQuantile(freedom/2, 0.5, 2*tail)
	return math.Sqrt(freedom * (1 - x) / x)
}

// chiSquaredQuantile is the x with P(X <= x) = p.
func chiSquaredQuantile(freedom, p float64) float64 {
	return 2 * mathext.GammaIncRegInv(freedom/2, p)
}

// chiSquaredBelow is P(X <= x).
func chiSquaredBelow(freedom, x float64) float64 {
	return mathext.GammaIncReg(freedom/2, x/2)
}

// betaQuantile is the x with I_x(a, b) = p.
func betaQuantile(a, b, p float64) float64 {
	return mathext.InvRegIncBeta(a, b, p)
}
