package report

import (
	"fmt"
	"math"
	"strings"
)

// What is called always and hardly ever, of the runs of a rehearsal.
const (
	asGoodAsAlways = 0.95
	hardlyEver     = 0.15 // chance alone sees a change in one of ten now and then
)

// Words says how soon a change is told: "in 1.3 weeks", "6 times in 10, in 9 weeks",
// "hardly ever".
func (s Sighting) Words() string {
	if s.MeanWeeks == nil || s.Seen < hardlyEver {
		return "hardly ever"
	}
	soon := "in " + weeksLong(*s.MeanWeeks)
	if s.Seen >= asGoodAsAlways {
		return soon
	}
	if s.Seen < 0.5 {
		return fmt.Sprintf("only %s, %s", tenths(s.Seen), soon)
	}
	return fmt.Sprintf("%s, %s", tenths(s.Seen), soon)
}

// Short is Words for a narrow column: "in 9 weeks, 6 of 10".
func (s Sighting) Short() string {
	if s.MeanWeeks == nil || s.Seen < hardlyEver || s.Seen >= asGoodAsAlways {
		return s.Words()
	}
	return fmt.Sprintf("in %s, %s", weeksLong(*s.MeanWeeks), strings.Replace(tenths(s.Seen), "times in", "of", 1))
}

func tenths(part float64) string {
	return fmt.Sprintf("%d times in 10", min(9, max(2, round(10*part))))
}

// weeksLong writes a mean of weeks with as many digits as it is worth.
func weeksLong(n float64) string {
	switch {
	case n < 1.05:
		return "1 week"
	case n < 4.95:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") + " weeks"
	}
	return fmt.Sprintf("%.0f weeks", n)
}

func (r Rehearsal) summary() []string {
	out := []string{fmt.Sprintf("At your volume: %s in %d weeks; a doubling is seen %s, +20%% %s.", falseAlarms(r.FalseAlarms), r.Weeks, r.Double.Words(), r.Fifth.Words())}
	if names := r.unseen(); names != "" {
		out = append(out, "Pressed so seldom that even a doubling is missed more often than not: "+names+".")
	}
	return append(out, "Where a change is seen late or hardly ever, \"within usual variation\" does not say that nothing changed: it says that these counts cannot tell.")
}

func falseAlarms(n float64) string {
	switch whole := int(math.Round(n)); whole {
	case 0:
		return "hardly a false alarm"
	case 1:
		return "1 false alarm"
	default:
		return fmt.Sprintf("%d false alarms", whole)
	}
}

// unseen names the tags of which not even a doubling is told in half of the runs.
func (r Rehearsal) unseen() string {
	var names []string
	more := 0
	for _, t := range r.Tags {
		switch {
		case t.Double.Seen >= 0.5:
		case len(names) == mostNamed:
			more++
		default:
			names = append(names, t.Name)
		}
	}
	if more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
