package report

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// The weeks that a week is compared with, and how sure intervals are.
const (
	minWeeks      = stats.LeastWeeks
	baselineWeeks = stats.DefaultBaselineWeeks
	episodeWeeks  = stats.DefaultEpisodeWeeks
	confidence    = stats.DefaultLevel
)

func (b *builder) settings() stats.Settings { return stats.Settings{MinChange: b.MinChange} }

// family is all series that are judged together.
type family struct {
	codes     []string // the tags, sorted
	weeks     []int    // indices in the history, the reported week last
	exposures []float64
	h         *history
}

// newFamily takes the weeks that can be compared.
func (h *history) newFamily() family {
	f := family{codes: slices.Sorted(maps.Keys(h.tags)), h: h, exposures: h.exposures()}
	for i := h.shown(); i < len(h.weeks); i++ {
		if h.known[i] || i == h.last() {
			f.weeks = append(f.weeks, i)
		}
	}
	return f
}

// series returns the family's part of some counts.
func (f family) series(counts []int) stats.Series {
	var s stats.Series
	for _, i := range f.weeks {
		s.Counts = append(s.Counts, counts[i])
		if f.exposures != nil {
			s.Exposures = append(s.Exposures, f.exposures[i])
		}
	}
	return s
}

// tags returns the series of all tags, in the order of codes.
func (f family) tags() []stats.Series {
	out := make([]stats.Series, len(f.codes))
	for i, code := range f.codes {
		out[i] = f.series(f.h.of(code))
	}
	return out
}

// judge compares the week with those before it: all tags and their total together,
// so that the rate of false verdicts is that of the whole table.
func (b *builder) judge(ctx context.Context) error {
	h := &b.history
	b.week.Columns = b.columns()
	b.week.Total = b.total()
	f := h.newFamily()
	var judged, shares []stats.Judgement
	if h.known[h.last()] {
		f = f.weighed(b.settings())
		tags := f.tags()
		judged, shares = b.judgeTags(tags, f.series(h.totals))
		b.overTogether = f.forgetUntold(judged, b.settings())
		total := judged[len(tags)]
		if everywhere(tags, judged, shares, b.settings(), asTold) {
			b.together = f.verdictOf(total).Code
		}
		if b.beside() {
			total = b.judgeSums(tags, judged, f)
		} else {
			b.week.Total.Everywhere = b.together != ""
		}
		b.judgeTotal(total, f)
		b.markBaseline(total, f)
		b.noteContacts(f)
		if !b.Brief {
			b.week.Tests = f.tests(judged, shares)
		}
	} else {
		b.week.Total.Verdict = b.unjudged()
	}
	for i, code := range f.codes {
		if !b.shows(code) {
			continue
		}
		t := b.tag(code, h.tags[code])
		t.Verdict = b.week.Total.Verdict
		if judged != nil {
			b.judgeTag(&t, judged[i], f)
			if shares != nil {
				b.judgeShare(&t, shares[i])
			}
		}
		none := t.Verdict.Code == Usual && t.Verdict.Since != cx.Week{} // the new level of a tag that is gone
		if t.Count > 0 || none || t.Baseline != nil && t.Baseline.Count > 0 {
			b.week.Tags = append(b.week.Tags, t)
		}
	}
	if err := b.judgePresence(ctx, f); err != nil {
		return err
	}
	slices.SortStableFunc(b.week.Tags, func(x, y Tag) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(usual(y.Baseline), usual(x.Baseline)))
	})
	sum := 0
	for i := range b.week.Tags {
		t := &b.week.Tags[i]
		sum += t.Count
		t.Share, t.Cumulative = part(t.Count, b.week.Total.Count), part(sum, b.week.Total.Count)
	}
	b.addCosts()
	return nil
}

// judgeTags judges tags by their rates, with the total as the last, and by their shares.
// The two take most of the time of `tally`, so they run at once; and where intervals are not
// shown, and all tags together did not move, no share is asked for.
func (b *builder) judgeTags(tags []stats.Series, total stats.Series) (rates, shares []stats.Judgement) {
	s := b.settings()
	s.VerdictsOnly = b.Brief
	all := append(slices.Clip(tags), total)
	if b.Brief {
		rates = stats.Judge(all, s)
		if asTold(rates[len(tags)]) == stats.Usual {
			return rates, nil
		}
		return rates, stats.JudgeShares(tags, s)
	}
	var sharing sync.WaitGroup
	sharing.Go(func() { shares = stats.JudgeShares(tags, s) })
	rates = stats.Judge(all, s)
	sharing.Wait()
	return rates, shares
}

// judgeSums judges the total of those tags that the report is narrowed to: one is its own.
func (b *builder) judgeSums(tags []stats.Series, judged []stats.Judgement, f family) stats.Judgement {
	if i, counted := slices.BinarySearch(f.codes, b.Tags[0]); counted && !slices.ContainsFunc(b.Tags, func(code string) bool { return code != b.Tags[0] }) {
		return judged[i]
	}
	s := b.settings()
	s.VerdictsOnly = b.Brief
	return stats.Judge(append(slices.Clip(tags), f.series(b.history.sums)), s)[len(tags)]
}

func usual(b *Baseline) float64 {
	if b == nil {
		return 0
	}
	return b.Mean
}

// part returns n of all, 0 of nothing.
func part(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}

func (b *builder) total() Total {
	h := &b.history
	t := Total{Count: h.sums[h.last()], Contacts: h.contacts[h.last()], ContactsTold: b.toldContacts, NoRate: b.noRate, ContactsNote: b.contactsNote}
	t.Rate = rate(t.Count, t.Contacts)
	if b.complete() {
		t.Last = h.before(h.sums)
	}
	return t
}

// tag is what is known of a tag without comparing it.
func (b *builder) tag(code string, counts []int) Tag {
	h := &b.history
	c := b.catalogue.Counted(code)
	t := Tag{
		Code: code, Name: c.Name(), Unlisted: c.Unlisted,
		Stage: c.Stage, Domain: c.Domain, Driver: c.Driver, Kind: c.Kind, Preventable: c.Preventable,
		Count: counts[h.last()], Counts: counts[h.shown():],
	}
	t.Interval.Low, t.Interval.High = stats.CountInterval(t.Count, confidence)
	contacts := h.contacts[h.last()]
	if t.Rate = rate(t.Count, contacts); t.Rate != nil {
		per := 100 / float64(*contacts)
		t.RateInterval = &Interval{t.Interval.Low * per, t.Interval.High * per}
	}
	if b.complete() {
		t.Last = h.before(counts)
	}
	return t
}

func (b *builder) judgeTotal(j stats.Judgement, f family) {
	t := &b.week.Total
	t.Baseline = f.baseline(j)
	t.Change = change(j)
	t.Verdict = f.verdictOf(j)
}

func (b *builder) judgeTag(t *Tag, j stats.Judgement, f family) {
	t.Baseline = f.baseline(j)
	t.Change = change(j)
	t.Verdict = f.verdictOf(j)
	if !b.Brief {
		t.Chart = chart(f.series(b.history.tags[t.Code]), f)
	}
}

func (b *builder) judgeShare(t *Tag, share stats.Judgement) {
	t.ShareChange = change(share)
	if b.together != "" {
		t.Verdict = beside(t.Verdict, b.together, share.Verdict)
	}
}

// markBaseline marks the weeks that the total was compared with.
func (b *builder) markBaseline(total stats.Judgement, f family) {
	for _, k := range total.Base {
		b.week.Columns[f.weeks[k]-b.history.shown()].Baseline = true
	}
}

// baseline returns what a week was compared with.
func (f family) baseline(j stats.Judgement) *Baseline {
	w := j.Week
	if w.Verdict == stats.TooEarly {
		return nil
	}
	out := &Baseline{Weeks: w.Weeks, Count: w.BaseCount, Mean: float64(w.BaseCount) / float64(w.Weeks), Expected: w.Expected}
	if f.exposures != nil {
		out.Rate = new(100 * float64(w.BaseCount) / w.BaseExposure)
	}
	for k := j.Base[0]; k < len(f.weeks)-1; k++ {
		switch {
		case f.exposures != nil && f.exposures[f.weeks[k]] <= 0:
			out.WithoutContacts = append(out.WithoutContacts, f.week(k))
		case !slices.Contains(j.Base, k):
			out.Without = append(out.Without, f.week(k))
		}
	}
	return out
}

// change returns the comparison that a verdict rests on.
func change(j stats.Judgement) *Change {
	if j.Week.Verdict == stats.Usual && j.Verdict != stats.Usual {
		return changeOf(j.TwoWeeks, 2)
	}
	return changeOf(j.Week, 1)
}

func changeOf(f stats.Finding, weeks int) *Change {
	if f.Verdict == stats.TooEarly || math.IsNaN(f.P) {
		return nil
	}
	c := &Change{Ratio: finite(f.Ratio), High: finite(f.High), P: f.P, Q: f.Q, Dispersion: f.Dispersion, Weeks: weeks}
	if low := finite(f.Low); low != nil {
		c.Low = *low
	}
	c.Vague = vague(f)
	return c
}

// telling is how wide an interval may be that has 1 in it, as its ends' ratio, to say anything.
const telling = 10

// vague reports whether counts are so few that the interval leaves everything open.
func vague(f stats.Finding) bool {
	return f.Low <= 1 && f.High >= 1 && f.High > telling*f.Low
}

// finite returns a number, or nil for one that JSON does not have.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// judgePresence finds the tags that are new, back, or gone quiet.
func (b *builder) judgePresence(ctx context.Context, f family) error {
	if b.week.Total.Baseline == nil { // too early, or not over
		return nil
	}
	h := &b.history
	var fresh []string
	for i := range b.week.Tags {
		t := &b.week.Tags[i]
		counts := h.tags[t.Code]
		p := stats.Seen(f.series(counts).Counts)
		last := lastSeen(h.weeks, counts)
		switch {
		case p.FirstSeen && last != cx.Week{}: // in a week that is left out, or not shown
			if v, gap := returned(last, b.Week); gap >= stats.QuietWeeks {
				t.Verdict = v
			}
		case p.FirstSeen:
			fresh = append(fresh, t.Code)
		case (p.Returned || p.GoneQuiet) && expected(f.series(counts).Counts, p.Silent) >= remarkable:
			t.Verdict = presence(p, last)
		}
	}
	seen, err := b.earlier(ctx, fresh)
	if err != nil {
		return err
	}
	for i := range b.week.Tags {
		t := &b.week.Tags[i]
		if !slices.Contains(fresh, t.Code) {
			continue
		}
		t.Verdict = Verdict{Code: FirstSeen, Words: "first seen"}
		if week, ok := seen[t.Code]; ok {
			t.Verdict, _ = returned(week, b.Week)
		}
	}
	for i := range b.week.Tags {
		if t := &b.week.Tags[i]; t.Verdict.Code == FirstSeen || t.Verdict.Code == Returned {
			t.Verdict.Few = t.Count < remarkable
		}
	}
	return nil
}

// remarkable is how many events a silence must have lasted for, going by the weeks
// before it: chance alone makes none of three in one case of twenty (Poisson). So many
// end one, too: fewer may be a wrong key.
const remarkable = 3

// expected returns how many events the weeks before a silence let expect in it.
func expected(counts []int, silent int) float64 {
	end := len(counts) - silent
	if counts[len(counts)-1] > 0 {
		end--
	}
	if end <= 0 {
		return 0
	}
	before := counts[max(end-baselineWeeks, 0):end]
	sum := 0
	for _, n := range before {
		sum += n
	}
	return float64(sum) / float64(len(before)) * float64(silent)
}

// lastSeen returns the last week before the reported one with an event.
func lastSeen(weeks []cx.Week, counts []int) cx.Week {
	for i := len(counts) - 2; i >= 0; i-- {
		if counts[i] > 0 {
			return weeks[i]
		}
	}
	return cx.Week{}
}
