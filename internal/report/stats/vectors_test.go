package stats_test

import (
	"fmt"
	"math"
	"testing"

	"magicbutton/internal/report/stats"
)

// close compares to 1e-6 of the larger, or absolutely for small numbers.
func near(got, want, tolerance float64) bool {
	return got == want || math.Abs(got-want) <= tolerance*max(1, math.Abs(want))
}

func choose(n, k float64) float64 {
	a, _ := math.Lgamma(n + 1)
	b, _ := math.Lgamma(k + 1)
	c, _ := math.Lgamma(n - k + 1)
	return a - b - c
}

// binomial is P(X = k) of n trials, term by term and without package stats.
func binomial(n, k int, p float64) float64 {
	return math.Exp(choose(float64(n), float64(k)) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

// tails are P(X >= k) and P(X <= k).
func tails(n, k int, p float64) (atLeast, atMost float64) {
	for i := range n + 1 {
		if i >= k {
			atLeast += binomial(n, i, p)
		}
		if i <= k {
			atMost += binomial(n, i, p)
		}
	}
	return atLeast, atMost
}

// minLikelihood is the two-sided p of R's poisson.test: all outcomes no likelier than the one seen.
func minLikelihood(count, base int, share float64) float64 {
	seen, sum := binomial(count+base, count, share), 0.0
	for i := range count + base + 1 {
		if likely := binomial(count+base, i, share); likely <= seen*(1+1e-7) {
			sum += likely
		}
	}
	return sum
}

// The example of R's poisson.test; the central p is that of rateratio.test.
func TestPublishedComparison(t *testing.T) {
	c := stats.CompareRates(11, 800, 21, 3011, 0.95)
	share := 800.0 / 3811
	atLeast, _ := tails(32, 11, share)
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"ratio", c.Ratio, 1.971488},
		{"low", c.Low, 0.858426},
		{"high", c.High, 4.277266},
		{"central p", c.P, 0.112017},
		{"min-likelihood p", minLikelihood(11, 21, share), 0.0796686},
		{"mid-p", 2 * (atLeast - binomial(32, 11, share)/2), 0.080077},
	} {
		if !near(test.got, test.want, 1e-6) {
			t.Errorf("%s = %.7f, want %.7f", test.name, test.got, test.want)
		}
	}
}

// Two weeks of equal exposure, by min-likelihood; with equal exposures it is the central p too.
func TestPublishedPairs(t *testing.T) {
	for _, test := range []struct {
		count, base int
		want        string
	}{
		{6, 4, "0.75"},
		{9, 3, "0.146"},
		{15, 5, "0.041"},
		{30, 20, "0.20"},
		{60, 40, "0.057"},
		{150, 100, "0.0019"},
		{5, 0, "0.0625"},
		{6, 0, "0.031"},
	} {
		t.Run(fmt.Sprintf("%d_%d", test.count, test.base), func(t *testing.T) {
			format := fmt.Sprintf("%%.%df", len(test.want)-2)
			independent := minLikelihood(test.count, test.base, 0.5)
			if got := fmt.Sprintf(format, independent); got != test.want {
				t.Errorf("min-likelihood p = %s, want %s", got, test.want)
			}
			if got := stats.CompareRates(test.count, 1, test.base, 1, 0.95).P; !near(got, independent, 1e-6) {
				t.Errorf("P = %v, want %v", got, independent)
			}
		})
	}
}

// Every count and exposure against sums of binomial terms, and the interval's ends by what defines them.
func TestCompareRatesAgreesWithSums(t *testing.T) {
	for _, ratio := range []float64{1, 0.125, 0.5, 2.75, 8} {
		share := ratio / (1 + ratio)
		for _, count := range []int{0, 1, 2, 7, 30, 200, 3000} {
			for _, base := range []int{0, 1, 3, 25, 240, 2900} {
				c := stats.CompareRates(count, ratio, base, 1, 0.9)
				atLeast, atMost := tails(count+base, count, share)
				if want := min(1, 2*atLeast, 2*atMost); !near(c.P, want, 1e-6) {
					t.Errorf("P of %d/%v and %d/1 = %v, want %v", count, ratio, base, c.P, want)
				}
				if count > 0 {
					odds := c.Low * ratio
					if got, _ := tails(count+base, count, odds/(1+odds)); !near(got, 0.05, 1e-6) {
						t.Errorf("Low of %d/%v and %d/1 = %v: a tail of %v, want 0.05", count, ratio, base, c.Low, got)
					}
				}
				if base > 0 {
					odds := c.High * ratio
					if _, got := tails(count+base, count, odds/(1+odds)); !near(got, 0.05, 1e-6) {
						t.Errorf("High of %d/%v and %d/1 = %v: a tail of %v, want 0.05", count, ratio, base, c.High, got)
					}
				}
			}
		}
	}
}

func TestCompareRatesWithNothing(t *testing.T) {
	c := stats.CompareRates(0, 1, 0, 8, 0.95)
	if !math.IsNaN(c.Ratio) || c.Low != 0 || !math.IsInf(c.High, 1) || c.P != 1 {
		t.Errorf("nothing against nothing = %+v, want no ratio, an interval of everything and p = 1", c)
	}
	c = stats.CompareRates(1, 1, 0, 8, 0.95)
	if !math.IsInf(c.Ratio, 1) || c.Low <= 0 || !math.IsInf(c.High, 1) || !near(c.P, 2.0/9, 1e-6) {
		t.Errorf("1 against 0 in 8 weeks = %+v, want an infinite ratio and p = 2/9", c)
	}
}

func TestCountInterval(t *testing.T) {
	for _, test := range []struct {
		count     int
		low, high float64
	}{
		{0, 0, 3.69}, {1, 0.03, 5.57}, {3, 0.62, 8.77}, {5, 1.62, 11.67}, {10, 4.80, 18.39}, {20, 12.22, 30.89}, {50, 37.11, 65.92},
	} {
		low, high := stats.CountInterval(test.count, 0.95)
		if math.Abs(low-test.low) > 0.005 || math.Abs(high-test.high) > 0.005 {
			t.Errorf("CountInterval(%d) = %.4f, %.4f, want %v, %v", test.count, low, high, test.low, test.high)
		}
		// By what defines them: each end leaves 2.5 % beyond the count.
		if _, below := poissonTails(test.count, high); !near(below, 0.025, 1e-6) {
			t.Errorf("P(at most %d of %v) = %v, want 0.025", test.count, high, below)
		}
		if above, _ := poissonTails(test.count, low); test.count > 0 && !near(above, 0.025, 1e-6) {
			t.Errorf("P(at least %d of %v) = %v, want 0.025", test.count, low, above)
		}
	}
}

func poissonTerm(k int, mean float64) float64 {
	factorial, _ := math.Lgamma(float64(k) + 1)
	return math.Exp(float64(k)*math.Log(mean) - mean - factorial)
}

func poissonTails(count int, mean float64) (atLeast, atMost float64) {
	below := 0.0
	for k := range count {
		below += poissonTerm(k, mean)
	}
	return 1 - below, below + poissonTerm(count, mean)
}

func TestBenjaminiHochberg(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name    string
		p, want []float64
	}{
		{
			"published",
			[]float64{.001, .008, .039, .041, .042, .06, .074, .205},
			[]float64{.008, .032, .0672, .0672, .0672, .08, .0845714286, .205},
		},
		{"order_is_kept", []float64{.205, .001, .042}, []float64{.205, .003, .063}},
		{"no_test_does_not_count", []float64{nan, .02, nan, .5}, []float64{nan, .04, nan, .5}},
		{"ties", []float64{.04, .04}, []float64{.04, .04}},
		{"never_above_1", []float64{.9, 1}, []float64{1, 1}},
		{"none", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := stats.BenjaminiHochberg(test.p)
			if len(got) != len(test.want) {
				t.Fatalf("%d q for %d p", len(got), len(test.p))
			}
			for i, want := range test.want {
				if math.IsNaN(got[i]) != math.IsNaN(want) || !math.IsNaN(want) && !near(got[i], want, 1e-9) {
					t.Errorf("q[%d] = %v, want %v", i, got[i], want)
				}
			}
		})
	}
}

// Why no percentage on last week drives anything: how often "+50 %" goes off when nothing changed.
func TestRawPercentages(t *testing.T) {
	for _, test := range []struct{ mean, one, twelve float64 }{ // in %
		{8, 23.3, 95.9}, {15, 14.9, 85.5}, {30, 6.5, 55.6}, {60, 1.5, 16.9},
	} {
		one := 0.0
		for last := range int(test.mean*3) + 30 {
			least := max(1, int(math.Ceil(1.5*float64(last))))
			above, _ := poissonTails(least, test.mean)
			one += poissonTerm(last, test.mean) * above
		}
		twelve := 1 - math.Pow(1-one, 12)
		if math.Abs(100*one-test.one) > 0.05 || math.Abs(100*twelve-test.twelve) > 0.05 {
			t.Errorf("at %v a week each goes off in %.2f %% and one of twelve in %.2f %% of weeks, want %v and %v",
				test.mean, 100*one, 100*twelve, test.one, test.twelve)
		}
	}
}
