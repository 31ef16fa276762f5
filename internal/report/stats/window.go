package stats

import "math"

// window is a series in the weeks under test and in those before them.
type window struct {
	tested          int // weeks under test whose exposure is known
	count, exposure float64

	weeks                   int   // in the baseline
	base                    []int // which ones they are, newest first
	baseCount, baseExposure float64
	unit                    float64   // variance of a count over its mean where only chance varies
	mean                    float64   // of a baseline week's count, in units
	chi                     float64   // Pearson's sum of squares about the baseline's rate, in units
	residuals               []float64 // of chi, newest first; 0 for a week that is not in the baseline
}

// row is a series with what a test needs beside it.
type row struct {
	counts    []int
	exposures []float64 // as long as counts
	share     bool      // the exposures are counts too
	past      *past     // nil where no earlier week was judged
}

// look puts the last weeks of a row under test; most is how many known ones before them are the baseline, at most.
func (r row) look(tested, most int) window {
	base := make([]int, 0, max(0, min(most, len(r.counts)-tested)))
	first, left := len(r.counts)-tested, 0
	for first > r.level() && len(base) < most {
		first--
		switch {
		case r.exposures[first] <= 0:
		case r.past != nil && r.past.unlike[first] && left < r.past.most:
			left++
		default:
			base = append(base, first)
		}
	}
	return r.beside(tested, base)
}

// beside puts the last weeks of a row under test against some before them, newest first.
func (r row) beside(tested int, base []int) window {
	end := len(r.counts)
	w := window{unit: 1, base: base, weeks: len(base)}
	for i := end - 1; i >= max(0, end-tested); i-- {
		if r.exposures[i] > 0 {
			w.tested++
			w.count += float64(r.counts[i])
			w.exposure += r.exposures[i]
		}
	}
	for _, i := range base {
		w.baseCount += float64(r.counts[i])
		w.baseExposure += r.exposures[i]
	}
	if w.baseCount == 0 {
		return w
	}
	if r.share {
		w.unit = 1 + (w.baseCount+w.count)/(w.baseExposure+w.exposure)
	}
	w.mean = w.baseCount / float64(w.weeks) / w.unit
	w.residuals = make([]float64, end-tested-base[len(base)-1])
	for _, i := range base {
		expected := w.baseCount / w.baseExposure * r.exposures[i]
		z := (float64(r.counts[i]) - expected) / math.Sqrt(expected*w.unit)
		w.chi += z * z
		w.residuals[end-tested-1-i] = z
	}
	return w
}

func (r row) level() int {
	if r.past == nil {
		return 0
	}
	return r.past.level
}

// freedom of chi; 0 where nothing was counted, as nothing could vary then.
func (w window) freedom() float64 {
	if w.baseCount == 0 {
		return 0
	}
	return float64(w.weeks - 1)
}

// test compares the weeks under test with the baseline.
func (w window) test(dispersion, freedom float64) rateTest {
	return rateTest{w.count, w.exposure, w.baseCount, w.baseExposure, dispersion * w.unit, freedom}
}

// rows gives every series its exposures, 1 a week where it has none.
func rows(family []Series) []row {
	all := make([]row, len(family))
	for i, s := range family {
		all[i] = row{counts: s.Counts, exposures: s.Exposures}
		if s.Exposures == nil {
			all[i].exposures = make([]float64, len(s.Counts))
			for week := range all[i].exposures {
				all[i].exposures[week] = 1
			}
		}
	}
	return all
}

// shares makes all other series together the exposure of each. Both vary by chance then: the variance of a
// count y out of n is not y but y*n/(n-y), for its odds.
func shares(family []Series) []row {
	longest := 0
	for _, s := range family {
		longest = max(longest, len(s.Counts))
	}
	totals := make([]int, longest) // newest last, as in every series
	for _, s := range family {
		for i, count := range s.Counts {
			totals[longest-len(s.Counts)+i] += count
		}
	}
	all := make([]row, len(family))
	for i, s := range family {
		all[i] = row{counts: s.Counts, exposures: make([]float64, len(s.Counts)), share: true}
		for week, count := range s.Counts {
			all[i].exposures[week] = float64(totals[longest-len(s.Counts)+week] - count)
		}
	}
	return all
}
