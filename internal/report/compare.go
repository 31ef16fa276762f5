package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// Weeks is a run of whole weeks.
type Weeks struct {
	First cx.Week `json:"first"`
	Last  cx.Week `json:"last"`
}

// Len returns how many weeks there are, 0 where Last is before First.
func (w Weeks) Len() int {
	n := 0
	for at := w.First; !w.Last.Before(at); at = at.Add(1) {
		n++
	}
	return n
}

func (w Weeks) String() string {
	if w.First == w.Last {
		return w.First.String()
	}
	return w.First.String() + ".." + w.Last.String()
}

func (w Weeks) has(week cx.Week) bool { return !week.Before(w.First) && !w.Last.Before(week) }

// Comparison is one run of weeks beside another. Runs of different lengths are
// compared by what they have a week.
type Comparison struct {
	Zone string `json:"zone"`
	// Then is what Now is compared with; either may be the earlier.
	Then Run `json:"then"`
	Now  Run `json:"now"`
	// PerContacts says that rates are per 100 contacts, else a week.
	PerContacts bool `json:"per_contacts"`
	// NoRate and ContactsNote are as in Total.
	NoRate       string   `json:"no_rate,omitempty"`
	ContactsNote string   `json:"contacts_note,omitempty"`
	Total        Compared `json:"total"`
	// Everywhere is as in Total of a week.
	Everywhere bool       `json:"everywhere,omitempty"`
	Tags       []Compared `json:"tags"` // the most counted now first
	Summary    []string   `json:"summary"`
}

// Run is a run of weeks in a comparison.
type Run struct {
	Weeks Weeks `json:"weeks"`
	// Known is how many of them desks were at work for; only those are compared.
	Known int `json:"known"`
	Count int `json:"count"`
	// Contacts is how many conversations were handled, nil where it is not known of all.
	Contacts *int `json:"contacts,omitempty"`
}

// Compared is one tag in both runs.
type Compared struct {
	Code     string `json:"code,omitempty"`
	Name     string `json:"name"`
	Unlisted bool   `json:"unlisted,omitempty"`
	Then     Side   `json:"then"`
	Now      Side   `json:"now"`
	// Change is nil where there is nothing in either.
	Change  *Difference `json:"change,omitempty"`
	Verdict Verdict     `json:"verdict"`
}

// Difference compares two runs: Ratio to Dispersion are as in [Change].
type Difference struct {
	Ratio *float64 `json:"ratio,omitempty"`
	Low   float64  `json:"low"`
	High  *float64 `json:"high,omitempty"`
	// P and Q are as in [Change], nil where there are too few weeks to test.
	P          *float64 `json:"p,omitempty"`
	Q          *float64 `json:"q,omitempty"`
	Vague      bool     `json:"vague,omitempty"`
	Dispersion float64  `json:"dispersion"`
	Weeks      int      `json:"weeks"` // of Now that are known
}

// Side is one tag in one run.
type Side struct {
	Count int     `json:"count"`
	Rate  float64 `json:"rate"` // as PerContacts says
	Share float64 `json:"share"`
}

// Compare compares two runs of whole weeks. Week and Brief of the options mean
// nothing here. The error says in words what is wrong with the weeks.
func Compare(ctx context.Context, r Reader, o Options, then, now Weeks) (Comparison, error) {
	o.Week = now.Last
	if o.Week.Before(then.Last) {
		o.Week = then.Last
	}
	o.Brief = true
	b := builder{reader: r, Options: o.withDefaults(), from: then.First}
	if now.First.Before(b.from) {
		b.from = now.First
	}
	b.week.Header = b.header()
	if err := b.checkRuns(then, now); err != nil {
		return Comparison{}, err
	}
	for _, step := range []func(context.Context) error{b.readCatalogue, b.readHistory, b.readContacts} {
		if err := step(ctx); err != nil {
			return Comparison{}, fmt.Errorf("comparing %s with %s: %w", now, then, err)
		}
	}
	return b.compare(then, now)
}

// ErrWeeks says that two runs of weeks cannot be compared.
var ErrWeeks = errors.New("weeks that cannot be compared")

func (b *builder) checkRuns(then, now Weeks) error {
	switch {
	case then.Len() == 0 || now.Len() == 0:
		return fmt.Errorf("%w: a run ends before it begins", ErrWeeks)
	case then.has(now.First) || now.has(then.First):
		return fmt.Errorf("%w: %s and %s overlap", ErrWeeks, now, then)
	case !b.complete():
		return fmt.Errorf("%w: %s is not over, and a part of a week is compared with nothing", ErrWeeks, b.Week)
	}
	return nil
}

// known returns the indices of a run's weeks in which desks were at work.
func (h *history) knownOf(w Weeks) []int {
	var out []int
	for i, week := range h.weeks {
		if w.has(week) && h.known[i] {
			out = append(out, i)
		}
	}
	return out
}

// runs is what two runs are compared by.
type runs struct {
	then, now []int // indices in the history
	// exposures are those of the weeks of then, and of now together.
	exposures []float64
	contacts  bool
	h         *history
}

// series is the weeks then one by one, which show how much weeks vary, and now as one.
func (r runs) series(counts []int) stats.Series {
	s := stats.Series{Exposures: r.exposures}
	for _, i := range r.then {
		s.Counts = append(s.Counts, counts[i])
	}
	return stats.Series{Counts: append(s.Counts, sum(counts, r.now)), Exposures: r.exposures}
}

func sum(counts []int, at []int) int {
	n := 0
	for _, i := range at {
		n += counts[i]
	}
	return n
}

func (h *history) newRuns(then, now Weeks) runs {
	r := runs{then: h.knownOf(then), now: h.knownOf(now), h: h, contacts: true}
	for _, i := range slices.Concat(r.then, r.now) {
		r.contacts = r.contacts && h.contacts[i] != nil
	}
	last := 0.0
	for _, i := range r.now {
		last += r.exposure(i)
	}
	for _, i := range r.then {
		r.exposures = append(r.exposures, r.exposure(i))
	}
	r.exposures = append(r.exposures, last)
	return r
}

func (r runs) exposure(i int) float64 {
	if r.contacts {
		return float64(*r.h.contacts[i])
	}
	return 1
}

func (r runs) run(w Weeks, at []int) Run {
	out := Run{Weeks: w, Known: len(at), Count: sum(r.h.totals, at)}
	if r.contacts {
		n := 0
		for _, i := range at {
			n += *r.h.contacts[i]
		}
		out.Contacts = &n
	}
	return out
}

func (b *builder) compare(then, now Weeks) (Comparison, error) {
	h := &b.history
	r := h.newRuns(then, now)
	for _, run := range []struct {
		weeks Weeks
		known []int
	}{{then, r.then}, {now, r.now}} {
		if len(run.known) == 0 {
			return Comparison{}, fmt.Errorf("%w: nothing is known of %s", ErrWeeks, run.weeks)
		}
	}
	out := Comparison{
		Zone: b.Zone.String(), Then: r.run(then, r.then), Now: r.run(now, r.now),
		PerContacts: r.contacts, ContactsNote: b.contactsNote,
	}
	if !r.contacts {
		out.NoRate, out.ContactsNote = b.noRateOf(r.then, r.now), ""
	}
	f := h.newFamily()
	var family []stats.Series
	for _, code := range f.codes {
		family = append(family, r.series(h.of(code)))
	}
	settings := b.settings()
	settings.BaselineWeeks, settings.EpisodeWeeks = max(len(r.then), minWeeks), -1 // the weeks that were asked for
	settings.LastAlone = true                                                      // now is one, and the one before it is of then
	judged := stats.Judge(append(family, r.series(h.totals)), settings)
	shares := stats.JudgeShares(family, settings)
	out.Everywhere = everywhere(family, judged, shares, settings, func(j stats.Judgement) stats.Verdict { return j.Week.Verdict })
	out.Total = r.compared(h.totals, judged[len(f.codes)].Week)
	out.Total.Name = "total"
	for i, code := range f.codes {
		c := r.compared(h.of(code), judged[i].Week)
		tag := b.catalogue.Counted(code)
		c.Code, c.Name, c.Unlisted = code, tag.Name(), tag.Unlisted
		if out.Everywhere {
			c.Verdict = beside(c.Verdict, out.Total.Verdict.Code, shares[i].Week.Verdict)
		}
		if c.Then.Count+c.Now.Count > 0 {
			out.Tags = append(out.Tags, c)
		}
	}
	slices.SortStableFunc(out.Tags, func(a, b Compared) int {
		return cmp.Or(cmp.Compare(b.Now.Count, a.Now.Count), cmp.Compare(b.Then.Count, a.Then.Count))
	})
	out.Summary = out.summary()
	return out, nil
}

func (r runs) compared(counts []int, f stats.Finding) Compared {
	c := Compared{Then: r.side(counts, r.then), Now: r.side(counts, r.now), Verdict: comparedWords(f.Verdict)}
	if !math.IsNaN(f.Ratio) {
		c.Change = &Difference{Ratio: finite(f.Ratio), High: finite(f.High), P: finite(f.P), Q: finite(f.Q), Vague: vague(f), Dispersion: f.Dispersion, Weeks: len(r.now)}
		if low := finite(f.Low); low != nil {
			c.Change.Low = *low
		}
	}
	return c
}

func (r runs) side(counts []int, at []int) Side {
	out := Side{Count: sum(counts, at)}
	exposure := 0.0
	for _, i := range at {
		exposure += r.exposure(i)
	}
	out.Rate = float64(out.Count) / exposure
	if r.contacts {
		out.Rate *= 100
	}
	out.Share = part(out.Count, sum(r.h.totals, at))
	return out
}

// comparedWords puts a comparison of two runs into words: what is usual nobody knows
// here.
func comparedWords(v stats.Verdict) Verdict {
	switch v {
	case stats.More:
		return Verdict{Code: More, Words: "clearly more"}
	case stats.Less:
		return Verdict{Code: Less, Words: "clearly less"}
	case stats.TooEarly:
		return Verdict{Code: Early, Words: "too early to say"}
	}
	return Verdict{Code: Usual, Words: "no clear change"}
}

func (c Comparison) summary() []string {
	var out []string
	if c.Then.Known < minWeeks {
		out = append(out, fmt.Sprintf("%s is one week: how much weeks differ anyway cannot be told from it, so there are numbers and no verdicts.", c.Then.Weeks))
	}
	if fewer := map[Code]string{Less: "fewer", More: "more"}[c.Total.Verdict.Code]; c.Everywhere {
		out = append(out, fmt.Sprintf("%s presses in all, which are not %s problems: what counts is where the share changed too.", capital(fewer), fewer))
	}
	for _, r := range []Run{c.Then, c.Now} {
		if left := r.Weeks.Len() - r.Known; left > 0 {
			out = append(out, fmt.Sprintf("Left out of %s: %d of %s, of which nothing, or only a part, is known.", r.Weeks, left, plural(r.Weeks.Len(), "week", "weeks")))
		}
	}
	return out
}
