package report

import (
	"fmt"
	"math"
	"strings"

	"magicbutton/internal/cx"
)

// mostNamed is how many tags a sentence names; the table has the others.
const mostNamed = 3

// mostSentences is how many entries a summary has.
const mostSentences = 3

// summary says in one to three sentences what changed. A change of all tags together
// comes first: whoever reads on must know that counts alone mislead then.
func (b *builder) summary() []string {
	switch b.week.Total.Verdict.Code {
	case Open:
		return []string{"The week is not over: counts so far, compared with nothing."}
	case Silent:
		return []string{"No press at all in this week: was anybody at work, and the agent running?"}
	case Early:
		words := strings.TrimPrefix(b.week.Total.Verdict.Words, "too early to say: ")
		return []string{fmt.Sprintf("Too early to say what is usual: %s to compare with.", words)}
	}
	var out []string
	if s := b.totalSentence(); s != "" {
		out = append(out, s)
	}
	if s := b.changes(); s != "" {
		out = append(out, s)
	}
	if s := b.presences(); s != "" {
		out = append(out, s)
	}
	if s := b.levels(); s != "" {
		out = append(out, s)
	}
	if len(out) == 0 {
		out = []string{"Nothing beyond usual variation."}
	}
	if len(out) > mostSentences {
		out = append(out[:mostSentences-1], strings.Join(out[mostSentences-1:], " "))
	}
	return out
}

// totalSentence says that all tags together moved.
func (b *builder) totalSentence() string {
	t := b.week.Total
	if t.Verdict.Code == Over && b.overTogether && !b.beside() {
		return fmt.Sprintf("As many presses as usual again (%s).", besideUsual(Tag{Count: t.Count, Rate: t.Rate, Baseline: t.Baseline}))
	}
	fewer := map[Code]string{Less: "fewer", More: "more"}[b.together]
	if b.beside() && fewer != "" {
		return fmt.Sprintf("%s presses of all tags, which are not %s problems: a tag is named here only where its share changed too.", capital(fewer), fewer)
	}
	if !t.Everywhere {
		return b.totalAlone()
	}
	what := fmt.Sprintf("%s presses in all: %d, where about %d are usual", capital(fewer), t.Count, round(t.Baseline.Expected))
	if t.Baseline.Rate != nil && t.Rate != nil {
		what = fmt.Sprintf("%s presses in all: %.1f per 100 contacts, where %.1f are usual", capital(fewer), *t.Rate, *t.Baseline.Rate)
	}
	switch {
	case t.Change != nil && t.Change.Weeks == 2:
		what += ", and last week too"
	case t.Verdict.Since != cx.Week{}:
		what += ", since " + t.Verdict.Since.String()
	}
	return fmt.Sprintf("%s. %s presses are not %s problems: a tag is named here only where its share changed too.", what, capital(fewer), fewer)
}

// totalAlone says that the total moved, which is not because of everybody. Where the report
// is on some tags, or has one alone, their own sentences say it.
func (b *builder) totalAlone() string {
	t := b.week.Total
	fewer := map[Code]string{Less: "fewer", More: "more"}[t.Verdict.Code]
	if fewer == "" || b.beside() || len(b.week.Tags) < 2 {
		return ""
	}
	all := Tag{Count: t.Count, Rate: t.Rate, Last: t.Last, Baseline: t.Baseline, Change: t.Change, Verdict: t.Verdict}
	what := fmt.Sprintf("%s presses in all (%s)", capital(fewer), withUsual(all))
	named := 0.0
	for _, tag := range b.week.Tags {
		if tag.Verdict.Moved() && tag.Baseline != nil {
			if extra := over(tag); extra*over(all) > 0 {
				named += extra
			}
		}
	}
	if 2*math.Abs(named) >= math.Abs(over(all)) && named != 0 {
		what += ", most of it by the tags named here"
	}
	return what + "."
}

// over is how many more events there were than are usual.
func over(t Tag) float64 { return float64(t.Count) - t.Baseline.Expected }

// changes names the tags that moved.
func (b *builder) changes() string {
	var parts []string
	for _, w := range []struct {
		code  Code
		still bool // it began in an earlier week
		words string
	}{
		{More, false, "More than usual"},
		{More, true, "Still more than usual"},
		{LargerShare, false, capital(wordsLarger + ofPresses)},
		{Less, false, "Less than usual"},
		{Less, true, "Still less than usual"},
		{SmallerShare, false, capital(wordsSmaller + ofPresses)},
		{Over, true, "Back to usual"},
	} {
		is := func(v Verdict) bool { return v.Code == w.code && v.Moved() && w.still == (v.Since != cx.Week{}) }
		if names := b.named(is, withUsual); names != "" {
			parts = append(parts, w.words+": "+names+".")
		}
	}
	return strings.Join(parts, " ")
}

// levels names the tags whose change lasted so long that they are compared with the
// weeks since: that they are as usual does not say that they are as they were. Where the
// total and most tags have one, everybody presses more or less, and no tag is named.
func (b *builder) levels() string {
	isLevel := func(v Verdict) bool { return v.Code == Usual && v.Since != cx.Week{} }
	levels := 0
	for _, t := range b.week.Tags {
		if isLevel(t.Verdict) {
			levels++
		}
	}
	if t := b.week.Total; isLevel(t.Verdict) && levels > 1 && 2*levels > len(b.week.Tags) {
		all := Tag{Baseline: t.Baseline, Verdict: t.Verdict}
		return fmt.Sprintf("All presses are at a new level, which is now what is usual: %s. Fewer presses are not fewer problems, and more are not more.", withLevel(all))
	}
	names := b.named(isLevel, withLevel)
	if names == "" {
		return ""
	}
	return "At a new level, which is now what is usual: " + names + "."
}

// presences names the tags that are new, back or gone.
func (b *builder) presences() string {
	var parts []string
	for _, w := range []struct {
		code  Code
		words string
		tell  func(Tag) string
	}{
		{FirstSeen, "First seen", withCount},
		{Returned, "Back", withSince},
		{Quiet, "Gone quiet", withSince},
	} {
		if names := b.named(func(v Verdict) bool { return v.Code == w.code && v.Moved() }, w.tell); names != "" {
			parts = append(parts, w.words+": "+names+".")
		}
	}
	return strings.Join(parts, " ")
}

// named lists the tags with a verdict that is so.
func (b *builder) named(is func(Verdict) bool, tell func(Tag) string) string {
	var names []string
	more := 0
	for _, t := range b.week.Tags {
		switch {
		case !is(t.Verdict):
		case len(names) == mostNamed:
			more++
		default:
			names = append(names, t.Name+" ("+tell(t)+")")
		}
	}
	if more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

func withUsual(t Tag) string {
	since := ""
	if v := t.Verdict; v.Since != (cx.Week{}) && v.Code != Over {
		since = ", since " + v.Since.String()
	}
	return besideUsual(t) + since
}

func withLevel(t Tag) string {
	what := fmt.Sprintf("about %d a week", round(t.Baseline.Mean))
	switch {
	case t.Baseline.Count == 0:
		what = "none"
	case t.Baseline.Rate != nil:
		what = fmt.Sprintf("%.1f per 100 contacts", *t.Baseline.Rate)
	}
	return what + " since " + t.Verdict.Since.String()
}

func besideUsual(t Tag) string {
	if t.Rate != nil && t.Baseline.Rate != nil {
		return fmt.Sprintf("%d, usually %d; %.1f per 100 contacts, usually %.1f", t.Count, round(t.Baseline.Expected), *t.Rate, *t.Baseline.Rate)
	}
	if t.Change != nil && t.Change.Weeks == 2 && t.Last != nil {
		return fmt.Sprintf("%d after %d, usually %d", t.Count, *t.Last, round(t.Baseline.Mean))
	}
	return fmt.Sprintf("%d, usually %d", t.Count, round(t.Baseline.Mean))
}

func withCount(t Tag) string { return fmt.Sprint(t.Count) }

func withSince(t Tag) string {
	if t.Count == 0 {
		return "last seen in " + t.Verdict.Since.String()
	}
	return fmt.Sprintf("%d, last seen in %s", t.Count, t.Verdict.Since)
}

// plural is a number with what it counts.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func round(v float64) int { return int(math.Round(v)) }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// filterWords says what a report was narrowed to, sites aside.
func filterWords(f cx.Filter) string {
	var parts []string
	for _, p := range []struct {
		what   string
		values []string
	}{{"tag", f.Tags}, {"stage", texts(f.Stages)}, {"channel", texts(f.Channels)}, {"desk", f.Desks}} {
		if len(p.values) > 0 {
			parts = append(parts, p.what+" "+strings.Join(p.values, ", "))
		}
	}
	return strings.Join(parts, "; ")
}
