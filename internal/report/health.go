package report

import (
	"context"

	"magicbutton/internal/cx"
)

// readHealth counts what sent events, and what was refused.
func (b *builder) readHealth(ctx context.Context) error {
	h := Health{Events: b.week.Total.Count}
	from, to := b.Week.Span(b.Zone)
	var err error
	if h.Refused, err = b.reader.Refused(ctx, from, to); err != nil {
		return err
	}
	before := b.Week.Add(-1)
	t, err := b.reader.Tally(ctx, b.span(before, b.Week, b.Filter, cx.ByDesk, cx.BySite))
	if err != nil {
		return err
	}
	sites, last := make(map[string]bool), 0
	for _, row := range t.Rows {
		if row.Week == before {
			last++
			continue
		}
		h.Desks++
		sites[row.Values[1]] = true
	}
	h.Sites = len(sites)
	if hs := &b.history; b.complete() && hs.known[hs.last()-1] {
		h.LastDesks = &last
	}
	other := 0
	for _, t := range b.week.Tags {
		if t.Kind == cx.KindOther || t.Unlisted {
			other += t.Count
		}
	}
	h.Other = part(other, h.Events)
	for i, hours := range b.week.Clock.Counts {
		day := b.Week.Monday().Add(i)
		_, end := day.Span(b.Zone)
		if hours == [24]int{} && !b.Now.Before(end) {
			h.SilentDays = append(h.SilentDays, day)
		}
	}
	b.week.Health = &h
	return nil
}
