package demo

import "magicbutton/internal/cx"

// done is something that was done, in a week counted back from the last one.
type done struct {
	tag, owner, what string
	ago, weekday     int // of the first day on which it could work; 0 is Monday
	// at most so many a week are expected in the week by, which may be still to come.
	expect, by int
	// closed is the week on whose Monday it ended; open is none.
	closed int
}

const open = -1

// actions are one whose prediction came true, one whose did not, and one of which
// nobody knows yet.
var actions = []done{
	{
		"bill-unclear", "Billing", "Billing run corrected, second debits sent back, a text message to everybody concerned",
		8, 0, 125, 6, 4,
	},
	{
		"refund-slow", "Shop operations", "Shops may sign refunds of up to 50 euros by themselves",
		14, 2, 35, 6, open,
	},
	{
		"delivery-late", "Logistics", "The courier rings and waits; a call with the depot every morning",
		0, 3, 95, -4, open,
	},
}

// actions returns what was done.
func (p Plan) actions() []cx.Action {
	var all []cx.Action
	for _, d := range actions {
		a := cx.Action{
			Tag: d.tag, Owner: d.owner, What: d.what,
			Since:  p.Last.Add(-d.ago).Monday().Add(d.weekday),
			Expect: new(d.expect), By: p.Last.Add(-d.by),
		}
		if d.closed != open {
			a.Closed = p.Last.Add(-d.closed).Monday()
		}
		all = append(all, a)
	}
	return all
}
