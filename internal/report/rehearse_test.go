package report_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"magicbutton/internal/report"
)

// chance is n weeks of a tag, as chance has them, never far from the mean.
func chance(n int, mean float64, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]int, n)
	for i := range out {
		out[i] = int(math.Round(max(0, mean+math.Sqrt(mean)*max(-2, min(2, random.NormFloat64())))))
	}
	return out
}

func rehearse(t *testing.T, d desk, change func(*report.RehearseOptions)) report.Rehearsal {
	t.Helper()
	o := report.RehearseOptions{Options: report.Options{Zone: berlin, Now: nextWeek}, Seed: 1}
	if change != nil {
		change(&o)
	}
	r, err := report.Rehearse(t.Context(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRehearse(t *testing.T) {
	d := newDesk(t)
	bill := chance(26, 120, 1)
	bill[10], bill[11] = 400, 420 // an incident, which no rehearsal without change contains
	d.add(t, plan{
		"bill": bill, "late": chance(26, 40, 2), "how": chance(26, 15, 3), "thanks": chance(26, 0.8, 4),
		"else": append(flat(22, 0), 20, 22, 19, 21), // new
	})
	r := rehearse(t, d, nil)
	t.Logf("%q %+v", r.Summary, r.Tags)
	if r.Weeks != 26 || r.Known != 26 || r.FalseAlarms > 2.6 {
		t.Errorf("%.1f false alarms in %d weeks, drawn from %d; want at most one in ten weeks, of 26", r.FalseAlarms, r.Weeks, r.Known)
	}
	if diff := cmp.Diff([]string{"Something else"}, r.Left); diff != "" {
		t.Errorf("tags that came or went (-want +got):\n%s", diff)
	}
	var codes []string
	last := 0.0
	for _, tag := range r.Tags {
		codes = append(codes, tag.Code)
		weeks := math.Inf(1)
		if tag.Double.Seen > 0.5 {
			weeks = *tag.Double.MeanWeeks
		}
		if weeks < last {
			t.Errorf("%s: a doubling is seen in %v weeks, sooner than of a tag that is pressed more (%v)", tag.Code, weeks, last)
		}
		last = weeks
	}
	if diff := cmp.Diff([]string{"bill", "late", "how", "thanks"}, codes); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if got := r.Tags[0].Double; got.Seen < 0.99 || *got.MeanWeeks > 1.1 {
		t.Errorf("a doubling of 120 a week: %+v, want it seen at once", got)
	}
	if r.Fifth.Seen >= r.Double.Seen {
		t.Errorf("+20 %% is seen in %.2f of the runs, a doubling in %.2f; want a doubling more often", r.Fifth.Seen, r.Double.Seen)
	}
	if got := r.Tags[3].Double; got.Seen > 0.5 {
		t.Errorf("a doubling of 1 a week: %+v, want it hardly seen", got)
	}
	if !strings.HasPrefix(r.Summary[0], "At your volume: ") || !strings.Contains(r.Summary[1], "even a doubling is missed more often than not: thanks.") {
		t.Errorf("summary %q, want it to name what cannot be seen", r.Summary)
	}
	if diff := cmp.Diff(r, rehearse(t, d, nil)); diff != "" {
		t.Errorf("the same again (-first +second):\n%s", diff)
	}
	if cmp.Equal(r.Tags, rehearse(t, d, func(o *report.RehearseOptions) { o.Seed = 2 }).Tags) {
		t.Error("another seed plays the same")
	}
}

func TestRehearseTooFewWeeks(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": chance(5, 30, 1)})
	r := rehearse(t, d, nil)
	if r.Enough() || r.Known != 5 || r.Missing() != 3 {
		t.Errorf("%d weeks known, enough %t, %d missing; want 5, too few, 3 missing", r.Known, r.Enough(), r.Missing())
	}
	if r = rehearse(t, newDesk(t), nil); r.Enough() || r.Missing() != 8 {
		t.Errorf("an empty store: enough %t, %d missing; want 8 missing", r.Enough(), r.Missing())
	}
}

func TestRehearseIsCalledOff(t *testing.T) {
	d := newDesk(t)
	d.add(t, plan{"bill": chance(12, 30, 1)})
	ctx, cancel := context.WithCancel(t.Context())
	o := report.RehearseOptions{Options: report.Options{Zone: berlin, Now: nextWeek}, Progress: func(done, total int) {
		if done == 3 {
			cancel()
		} else if done > 3 || total < 480 {
			t.Errorf("run %d of %d is played after it was called off", done, total)
		}
	}}
	if _, err := report.Rehearse(ctx, d, o); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v, want context.Canceled", err)
	}
}

func TestSightingWords(t *testing.T) {
	for _, test := range []struct {
		seen        float64
		weeks       *float64
		long, short string
	}{
		{1, new(1.02), "in 1 week", "in 1 week"},
		{0.99, new(1.3), "in 1.3 weeks", "in 1.3 weeks"},
		{1, new(2.0), "in 2 weeks", "in 2 weeks"},
		{0.97, new(8.7), "in 9 weeks", "in 9 weeks"},
		{0.62, new(5.2), "6 times in 10, in 5 weeks", "in 5 weeks, 6 of 10"},
		{0.94, new(3.25), "9 times in 10, in 3.2 weeks", "in 3.2 weeks, 9 of 10"},
		{0.38, new(4.0), "only 4 times in 10, in 4 weeks", "in 4 weeks, 4 of 10"},
		{0.1, new(2.0), "hardly ever", "hardly ever"},
		{0, nil, "hardly ever", "hardly ever"},
	} {
		s := report.Sighting{Seen: test.seen, MeanWeeks: test.weeks}
		if s.Words() != test.long || s.Short() != test.short {
			t.Errorf("%v of the runs: %q, %q; want %q, %q", test.seen, s.Words(), s.Short(), test.long, test.short)
		}
	}
}
