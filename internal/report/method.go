package report

import (
	"fmt"

	"magicbutton/internal/report/stats"
)

// method says how the verdicts of this report were reached.
func (b *builder) method() []string {
	t := b.week.Total
	if t.Baseline == nil {
		return []string{fmt.Sprintf("A week that is over is compared with the complete weeks before it, at least %d of them.", minWeeks)}
	}
	per := "a week, as contacts are not known"
	if t.Baseline.Rate != nil {
		per = "per 100 contacts"
	}
	out := []string{
		fmt.Sprintf("This week, and the last two weeks together, are compared with the %s before, by events %s.", plural(t.Baseline.Weeks, "complete week", "complete weeks"), per),
		fmt.Sprintf("Weeks in which a tag was more or less than usual are left out of what its later weeks are compared with, up to %d; a change that goes on for longer becomes what is usual.", episodeWeeks),
		"Tags that vary no more than chance makes them vary are tested exactly (Poisson). Where they vary more, a tag is tested with its own variation in those weeks, drawn towards that of all tags: wholly for a rare tag, hardly for a frequent one.",
		fmt.Sprintf("All tags and their total are tested together, the week and the last two weeks as one family (Benjamini and Hochberg, q at most %.2f); each tag's share of all presses is tested in a family of its own. A change below %d %% is not told, however certain.", stats.DefaultMaxQ, round(100*b.MinChange)),
		fmt.Sprintf("Weeks without any press where there should be some, the week in which counting began, and weeks that are not over are left out. Gone quiet is %d weeks without, where at least %d events were to be expected.", stats.QuietWeeks, remarkable),
	}
	if len(b.week.Actions) > 0 {
		out = append(out, "An action is compared with the weeks before it that were as usual, or with an incident that was going on when it began. It worked, and what it expected came true, only where the tag became a smaller share of presses too, and rarer per 100 contacts where those are known: fewer presses alone are no proof.")
	}
	return out
}

// limits says what the tally cannot show.
func (b *builder) limits() []string {
	out := []string{
		"Reps press for what they notice: a tally shows what was pressed, not how often something happened to customers.",
		"Fewer presses are not fewer problems, and more are not more.",
	}
	switch t := b.week.Total; {
	case t.NoRate != "":
		out = append(out, t.NoRate+": counts only, no rates.")
	case t.Contacts == nil:
		out = append(out, "How many conversations there were is not known: counts only, no rates. magicbutton contacts set tells.")
	}
	if note := b.week.Total.ContactsNote; note != "" {
		out = append(out, note+".")
	}
	if b.week.Total.Hours != nil {
		out = append(out, "Hours are counts times each tag's minutes; a conversation with two tags counts in both.")
	}
	return append(out, b.byItself()...)
}

// narrowed reports whether there are events that are not judged with these.
func (b *builder) narrowed() bool {
	return len(b.Stages)+len(b.Channels)+len(b.Desks)+len(b.Sites) > 0 || len(b.Tags) > 0 && !b.beside()
}

// byItself warns of what a narrowed report is judged by, where it is judged.
func (b *builder) byItself() []string {
	if !b.narrowed() || b.week.Total.Baseline == nil {
		return nil
	}
	return []string{"This report is narrowed, and judged by what is left alone: what is usual, which weeks are left out and the verdicts may differ from those of the whole."}
}
