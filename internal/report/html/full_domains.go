package html

import (
	"fmt"
	"slices"

	"magicbutton/internal/cx"
	"magicbutton/internal/report"
)

// domains is whose work the week's events were.
type domains struct {
	// Sentence says how much of the week the product's own experience caused.
	Sentence string
	Domains  *partTable
	Kinds    *partTable
}

func pickDomains(w report.Week) any {
	d := domains{
		Domains: newPartTable("Domain", w.Domains, w.Header.Currency),
		Kinds:   newPartTable("Kind", w.Kinds, w.Header.Currency),
	}
	if d.Domains == nil && d.Kinds == nil {
		return nil
	}
	i := slices.IndexFunc(w.Domains, func(p report.Part) bool { return p.Word == string(cx.DomainExperience) })
	if i >= 0 {
		p := w.Domains[i]
		d.Sentence = fmt.Sprintf("The product's own experience caused %s of the week's events", report.Percent(p.Share))
		if p.Hours != nil {
			d.Sentence += ": about " + hours(*p.Hours)
			if p.Money != nil {
				d.Sentence += ", or " + money(w.Header.Currency, *p.Money)
			}
		}
		d.Sentence += "."
	}
	return d
}
