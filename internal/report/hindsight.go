package report

import (
	"maps"
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report/stats"
)

// around is the complete weeks before an action and since.
type around struct {
	family
	tag   int // of codes
	first int // of weeks, since it began
}

// around takes the weeks up to one. The week in which the action began is in neither
// half, unless it began on its Monday.
func (b *builder) around(since cx.Date, code string, last cx.Week) around {
	h := &b.history
	a := around{family: family{codes: slices.Sorted(maps.Keys(h.tags)), h: h, exposures: h.exposures()}}
	var counted bool
	if a.tag, counted = slices.BinarySearch(a.codes, code); !counted {
		a.codes = slices.Insert(a.codes, a.tag, code)
	}
	begin := since.Week()
	old := begin.Add(-SeriesWeeks)
	for i, w := range h.weeks {
		if !h.known[i] || w.Before(old) || last.Before(w) || w == begin && since != begin.Monday() {
			continue
		}
		if w.Before(begin) {
			a.first++
		}
		a.weeks = append(a.weeks, i)
	}
	return a
}

// hindsight is what happened to a tag since an action.
type hindsight struct {
	stats.Outcome
	others stats.Outcome // of all other tags together
	alone  bool          // there is no other tag
	// perContacts says that rates are per contact, else a week: counts do not tell fewer
	// problems from fewer presses.
	perContacts bool
}

// since compares the weeks since with those before, per 100 contacts where they are known
// of enough of them.
func (a around) since(s stats.Settings) hindsight {
	if a.exposures != nil {
		if h := a.compare(s); h.Rate.Verdict != stats.TooEarly {
			h.perContacts = true
			return h
		}
	}
	a.exposures = slices.Repeat([]float64{1}, len(a.h.weeks))
	return a.compare(s)
}

func (a around) compare(s stats.Settings) hindsight {
	tag := a.series(a.h.of(a.codes[a.tag]))
	others := a.series(a.h.totals)
	for i, n := range tag.Counts {
		others.Counts[i] -= n
	}
	return hindsight{
		Outcome: stats.Since(a.tags(), a.tag, a.first, s),
		others:  stats.Since([]stats.Series{others}, 0, a.first, s),
		alone:   slices.Max(others.Counts) == 0,
	}
}

// told is what is told of a hindsight: all of it by one comparison.
type told struct {
	rate, share stats.Finding
	others      stats.Finding // the rate of all other tags together
	// incident says that it is compared with an incident that was going on when the action
	// began, else with what was usual.
	incident bool
}

// told picks the comparison that is told: with the incident, where it ended and nothing
// more is known by what was usual. Without contacts a fall is one of the share.
func (h hindsight) told() told {
	in := h.Incident
	incident := in.Rate.Verdict == stats.Less && (in.Share.Verdict == stats.Less || !h.Worked)
	if !h.perContacts {
		incident = in.Share.Verdict == stats.Less && in.Rate.Verdict != stats.TooEarly
	}
	if incident {
		return told{in.Rate, in.Share, h.others.Incident.Rate, true}
	}
	return told{h.Rate, h.Share, h.others.Rate, false}
}

// fell reports whether the tag became rarer, and not because everybody pressed less.
func (h hindsight) fell() bool {
	t := h.told()
	return t.share.Verdict == stats.Less && (t.rate.Verdict == stats.Less || !h.perContacts)
}

// verdict puts it into words. Without contacts the share comes first: that is told of
// presses only where the share did not clearly change.
func (h hindsight) verdict() Verdict {
	told, beside := h.told(), h.besideUsual()
	if !h.perContacts {
		switch told.share.Verdict {
		case stats.Less:
			return Verdict{Code: SmallerShare, Words: wordsSmaller + ofPresses + beside}
		case stats.More:
			return Verdict{Code: LargerShare, Words: wordsLarger + ofPresses}
		}
	}
	v := Verdict{Code: Less, Words: "fewer"}
	switch told.rate.Verdict {
	case stats.Less:
	case stats.More:
		v = Verdict{Code: More, Words: "more"}
	default:
		return Verdict{Code: Usual, Words: wordsUsual}
	}
	unit := " presses"
	if h.perContacts {
		unit = " per 100 contacts"
	}
	switch {
	case told.share.Verdict == told.rate.Verdict:
		v.Words += unit + beside
	case h.alone:
		v.Words += unit + beside + "; there is no other tag to hold it against"
	case told.others.Verdict == told.rate.Verdict: // which a share that did not clearly change does not show
		v.Words, v.WithAll = v.Words+", as all tags", true
	default:
		v.Words += unit + beside + "; its share did not clearly change"
	}
	return v
}

// besideUsual says how what is less than in an incident is beside what was usual before that.
func (h hindsight) besideUsual() string {
	if !h.told().incident {
		return ""
	}
	usual := h.Rate
	if !h.perContacts {
		usual = h.Share
	}
	switch usual.Verdict {
	case stats.More:
		return ", still more than usual"
	case stats.Less:
		return ", less than usual too"
	}
	return ", back to usual"
}
