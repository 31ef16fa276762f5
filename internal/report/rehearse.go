package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// The weeks of a rehearsal.
const (
	// RehearseWeeks is half a year: what is usual now, and enough of it.
	RehearseWeeks = 26
	// LeastRehearsed and MostRehearsed bound how many may be asked for.
	LeastRehearsed = stats.RehearsalWeeks
	MostRehearsed  = 104
)

// The changes that a rehearsal plants: one that nobody should miss, and one that hurts
// as much if it stays.
const (
	doubled     = 2.0
	fifthMore   = 1.2
	runsPerTag  = 40  // so that "7 times in 10" is not 5 or 9
	leastPlayed = 480 // runs of a rehearsal: false alarms to a tenth of their number
)

// RehearseOptions say what to rehearse. Week of the options is the last one that is
// played, or the last before it that is known; zero is the last complete one.
type RehearseOptions struct {
	Options
	Weeks    int // of the database, and played; 0 is [RehearseWeeks]
	Seed     uint64
	Progress func(done, total int) // nil is nobody
}

// Rehearsal says what the data can show at the volume that they have.
type Rehearsal struct {
	Zone        string  `json:"zone"`
	First       cx.Week `json:"first"`
	Last        cx.Week `json:"last"`
	Weeks       int     `json:"weeks"` // asked for, and played in each run
	Known       int     `json:"known"` // of them desks were at work in; these are drawn from
	Seed        uint64  `json:"seed"`
	PerContacts bool    `json:"per_contacts"`
	Mean        float64 `json:"mean"` // events a week, of all tags
	Runs        int     `json:"runs"` // with no change, and as many with each change; 0 where too few weeks are known
	// FalseAlarms is how many of Weeks weeks say on average that something changed,
	// where nothing did.
	FalseAlarms float64 `json:"false_alarms"`
	// Double and Fifth are how soon a change of one tag is told: twice as many, and 20 %
	// more.
	Double Sighting `json:"double"`
	Fifth  Sighting `json:"fifth"`
	// Tags are those that are played, the most counted first.
	Tags []RehearsedTag `json:"tags"`
	// Left are the names of tags that came or went in these weeks: no week of theirs is
	// like any other.
	Left []string `json:"left,omitempty"`
	// Summary says it in words.
	Summary []string `json:"summary"`
}

// RehearsedTag is one tag in a rehearsal.
type RehearsedTag struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Unlisted bool     `json:"unlisted,omitempty"`
	Mean     float64  `json:"mean"` // events a week
	Double   Sighting `json:"double"`
	Fifth    Sighting `json:"fifth"`
}

// Sighting is how soon a planted change is told.
type Sighting struct {
	// Seen is the part of the runs in which it is told at all.
	Seen float64 `json:"seen"`
	// MeanWeeks is after how many weeks, where it is; 1 is in the first week's tally. nil
	// where it never is.
	MeanWeeks *float64 `json:"mean_weeks,omitempty"`
}

// Enough reports whether there were weeks enough to play.
func (r Rehearsal) Enough() bool { return r.Runs > 0 }

// Missing is how many complete weeks more are needed, 0 for none.
func (r Rehearsal) Missing() int { return max(0, LeastRehearsed-r.Known) }

// Rehearse plays the last weeks again, with no change and with planted ones, and judges
// them as [Build] would. The same weeks and seed give the same rehearsal.
func Rehearse(ctx context.Context, r Reader, o RehearseOptions) (Rehearsal, error) {
	if o.Weeks == 0 {
		o.Weeks = RehearseWeeks
	}
	b, err := readRehearsed(ctx, r, o)
	if last := b.history.lastKnown(); err == nil && last >= 0 && last < b.history.last() {
		o.Week = b.history.weeks[last] // whose contacts, if any, are those to go by
		b, err = readRehearsed(ctx, r, o)
	}
	if err != nil {
		return Rehearsal{}, err
	}
	f := b.rehearsed()
	out := Rehearsal{
		Zone: b.Zone.String(), First: b.from, Last: b.Week, Weeks: o.Weeks, Seed: o.Seed,
		Known: len(f.weeks), PerContacts: f.exposures != nil,
	}
	f.codes = slices.DeleteFunc(f.codes, func(code string) bool {
		if !cameOrWent(f.series(b.history.of(code)).Counts) {
			return false
		}
		out.Left = append(out.Left, b.catalogue.Counted(code).Name())
		return true
	})
	if len(f.weeks) < LeastRehearsed || len(f.codes) == 0 {
		return out, nil
	}
	played, err := stats.Rehearse(f.tags(), b.settings(), stats.Rehearsal{
		Weeks: o.Weeks, Runs: max(leastPlayed, runsPerTag*len(f.codes)), Factors: []float64{doubled, fifthMore}, Seed: o.Seed,
		Progress: func(done, total int) error {
			if o.Progress != nil {
				o.Progress(done, total)
			}
			return ctx.Err()
		},
	})
	if err != nil {
		return Rehearsal{}, err
	}
	out.Runs, out.FalseAlarms = played.Runs, played.FalseWeeks
	out.Double, out.Fifth = sighting(played.Planted[0].All), sighting(played.Planted[1].All)
	out.Mean = mean(f.series(b.history.totals).Counts)
	for i, code := range f.codes {
		c := b.catalogue.Counted(code)
		out.Tags = append(out.Tags, RehearsedTag{
			Code: code, Name: c.Name(), Unlisted: c.Unlisted, Mean: mean(f.series(b.history.of(code)).Counts),
			Double: sighting(played.Planted[0].Tags[i]), Fifth: sighting(played.Planted[1].Tags[i]),
		})
	}
	slices.SortStableFunc(out.Tags, func(x, y RehearsedTag) int { return cmp.Compare(y.Mean, x.Mean) })
	out.Summary = out.summary()
	return out, nil
}

// readRehearsed reads the weeks up to the last one that is played.
func readRehearsed(ctx context.Context, r Reader, o RehearseOptions) (*builder, error) {
	o.Brief = true
	b := &builder{reader: r, Options: o.withDefaults()}
	b.from = b.Week.Add(1 - o.Weeks)
	b.week.Header = b.header()
	for _, step := range []func(context.Context) error{b.readCatalogue, b.readHistory, b.readContacts} {
		if err := step(ctx); err != nil {
			return b, fmt.Errorf("rehearsing %s to %s: %w", b.from, b.Week, err)
		}
	}
	return b, nil
}

// rehearsed is the weeks that can be played, and the tags that were counted in them.
func (b *builder) rehearsed() family {
	h := &b.history
	f := family{h: h, exposures: h.exposures()}
	var counted []int // of these the contacts are known too
	for i, w := range h.weeks {
		if !h.known[i] || w.Before(b.from) {
			continue
		}
		f.weeks = append(f.weeks, i)
		if f.exposures != nil && f.exposures[i] > 0 {
			counted = append(counted, i)
		}
	}
	if len(counted) >= LeastRehearsed {
		f.weeks = counted
	} else {
		f.exposures = nil
	}
	for _, code := range slices.Sorted(maps.Keys(h.tags)) {
		if sum(h.tags[code], f.weeks) > 0 {
			f.codes = append(f.codes, code)
		}
	}
	return f
}

// lastKnown is the index of the last week in which desks were at work, -1 where there is none.
func (h *history) lastKnown() int {
	last := -1
	for i, known := range h.known {
		if known {
			last = i
		}
	}
	return last
}

// mean returns the mean of some counts, at least one.
func mean(counts []int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum) / float64(len(counts))
}

// longSilence is how many events a silence must have lasted for, going by the mean,
// for the tag to be new, or gone: chance makes none of eight in one case of 3,000
// (Poisson), and there are many weeks in which a silence can begin.
const longSilence = 8

// cameOrWent reports whether a tag was not there for longer than chance explains.
func cameOrWent(counts []int) bool {
	silent, longest := 0, 0
	for _, n := range counts {
		silent++
		if n > 0 {
			silent = 0
		}
		longest = max(longest, silent)
	}
	return float64(longest)*mean(counts) >= longSilence
}

func sighting(s stats.Sighting) Sighting {
	return Sighting{Seen: float64(s.Seen) / float64(max(1, s.Runs)), MeanWeeks: finite(s.MeanWeeks)}
}

// Examples are a few tags from the largest to the smallest: what the data can show
// depends on how often a tag is pressed.
func (r Rehearsal) Examples() []RehearsedTag {
	const most = 6
	n := len(r.Tags)
	if n <= most {
		return r.Tags
	}
	var out []RehearsedTag
	for i := range most {
		out = append(out, r.Tags[int(math.Round(float64(i*(n-1))/(most-1)))])
	}
	return out
}

// NotShown is how many tags were played that Examples leaves out, 0 for none.
func (r Rehearsal) NotShown() int { return len(r.Tags) - len(r.Examples()) }
