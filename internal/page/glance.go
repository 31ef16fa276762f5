package page

import (
	"context"
	"time"

	"magicbutton/internal/config"
	"magicbutton/internal/cx"
)

// glance is the desk's own day and week, never a person's.
type glance struct {
	Day  counted    `json:"day"`
	Week counted    `json:"week"`
	Tags []tagCount `json:"tags"` // those of the week, in the configuration's order
}

type counted struct {
	Name          string `json:"name"` // 2026-11-22 or 2026-W47
	Count         int    `json:"count"`
	Conversations int    `json:"conversations"`
}

type tagCount struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Day   int    `json:"day"`
	Week  int    `json:"week"`
}

// countGlance asks the desk for the counts of this day and this week.
func countGlance(ctx context.Context, d Desk, now time.Time) (glance, error) {
	cfg := d.Config()
	zone := cfg.Desk.Zone
	today := cx.DateOf(now, zone)
	week := today.Week()
	from, to := week.Span(zone)
	ask := func(by ...cx.Dimension) (cx.Tally, error) {
		return d.Tally(ctx, cx.Query{From: from, To: to, Zone: zone, By: by})
	}
	days, err := ask(cx.ByDay)
	if err != nil {
		return glance{}, err
	}
	tags, err := ask(cx.ByTag, cx.ByDay)
	if err != nil {
		return glance{}, err
	}
	g := glance{Day: counted{Name: today.String()}, Week: counted{Name: week.String()}}
	for _, r := range days.Rows {
		g.Week.add(r)
		if r.Values[0] == g.Day.Name {
			g.Day.add(r)
		}
	}
	g.Tags = countTags(tags.Rows, cfg, g.Day.Name)
	return g, nil
}

func (c *counted) add(r cx.Row) {
	c.Count += r.Count
	c.Conversations += r.Conversations
}

// countTags adds up rows by tag and day.
func countTags(rows []cx.Row, cfg *config.Config, today string) []tagCount {
	counts := make(map[string]*tagCount)
	var unlisted []string
	for _, r := range rows {
		code := r.Values[0]
		t := counts[code]
		if t == nil {
			t = &tagCount{Code: code, Label: label(cfg.Catalogue, code)}
			counts[code] = t
			if _, ok := cfg.Catalogue.Tag(code); !ok {
				unlisted = append(unlisted, code)
			}
		}
		t.Week += r.Count
		if r.Values[1] == today {
			t.Day += r.Count
		}
	}
	out := []tagCount{}
	for _, code := range append(cfg.Catalogue.Codes(), unlisted...) {
		if t := counts[code]; t != nil {
			out = append(out, *t)
		}
	}
	return out
}

// untilTomorrow is how long the day lasts, as the desk's clocks have it; a minute where
// it lasts longer, as a clock may be set and a computer sleeps.
func untilTomorrow(now time.Time, zone *time.Location) time.Duration {
	_, end := cx.DateOf(now, zone).Span(zone)
	return min(end.Sub(now), time.Minute)
}
