package report

import (
	"context"
	"slices"

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
	sites, desks, last := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for _, row := range t.Rows { // a desk that moved has a row for each site
		if row.Week == before {
			last[row.Values[0]] = true
			continue
		}
		desks[row.Values[0]], sites[row.Values[1]] = true, true
	}
	h.Desks, h.Sites = len(desks), len(sites)
	if hs := &b.history; b.complete() && hs.known[hs.last()-1] {
		h.LastDesks = new(len(last))
	}
	other := 0
	for _, t := range b.week.Tags {
		if t.Kind == cx.KindOther || t.Unlisted {
			other += t.Count
		}
	}
	h.Other = part(other, h.Events)
	if h.SilentDays, err = b.silentDays(ctx); err != nil {
		return err
	}
	b.week.Health = &h
	return nil
}

// silentDays finds the days of the week that are over and have no event of any tag,
// stage or channel: a day without just those that are asked for is none.
func (b *builder) silentDays(ctx context.Context) ([]cx.Date, error) {
	t, err := b.reader.Tally(ctx, b.span(b.Week, b.Week, cx.Filter{Desks: b.Desks, Sites: b.Sites}, cx.ByDay))
	if err != nil {
		return nil, err
	}
	var out []cx.Date
	for i := range 7 {
		day := b.Week.Monday().Add(i)
		_, end := day.Span(b.Zone)
		pressed := slices.ContainsFunc(t.Rows, func(r cx.Row) bool { return r.Values[0] == day.String() })
		if !pressed && !b.Now.Before(end) {
			out = append(out, day)
		}
	}
	return out, nil
}
