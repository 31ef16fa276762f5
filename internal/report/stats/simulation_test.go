package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// alarmed says whether Judge would have a verdict; it leaves out the intervals, which take most of Judge's time.
func alarmed(family []row) bool {
	for _, test := range follow(family, Settings{}.filled(), newQuantiles()) {
		if test.verdict.change() {
			return true
		}
	}
	return false
}

// alarms counts the runs with any false verdict: of the rates, of the shares, and of the rates with the total as one more series.
func alarms(w world, n int, seed uint64) (rates, parts, total int) {
	random := rand.New(rand.NewPCG(seed, math.Float64bits(w.volume+w.cv+w.busy)))
	for range n {
		family := w.play(random, nil)
		if alarmed(rows(family)) {
			rates++
		}
		if alarmed(shares(family)) {
			parts++
		}
		sum := Series{Counts: make([]int, w.weeks)}
		for _, s := range family {
			for week, count := range s.Counts {
				sum.Counts[week] += count
			}
		}
		if alarmed(rows(append(family, sum))) {
			total++
		}
	}
	return rates, parts, total
}

// Twelve tags, eight weeks before, nothing changing: at most one week in ten has any verdict.
func TestFalseAlarms(t *testing.T) {
	n := runs(t)
	t.Logf("%d runs; weeks with any false verdict, in %%", n)
	t.Log("a week   CV   rates  shares  rates and total")
	for _, volume := range []float64{8, 50, 200, 1000, 3000} {
		for _, cv := range []float64{0, 0.05, 0.10} {
			w := world{tags: 12, volume: volume, cv: cv, weeks: 10}
			rates, parts, total := alarms(w, n, 1)
			percent := 100 / float64(n)
			t.Logf("%6.0f %4.0f %% %6.1f %6.1f %6.1f", volume, 100*cv, percent*float64(rates), percent*float64(parts), percent*float64(total))
			name := fmt.Sprintf("%v a week, CV %v: a false verdict", volume, cv)
			atMost(t, name+" of rates", rates, n, 0.10)
			atMost(t, name+" of shares", parts, n, 0.10)
			atMost(t, name+" of rates and their total", total, n, 0.10)
		}
	}
}

// Few weeks, few tags, weeks that are busy for all: where the freedom is small the rate still holds.
func TestFalseAlarmsWithLittleToGoBy(t *testing.T) {
	n := runs(t)
	t.Logf("%d runs; weeks with any false verdict, in %%", n)
	t.Log("tags  weeks before  a week   CV  common CV   rates  shares")
	for _, tags := range []int{1, 3, 12} {
		for _, before := range []int{2, 3, 5, 8} {
			for _, volume := range []float64{50, 1000} { // around 50, variation is hardest to tell from chance
				for _, vary := range []struct{ cv, busy float64 }{{0.10, 0}, {0, 0.10}} {
					w := world{tags: tags, volume: volume, cv: vary.cv, busy: vary.busy, weeks: before + 2}
					rates, parts, _ := alarms(w, n, 2)
					percent := 100 / float64(n)
					t.Logf("%4d %8d %12.0f %4.0f %8.0f %9.1f %6.1f", tags, before, volume, 100*vary.cv, 100*vary.busy, percent*float64(rates), percent*float64(parts))
					name := fmt.Sprintf("%+v: a false verdict", w)
					atMost(t, name+" of rates", rates, n, 0.10)
					atMost(t, name+" of shares", parts, n, 0.10)
				}
			}
		}
	}
}

// found says whether Judge would see that tag 0 had changed, in the first or in the second week of it.
func found(family []Series, before int, want Verdict) bool {
	for _, weeks := range []int{before + 1, before + 2} {
		tests := follow(rows(until(family, weeks)), Settings{}.filled(), newQuantiles())
		if tests[0].verdict == want || tests[1].verdict == want {
			return true
		}
	}
	return false
}

// A tag of 15 a week among twelve doubles.
func TestDoublingIsFound(t *testing.T) {
	n := 4 * runs(t)
	for _, test := range []struct {
		cv     float64
		before int
		want   float64 // 0 only shows
	}{{0, 8, 0.85}, {0, 9, 0.85}, {0.05, 9, 0}, {0.10, 9, 0}, {0, 4, 0}, {0, 2, 0}} {
		random := rand.New(rand.NewPCG(3, uint64(test.before)))
		hits := 0
		for range n {
			w := world{tags: 12, volume: 15, cv: test.cv, weeks: test.before + 2}
			family := w.play(random, func(tag, week int) float64 {
				if tag == 0 && week >= test.before {
					return 2
				}
				return 1
			})
			if found(family, test.before, More) {
				hits++
			}
		}
		t.Logf("CV %2.0f %%, %d weeks before: found within two weeks in %.1f of 100 (%d runs)", 100*test.cv, test.before, 100*float64(hits)/float64(n), n)
		if test.want > 0 {
			atLeast(t, fmt.Sprintf("found with CV %v and %d weeks", test.cv, test.before), hits, n, test.want)
		}
	}
}

// From the week on in which something was done about tag 0, everybody presses half as often.
func TestPressingLessCreditsNothing(t *testing.T) {
	n := runs(t)
	for _, volume := range []float64{15, 50, 200, 1000} {
		for _, cv := range []float64{0, 0.05, 0.10} {
			random := rand.New(rand.NewPCG(4, uint64(volume)))
			shares, worked, rateAlone := 0, 0, 0
			for range n {
				w := world{tags: 12, volume: volume, cv: cv, weeks: 12}
				family := w.play(random, func(_, week int) float64 {
					if week >= 8 {
						return 0.5
					}
					return 1
				})
				if Since(family, 0, 8, Settings{}).Share.Verdict == Less {
					shares++
				}
				outcome := Since(withContacts(family, 5000), 0, 8, Settings{})
				if outcome.Worked {
					worked++
				}
				if outcome.Rate.Verdict == Less {
					rateAlone++
				}
			}
			percent := 100 / float64(n)
			t.Logf("%4.0f a week, CV %2.0f %%: credited %.1f %% by share, %.1f %% by rate and share, %.1f %% if the rate alone did", volume, 100*cv, percent*float64(shares), percent*float64(worked), percent*float64(rateAlone))
			name := fmt.Sprintf("%v a week, CV %v: credited", volume, cv)
			atMost(t, name+" by share", shares, n, 0.05)
			atMost(t, name+" by rate and share", worked, n, 0.05)
		}
	}
}

// The same action where it did work: the tag halves, the others stay.
func TestActionThatWorked(t *testing.T) {
	n := runs(t)
	random := rand.New(rand.NewPCG(5, 5))
	shares, worked := 0, 0
	for range n {
		w := world{tags: 12, volume: 30, cv: 0.05, weeks: 12}
		family := w.play(random, func(tag, week int) float64 {
			if tag == 0 && week >= 8 {
				return 0.5
			}
			return 1
		})
		if Since(family, 0, 8, Settings{}).Share.Verdict == Less {
			shares++
		}
		if Since(withContacts(family, 5000), 0, 8, Settings{}).Worked {
			worked++
		}
	}
	t.Logf("a tag of 30 a week that halved, four weeks on: %d of %d by share, %d with contacts too", shares, n, worked)
	atLeast(t, "seen by share", shares, n, 0.9)
	atLeast(t, "worked by rate and share", worked, n, 0.9)
}

func withContacts(family []Series, contacts float64) []Series {
	with := make([]Series, len(family))
	for i, s := range family {
		with[i] = Series{Counts: s.Counts, Exposures: make([]float64, len(s.Counts))}
		for week := range s.Counts {
			with[i].Exposures[week] = contacts
		}
	}
	return with
}

// Tags as they are: from 3 to 3,000 a week, some steadier than others, in weeks with more and fewer contacts.
func TestFalseAlarmsOfUnlikeTags(t *testing.T) {
	n := runs(t)
	for _, cvs := range [][2]float64{{0, 0}, {0.05, 0.05}, {0.10, 0.10}, {0, 0.15}, {0, 0.30}} {
		random := rand.New(rand.NewPCG(10, 10))
		rates, parts := 0, 0
		for range n {
			family := make([]Series, 12)
			for tag := range family {
				family[tag] = Series{Counts: make([]int, 10), Exposures: make([]float64, 10)}
			}
			for week := range 10 {
				contacts := 0.7 + 0.6*random.Float64()
				for tag := range family {
					along := float64(tag) / 11
					cv := cvs[0] + (cvs[1]-cvs[0])*float64(tag*7%12)/11
					mean := 3 * math.Pow(1000, along) * contacts * lognormal(random, cv)
					family[tag].Counts[week], family[tag].Exposures[week] = poisson(random, mean), contacts
				}
			}
			if alarmed(rows(family)) {
				rates++
			}
			if alarmed(shares(family)) {
				parts++
			}
		}
		t.Logf("3 to 3,000 a week, CV %2.0f to %2.0f %%: %.1f %% of %d weeks with any false verdict of rates, %.1f %% of shares",
			100*cvs[0], 100*cvs[1], 100*float64(rates)/float64(n), n, 100*float64(parts)/float64(n))
		if cvs[1] <= 0.15 {
			atMost(t, fmt.Sprintf("CV %v: a false verdict of rates", cvs), rates, n, 0.10)
			atMost(t, fmt.Sprintf("CV %v: a false verdict of shares", cvs), parts, n, 0.10)
		}
	}
}

// Half a year as it goes on: each week is judged with what the weeks before it were judged, so
// that false verdicts shape what comes after them.
func TestFalseAlarmsWeekAfterWeek(t *testing.T) {
	const first, weeks = 10, 36
	n := max(1, runs(t)/(weeks-first))
	t.Logf("%d runs of %d weeks; weeks with any false verdict, in %%", n, weeks-first)
	t.Log("a week   CV   rates  shares  without episodes")
	for _, volume := range []float64{8, 50, 200, 1000, 3000} {
		for _, cv := range []float64{0, 0.05, 0.10, 0.20} {
			random := rand.New(rand.NewPCG(11, uint64(volume)))
			rates, parts, plain := 0, 0, 0
			for range n {
				w := world{tags: 12, volume: volume, cv: cv, weeks: weeks}
				family := w.play(random, nil)
				rates += alarmedWeeks(rows(family), first, Settings{})
				parts += alarmedWeeks(shares(family), first, Settings{})
				plain += alarmedWeeks(rows(family), first, Settings{EpisodeWeeks: -1})
			}
			all := n * (weeks - first)
			percent := 100 / float64(all)
			t.Logf("%6.0f %4.0f %% %6.1f %6.1f %6.1f", volume, 100*cv, percent*float64(rates), percent*float64(parts), percent*float64(plain))
			if cv <= 0.10 {
				name := fmt.Sprintf("%v a week, CV %v: a false verdict", volume, cv)
				atMost(t, name+" of rates", rates, all, 0.10)
				atMost(t, name+" of shares", parts, all, 0.10)
			}
		}
	}
}

// alarmedWeeks counts the weeks with a verdict, from one week on.
func alarmedWeeks(family []row, first int, settings Settings) int {
	s := settings.filled()
	begin(family, s)
	seen, alarms := make([]row, len(family)), 0
	for end := 1; end <= len(family[0].counts); end++ {
		for i, r := range family {
			seen[i] = r.until(len(r.counts) - end)
		}
		tests := plan(seen, s, newQuantiles(), false)
		remember(seen, tests)
		if end > first && slices.ContainsFunc(tests, func(t planned) bool { return t.verdict.change() }) {
			alarms++
		}
	}
	return alarms
}

// One tag among twelve is twice as much for three weeks: in how many of the runs is it told in each of them, and of how
// many is there a verdict on the week after?
func TestEpisodeIsTold(t *testing.T) {
	n := runs(t)
	for _, volume := range []float64{15, 100, 400} {
		random := rand.New(rand.NewPCG(12, uint64(volume)))
		var told, plain [3]int
		after := 0
		for range n {
			w := world{tags: 12, volume: volume, cv: 0.05, weeks: 17}
			family := w.play(random, func(tag, week int) float64 {
				if tag == 0 && week >= 13 && week < 16 {
					return 2
				}
				return 1
			})
			for week := range 3 {
				if tests := follow(rows(until(family, 14+week)), Settings{}.filled(), newQuantiles()); tests[0].verdict == More || tests[1].verdict == More {
					told[week]++
				}
				if tests := follow(rows(until(family, 14+week)), Settings{EpisodeWeeks: -1}.filled(), newQuantiles()); tests[0].verdict == More || tests[1].verdict == More {
					plain[week]++
				}
			}
			if tests := follow(rows(family), Settings{}.filled(), newQuantiles()); tests[0].verdict.change() || tests[1].verdict.change() {
				after++
			}
		}
		t.Logf("%3.0f a week, twice as many for three weeks: told in the first, second and third of %d: %v, without episodes %v; a verdict on the week after: %d", volume, n, told, plain, after)
		atLeast(t, "a doubling is told in its third week", told[2], n, 0.7)
		atMost(t, "a verdict on the week after", after, n, 0.15)
	}
}
