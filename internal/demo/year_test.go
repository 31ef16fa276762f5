package demo_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
)

func TestOneSeedOneYear(t *testing.T) {
	year := yearOf(t, 7, lastWeek)
	if again := yearOf(t, 7, lastWeek); !reflect.DeepEqual(year, again) {
		t.Errorf("made twice, the year differs (-first +second):\n%s", cmp.Diff(year, again))
	}
	if slices.Equal(year.Events, yearOf(t, 8, lastWeek).Events) {
		t.Error("another seed makes the same events")
	}
	between(t, "the number of events", float64(len(year.Events)), 30_000, 40_000)
}

// TestStory looks for what the tour and the documents promise.
func TestStory(t *testing.T) {
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			year := yearOf(t, seed, lastWeek)
			bill := weekly(t, year, "bill-unclear")
			between(t, "the incident, in times of the usual,", mean(bill[9:12])/median(bill), 2.5, 4.1)
			between(t, "the weeks after the incident, in times of the usual,", mean(bill[:9])/median(bill), 0.8, 1.2)
			late := weekly(t, year, "delivery-late")
			between(t, "the last two weeks of delivery-late, in times of those before,", mean(late[:2])/mean(late[2:10]), 1.35, 2.7)
			howTo := weekly(t, year, "how-to")
			between(t, "the growth of how-to", mean(howTo[:13])/mean(howTo[40:]), 1, 1.4)

			esim := weekly(t, year, "esim-setup")
			if mean(esim[1:]) != 0 || esim[0] == 0 {
				t.Errorf("esim-setup is not first seen in the last week: %v", esim)
			}
			login := weekly(t, year, "app-login")
			if mean(login[:4]) != 0 || slices.Min(login[4:12]) == 0 {
				t.Errorf("app-login is not quiet for four weeks: %v", login)
			}
			preorder := weekly(t, year, "preorder-wait")
			if preorder[0] == 0 || mean(preorder[1:44]) != 0 || slices.Min(preorder[44:]) == 0 {
				t.Errorf("preorder-wait did not come back in the last week: %v", preorder)
			}
		})
	}
}

// ordinaryWeeks are those without a public holiday, by hand: 2025-11-10 to 2026-11-15
// in Germany.
func ordinaryWeeks() []int {
	var out []int
	for i := range demo.Weeks {
		switch lastWeek.Add(-i) {
		case cx.Week{Year: 2025, Number: 52}, cx.Week{Year: 2026, Number: 1}, // Christmas, New Year
			cx.Week{Year: 2026, Number: 14}, cx.Week{Year: 2026, Number: 15}, // Good Friday, Easter Monday
			cx.Week{Year: 2026, Number: 18}, cx.Week{Year: 2026, Number: 20}, // May 1, Ascension
			cx.Week{Year: 2026, Number: 22}, cx.Week{Year: 2026, Number: 40}: // Whit Monday, October 3
		default:
			out = append(out, i)
		}
	}
	return out
}

// TestVariation: what a steady tag varies by beyond chance, from week to week.
func TestVariation(t *testing.T) {
	steady := []string{"how-to", "praise", "other", "refund-slow", "bounced"}
	var beyond []float64
	for seed := range uint64(12) { // one year tells little of its variation
		year := yearOf(t, seed, lastWeek)
		for _, tag := range steady {
			counts := weekly(t, year, tag)
			var squares, means []float64
			weeks := ordinaryWeeks()
			for i := 1; i < len(weeks); i++ { // neighbours, so that trends stay out
				a, b := counts[weeks[i-1]], counts[weeks[i]]
				squares, means = append(squares, (a-b)*(a-b)/2), append(means, a)
			}
			m := mean(means)
			beyond = append(beyond, (mean(squares)-m)/(m*m))
		}
	}
	between(t, "the coefficient of variation beyond Poisson's", math.Sqrt(mean(beyond)), 0.085, 0.115)
}

func TestShape(t *testing.T) {
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			year := yearOf(t, seed, lastWeek)
			days := make(map[time.Weekday]float64)
			byWeek := make([]float64, demo.Weeks)
			ordinary := ordinaryWeeks()
			for _, e := range year.Events {
				if !e.Counts() {
					continue
				}
				i := ago(t, e.At())
				byWeek[i]++
				if slices.Contains(ordinary, i) {
					days[e.At().In(zone).Weekday()]++
				}
			}
			working := (days[time.Monday] + days[time.Tuesday] + days[time.Wednesday] + days[time.Thursday] + days[time.Friday]) / 5
			between(t, "the Monday index", days[time.Monday]/working, 1.2, 1.4)
			christmas, newYear := byWeek[46], byWeek[45] // 2025-W52, 2026-W01
			between(t, "the week of Christmas, in times of the usual,", christmas/median(byWeek), 0.2, 0.65)
			between(t, "the week of New Year, in times of the usual,", newYear/median(byWeek), 0.2, 0.75)
		})
	}
}

// TestOpeningHours knows the hours by itself.
func TestOpeningHours(t *testing.T) {
	closed := []string{
		"2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06",
		"2026-05-01", "2026-05-14", "2026-05-25", "2026-10-03",
	}
	year := yearOf(t, 1, lastWeek)
	check := func(at time.Time, channel cx.Channel) {
		at = at.In(zone)
		from, to := 8, 20
		switch saturday := at.Weekday() == time.Saturday; {
		case saturday && channel == cx.ChannelInPerson:
			from, to = 9, 17
		case saturday:
			from, to = 9, 15
		case channel == cx.ChannelInPerson:
			from, to = 9, 19
		}
		if at.Weekday() == time.Sunday || at.Hour() < from || at.Hour() >= to || slices.Contains(closed, at.Format(time.DateOnly)) {
			t.Errorf("an event of channel %s at %s, when it is closed", channel, at)
		}
	}
	channels := make(map[string]cx.Channel)
	for _, e := range year.Events {
		check(e.At(), e.Channel)
		channels[e.Device] = e.Channel
	}
	for _, r := range year.Refused {
		check(r.At, channels[r.Device])
	}
}

func TestHolidays(t *testing.T) {
	for name, want := range map[string]string{ // Easter Sundays
		"2002": "2002-03-31", "2025": "2025-04-20", "2038": "2038-04-25", "2100": "2100-03-28",
	} {
		t.Run(name, func(t *testing.T) {
			sunday, err := cx.ParseDate(want)
			if err != nil {
				t.Fatal(err)
			}
			year := yearOf(t, 1, sunday.Week().Add(1))
			events := make(map[cx.Date]int)
			for _, e := range year.Events {
				events[cx.DateOf(e.At(), zone)]++
			}
			if events[sunday.Add(-2)] > 0 || events[sunday.Add(1)] > 0 {
				t.Error("Good Friday or Easter Monday has events")
			}
			if events[sunday.Add(-3)] == 0 || events[sunday.Add(2)] == 0 {
				t.Error("the day before Good Friday or after Easter Monday has none")
			}
		})
	}
}
