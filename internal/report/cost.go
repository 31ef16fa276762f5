package report

// addCosts says how long the week's conversations took and what they cost, as far as
// the tags' minutes and the cost of an hour are configured. Two tags of one
// conversation are counted twice; the report says so.
func (b *builder) addCosts() {
	var all, preventable costs
	for i := range b.week.Tags {
		t := &b.week.Tags[i]
		minutes := b.catalogue.Counted(t.Code).Minutes
		if minutes == 0 {
			continue
		}
		var c costs
		c.add(float64(t.Count) * minutes / 60)
		t.Hours, t.Money = c.hours, c.money(b.CostPerHour)
		all.add(*t.Hours)
		if t.Preventable != nil && *t.Preventable {
			preventable.add(*t.Hours)
		}
	}
	total := &b.week.Total
	total.Hours, total.Money = all.hours, all.money(b.CostPerHour)
	total.PreventableHours, total.PreventableMoney = preventable.hours, preventable.money(b.CostPerHour)
}

// costs adds up hours; nil hours are none known.
type costs struct{ hours *float64 }

func (c *costs) add(hours float64) {
	if c.hours != nil {
		hours += *c.hours
	}
	c.hours = &hours
}

func (c *costs) money(perHour float64) *float64 {
	if c.hours == nil || perHour == 0 {
		return nil
	}
	return new(*c.hours * perHour)
}
