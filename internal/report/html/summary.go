package html

import "magicbutton/internal/report"

// figure is one of the week's great numbers.
type figure struct {
	Value, Unit string
	// Notes are what belongs to it, in smaller letters.
	Notes []string
}

// summaryView is what changed in words, and the week in a few numbers.
type summaryView struct {
	Sentences []string
	Figures   []figure
}

func pickSummary(w report.Week) any {
	v := summaryView{Sentences: w.Summary, Figures: []figure{presses(w.Total)}}
	for _, f := range []*figure{contacts(w.Total), spent(w.Total), cost(w)} {
		if f != nil {
			v.Figures = append(v.Figures, *f)
		}
	}
	return v
}

func presses(t report.Total) figure {
	f := figure{Value: count(t.Count), Unit: plural(t.Count, "press", "presses")}
	if t.Conversations != nil && *t.Conversations != t.Count {
		f.Notes = append(f.Notes, "in "+count(*t.Conversations)+" "+plural(*t.Conversations, "conversation", "conversations"))
	}
	if t.NoRate != "" {
		f.Notes = append(f.Notes, "no rate: see Mind below")
	}
	if t.Baseline == nil {
		return f
	}
	if t.Baseline.Rate == nil {
		f.Notes = append(f.Notes, "usually "+decimal(t.Baseline.Mean))
	}
	f.Notes = append(f.Notes, verdictOf(t.Verdict).Text())
	return f
}

func contacts(t report.Total) *figure {
	if t.Tagged == nil || t.Contacts == nil {
		return nil
	}
	f := figure{report.Percent(*t.Tagged), "tagged", []string{"of " + count(*t.Contacts) + " " + plural(*t.Contacts, "contact", "contacts")}}
	if t.Rate != nil {
		note := decimal(*t.Rate) + " per 100"
		if t.Baseline != nil && t.Baseline.Rate != nil {
			note += ", usually " + decimal(*t.Baseline.Rate)
		}
		f.Notes = append(f.Notes, note)
	}
	return &f
}

func spent(t report.Total) *figure {
	if t.Hours == nil {
		return nil
	}
	value, unit := duration(*t.Hours)
	f := figure{value, unit, []string{"in these conversations, about"}}
	if t.PreventableHours != nil {
		f.Notes = append(f.Notes, hours(*t.PreventableHours)+" preventable")
	}
	return &f
}

func cost(w report.Week) *figure {
	if w.Total.Money == nil {
		return nil
	}
	f := figure{Value: money(w.Header.Currency, *w.Total.Money), Notes: []string{"for that time"}}
	if w.Total.PreventableMoney != nil {
		f.Notes = append(f.Notes, money(w.Header.Currency, *w.Total.PreventableMoney)+" preventable")
	}
	return &f
}
