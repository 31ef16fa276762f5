package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDistributions(t *testing.T) {
	for _, test := range []struct {
		name      string
		got, want float64 // as in printed tables
	}{
		{"normal tail", normalTail(1.959964), 0.025},
		{"t, 1", studentQuantile(1, 0.025), 12.706205},
		{"t, 7", studentQuantile(7, 0.025), 2.364624},
		{"t, 30, far out", studentQuantile(30, 0.0005), 3.645959},
		{"t, no end", studentQuantile(math.Inf(1), 0.025), 1.959964},
		{"tail of t, 7", studentTail(7, 2.364624), 0.025},
		{"chi squared, 7", chiSquaredQuantile(7, 0.9), 12.017037},
		{"below chi squared, 7", chiSquaredBelow(7, 12.017037), 0.9},
	} {
		if math.Abs(test.got-test.want) > 1e-6 {
			t.Errorf("%s = %.7f, want %.7f", test.name, test.got, test.want)
		}
	}
}

// Beta quantiles are where intervals end: over all shapes that occur, their tails come back.
func TestBetaQuantile(t *testing.T) {
	for _, a := range []float64{0.03, 0.5, 1, 2.7, 40, 3000, 1e6} {
		for _, b := range []float64{0.5, 1, 1.01, 33, 2500, 1e6} {
			for _, tail := range []float64{0.025, 0.005, 1e-6} {
				x := betaQuantile(a, b, tail)
				got := rateTest{count: a, exposure: x, baseCount: b - 1, baseExposure: 1 - x, dispersion: 1}
				if x == 0 || x == 1 || b == 0.5 {
					continue // below what a float64 holds: the interval ends at 0 or nowhere
				}
				if atLeast := got.atLeast(); math.Abs(atLeast-tail) > 1e-6*max(tail, 1e-3) {
					t.Errorf("quantile %v of beta(%v, %v) = %v leaves %v", tail, a, b, x, atLeast)
				}
			}
		}
	}
}

// Tags that vary each for itself are so many witnesses; tags that vary together are one.
func TestCommonFreedom(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	look := func(family []Series) []window {
		windows := make([]window, len(family))
		for i, r := range rows(family) {
			windows[i] = r.look(1, 8)
		}
		return windows
	}
	apart := look(world{tags: 12, volume: 1000, cv: 0.1, weeks: 9}.play(random, nil))
	if got := commonFreedom(apart, commonExtra(apart, newQuantiles())); got < 60 || got > 84 {
		t.Errorf("freedom of twelve tags of eight weeks = %v, want about 84", got)
	}
	together := look(world{tags: 12, volume: 100000, busy: 0.1, weeks: 9}.play(random, nil))
	if got := commonFreedom(together, commonExtra(together, newQuantiles())); got < 7 || got > 8 {
		t.Errorf("freedom of twelve tags that move as one = %v, want 7", got)
	}
}

func TestCommonExtra(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, cv := range []float64{0, 0.05, 0.1, 0.3} {
		windows := make([]window, 200)
		for i, r := range rows(world{tags: 200, volume: 400, cv: cv, weeks: 9}.play(random, nil)) {
			windows[i] = r.look(1, 8)
		}
		if got := math.Sqrt(commonExtra(windows, newQuantiles())); math.Abs(got-cv) > 0.1*cv {
			t.Errorf("coefficient of variation of 200 tags = %v, want %v", got, cv)
		}
		for i := range 20 {
			windows[i].chi *= 1000
		}
		if got := math.Sqrt(commonExtra(windows, newQuantiles())); got > 1.3*cv+0.03 {
			t.Errorf("after incidents in 20 of 200 tags = %v, want hardly more than %v", got, cv)
		}
	}
}

func TestPoisson(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	const draws = 20000
	for _, mean := range []float64{0, 0.3, 3, 9.9, 10, 40, 3000} {
		var sum, squares float64
		for range draws {
			d := float64(poisson(random, mean)) - mean
			sum, squares = sum+d, squares+d*d
		}
		if off := math.Abs(sum/draws) / math.Sqrt(mean/draws); off > 4 {
			t.Errorf("%d draws of mean %v are off by %v, %.1f standard errors", draws, mean, sum/draws, off)
		}
		want, wide := mean, math.Sqrt((mean+2*mean*mean)/draws) // the fourth central moment is mean + 3*mean^2
		if math.Abs(squares/draws-want) > 4*wide {
			t.Errorf("variance of %d draws = %v, want %v", draws, squares/draws, want)
		}
	}
}

// What is left out where only verdicts are wanted could have made none: p is above what any q is asked for there.
// Where one tail is left out it is the larger: twice the other is p.
func TestUnremarkable(t *testing.T) {
	counts := []float64{0, 0.01, 0.1, 0.5, 1, 2, 3, 5, 9, 20, 57, 200, 1001, 30000}
	for _, a := range counts {
		for _, b := range counts {
			for _, exposure := range []float64{0.03, 0.125, 0.5, 1, 2, 30} {
				for _, freedom := range []float64{1, 7, 80, math.Inf(1)} {
					test := rateTest{a, exposure, b, 1, 1, freedom}
					z, p := test.deviation(), test.p()
					if math.Abs(z) <= calm && p <= unremarkable {
						t.Errorf("%+v: %v standard deviations, and p = %v", test, z, p)
					}
					test.freedom = math.Inf(1)
					if exact := min(1, 2*min(test.atLeast(), test.atMost())); math.Abs(test.p()-exact) > 1e-12 {
						t.Errorf("%+v: p = %v, twice the smaller tail is %v", test, test.p(), exact)
					}
				}
			}
		}
	}
}

// Verdicts are the same whether every p was computed or only those that matter.
func TestRoughVerdicts(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 14))
	for range 300 {
		family := rows(world{tags: 5, volume: 30, cv: 0.25, weeks: 12}.play(random, nil))
		begin(family, Settings{}.filled())
		exact, rough := plan(family, Settings{}.filled(), newQuantiles(), false), plan(family, Settings{}.filled(), newQuantiles(), true)
		for i := range exact {
			if exact[i].verdict != rough[i].verdict {
				t.Errorf("%+v exactly, %+v roughly", exact[i], rough[i])
			}
		}
	}
}
