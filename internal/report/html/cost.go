package html

import (
	"cmp"
	"slices"

	"magicbutton/internal/report"
)

// mostCost is how many tags the first page tells the cost of.
const mostCost = 3

// costView is the time that preventable conversations took.
type costView struct {
	Currency string
	report.Total
	Tags []report.Tag
	// Most is the greatest number of hours.
	Most float64
}

func pickCost(w report.Week) any {
	var tags []report.Tag
	for _, t := range w.Tags {
		if t.Hours != nil && *t.Hours > 0 && t.Preventable != nil && *t.Preventable {
			tags = append(tags, t)
		}
	}
	if len(tags) == 0 {
		return nil
	}
	slices.SortStableFunc(tags, func(a, b report.Tag) int { return cmp.Compare(*b.Hours, *a.Hours) })
	return costView{w.Header.Currency, w.Total, tags[:min(len(tags), mostCost)], *tags[0].Hours}
}
