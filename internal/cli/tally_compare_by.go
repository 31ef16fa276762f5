package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// comparable refuses what two runs of weeks cannot be compared by.
func comparable(by []cx.Dimension) error {
	switch {
	case slices.Contains(by, cx.ByDay):
		return usage(hinted{errors.New("--compare: no day is in both: count by weekday"), "--by weekday"})
	case slices.Contains(by, cx.BySite), slices.Contains(by, cx.ByDesk):
		return usage(hinted{
			errors.New("--compare: desks and sites are compared with themselves, one at a time: side by side small counts would tell of single people"),
			"--site NAME or --desk NAME in the place of --by; magicbutton tally --weeks 4 --by site has them side by side",
		})
	}
	return nil
}

// byTag reports whether what is compared is tags, as it is unless --by says otherwise.
func byTag(by []cx.Dimension) bool { return slices.Equal(by, []cx.Dimension{cx.ByTag}) }

// groups is a reader whose tags are the values of other dimensions, so that those are
// compared and judged as tags are.
type groups struct {
	report.Reader
	by []cx.Dimension
}

// groupSeparator is in no value.
const groupSeparator = "\x00"

// Tally answers a question for tags.
func (g groups) Tally(ctx context.Context, q cx.Query) (cx.Tally, error) {
	if !byTag(q.By) {
		return g.Reader.Tally(ctx, q)
	}
	q.By = g.by
	t, err := g.Reader.Tally(ctx, q)
	t.By = []cx.Dimension{cx.ByTag}
	for i, row := range t.Rows {
		t.Rows[i].Values = []string{strings.Join(row.Values, groupSeparator)}
	}
	return t, err
}

// compareBy compares two runs of weeks by some dimensions.
func compareBy(ctx context.Context, r report.Reader, o report.Options, by []cx.Dimension, then, now report.Weeks) (report.Comparison, error) {
	if byTag(by) {
		return report.Compare(ctx, r, o, then, now)
	}
	c, err := report.Compare(ctx, groups{r, by}, o, then, now)
	if len(by) == 0 {
		c.Tags = nil
	}
	values := make(map[string][]string)
	for i, t := range c.Tags {
		v := strings.Split(t.Code, groupSeparator)
		values[t.Code] = v
		c.Tags[i].Name, c.Tags[i].Unlisted = nameOfGroup(v), false
	}
	slices.SortStableFunc(c.Tags, func(a, b report.Compared) int { return compareTimes(by, values[a.Code], values[b.Code]) })
	return c, err
}

// nameOfGroup names a group of events.
func nameOfGroup(values []string) string {
	said := make([]string, len(values))
	for i, v := range values {
		said[i] = cmp.Or(v, "(not said)")
	}
	return strings.Join(said, ", ")
}

// groupHead heads the column of names.
func groupHead(by []cx.Dimension) string {
	if len(by) == 0 {
		return ""
	}
	return strings.Join(texts(by), ", ")
}
