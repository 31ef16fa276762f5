package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Report says what tallies and reports tell beside counts.
type Report struct {
	// CostPerHour is what an hour of conversations costs, in Currency, up to 100000;
	// 0 is unknown.
	CostPerHour float64
	// Currency is a word or a sign, "" for none.
	Currency string
	// MinChange is the least change that is worth a word: 0.15 is 15 %, 0.01 to 10.
	MinChange float64
}

// defaultMinChange is what a change must be for anybody to act on it.
const defaultMinChange = 0.15

const (
	mostCostPerHour               = 100_000
	leastMinChange, mostMinChange = 0.01, 10
	mostCurrencyRunes             = 10
)

func (r *Report) fields() []field {
	return []field{
		{"cost_per_hour", number(&r.CostPerHour, mostCostPerHour)},
		{"currency", text(&r.Currency, checkCurrency)},
		{"min_change", minChange(&r.MinChange)},
	}
}

func checkCurrency(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("want a word or a sign such as \"EUR\"; leave it out for none")
	}
	if utf8.RuneCountInString(s) > mostCurrencyRunes {
		return fmt.Errorf("%q is longer than %d characters", clip(s), mostCurrencyRunes)
	}
	return checkText(s)
}

// minChange takes a part of one. A percentage is what is most likely meant by a
// larger number.
func minChange(to *float64) setter {
	return func(v value) error {
		var n float64
		if err := number(&n, mostMinChange)(v); err != nil {
			return fmt.Errorf("%w; 0.15 is 15 %%", err)
		}
		if n < leastMinChange {
			return fmt.Errorf("%v is not between %v and %v; 0.15 is 15 %%", v, leastMinChange, mostMinChange)
		}
		*to = n
		return nil
	}
}

func (p *printer) report(r Report) {
	p.table("[report]")
	if r.CostPerHour != 0 {
		p.plain("cost_per_hour", numberText(r.CostPerHour))
	}
	p.text("currency", r.Currency)
	p.plain("min_change", numberText(r.MinChange))
}

func numberText(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
